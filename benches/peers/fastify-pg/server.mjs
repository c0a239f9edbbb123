// The endpoint that a shop would write by hand: one transaction an order, rows of stock locked in
// order of SKU, sixteen connections. Listens on the port it is given and says so in one line.
//
//   DATABASE_URL=postgres://… node server.mjs PORT
import Fastify from "fastify";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
await pool.query(`
  DROP TABLE IF EXISTS order_lines, orders, stock;
  CREATE TABLE stock (sku integer PRIMARY KEY, on_hand integer NOT NULL);
  CREATE TABLE orders (id bigserial PRIMARY KEY, placed_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE order_lines (order_id bigint REFERENCES orders, sku integer, quantity integer);
  INSERT INTO stock SELECT sku, 1000000 FROM generate_series(1, 1000) AS sku;
`);

async function place(lines) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const skus = lines.map((line) => line.sku).sort((a, b) => a - b);
    const found = await client.query({
      name: "stock",
      text: "SELECT sku, on_hand FROM stock WHERE sku = ANY($1) ORDER BY sku FOR UPDATE",
      values: [skus],
    });
    const onHand = new Map(found.rows.map((row) => [row.sku, row.on_hand]));
    if (lines.some((line) => (onHand.get(line.sku) ?? 0) < line.quantity)) {
      await client.query("ROLLBACK");
      return null;
    }
    const placed = await client.query({
      name: "order",
      text: "INSERT INTO orders DEFAULT VALUES RETURNING id",
    });
    const order = placed.rows[0].id;
    for (const line of lines) {
      await client.query({
        name: "line",
        text: "INSERT INTO order_lines (order_id, sku, quantity) VALUES ($1, $2, $3)",
        values: [order, line.sku, line.quantity],
      });
      await client.query({
        name: "take",
        text: "UPDATE stock SET on_hand = on_hand - $2 WHERE sku = $1",
        values: [line.sku, line.quantity],
      });
    }
    await client.query("COMMIT");
    return order;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const app = Fastify();
app.post("/orders", async (request, reply) => {
  const order = await place(request.body.lines);
  return order === null
    ? reply.code(409).send({ error: "out of stock" })
    : reply.code(201).send({ order });
});
await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
console.log(`listening on 127.0.0.1:${process.argv[2]}`);
