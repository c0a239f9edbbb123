// How busy a page keeps the main thread, and whether its heap grows: a board of 500 open orders of
// which 25 change ten times a second, and headquarters' map with 2,000 couriers that all move.
//
//   npm run load            a minute of each; SECONDS=600 for ten
//
// Thread CPU time of the page's main thread, as the browser's own Performance domain counts it: how
// busy this machine is otherwise makes no difference to it. Exits with 1 when a bound is broken.
import { logIn, openBrowser, person } from './people.mjs';
import { Server } from './server.mjs';
import { furnish } from './town.mjs';

const seconds = Number(process.env.SECONDS ?? 60);
const MOST_MS = 25;
const MOST_GROWTH_MB = 2;
const HZ = 10;
const id = (kind, number) => `019ab3c0-0000-7000-${kind}-${String(number).padStart(12, '0')}`;

const now = Date.now();

/** Of the cards that change, each fifth changes its column; the others have other units. */
function card(number, round) {
  const statuses = ['assigned', 'accepted', 'picking', 'ready', 'handed_over'];
  const steps = number % 5 === 0 ? Math.floor(round / 20) : 0;
  return {
    fulfillment_order: id('8100', number),
    order: id('8200', number),
    number,
    mode: 'delivery',
    status: statuses[(Math.floor(number / 5) + steps) % statuses.length],
    is_over: false,
    lines: [{ line: 1, sku: id('8300', 1), name: '鲜牛奶 950ml', units: 1 + (round % 9) }],
    promised_by_at: now + (number % 40) * 60_000,
    accept_by_at: now + 120_000,
    ready_at: now + (number % 20) * 60_000,
    needs_code: false,
    since_at: now - 60_000,
  };
}

const order = (number, round) => ({
  order: id('8200', number),
  status: 'open',
  stage: round % 2 ? 'accepted' : 'on_the_way',
  stores: [id('8000', 1)],
  couriers: [],
  promised_by_at: Date.now() + ((number % 60) - 10) * 60_000,
  escalated: number % 40 === 0,
  late: number % 6 === 0,
});

/** Plays the city's side of every socket of a page. */
async function play(page, make, count, wrap) {
  await page.routeWebSocket(/\/v1\/socket/, (socket) => {
    let [seq, round] = [1, 0];
    const say = (frame) => socket.send(JSON.stringify(frame));
    say({ type: 'hello', connection: 1, server_now: Date.now(), heartbeat_s: 20, epoch: 1 });
    socket.onMessage((text) => {
      const frame = JSON.parse(text);
      if (frame.type === 'command') say({ type: 'done', id: frame.id, seq: 1 });
      if (frame.type !== 'subscribe') return;
      const { topic } = frame;
      const all = Array.from({ length: count }, (_, number) => make(number, 0));
      say({ type: 'snapshot', topic, epoch: 1, seq, state: wrap(all) });
      const beat = setInterval(() => {
        round += 1;
        seq += 1;
        const some = Array.from({ length: 25 }, (_, index) => make((round * 25 + index) % count, round));
        say({ type: 'delta', topic, epoch: 1, seq, change: wrap(some) });
      }, 1_000 / HZ);
      socket.onClose(() => clearInterval(beat));
    });
  });
}

async function measure(page, what) {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async () => {
    await tools.send('HeapProfiler.collectGarbage');
    const { metrics } = await tools.send('Performance.getMetrics');
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    return {
      busy: of('TaskDuration'),
      parts: [of('ScriptDuration'), of('RecalcStyleDuration'), of('LayoutDuration')],
      heap: of('JSHeapUsedSize') / 1e6,
    };
  };
  // What a page builds once is not what an update costs.
  await page.waitForTimeout(10_000);
  const before = await read();
  await page.waitForTimeout(seconds * 1_000);
  const after = await read();
  const ms = ((after.busy - before.busy) * 1_000) / (seconds * HZ);
  const parts = after.parts.map((value, index) => ((value - before.parts[index]) * 1_000) / (seconds * HZ));
  const [script, style, layout] = parts.map((value) => value.toFixed(1));
  const growth = after.heap - before.heap;
  const verdict = ms <= MOST_MS && growth <= MOST_GROWTH_MB ? 'ok' : 'TOO MUCH';
  console.log(
    `${what}: ${ms.toFixed(1)} ms of the main thread an update (script ${script}, style ${style}, ` +
      `layout ${layout}), heap ${after.heap.toFixed(1)} MB, ` +
      `${growth >= 0 ? '+' : ''}${growth.toFixed(2)} MB in ${seconds} s: ${verdict}`,
  );
  return verdict === 'ok';
}

const server = await Server.start();
await furnish(server);
const browser = await openBrowser();
let good = true;
try {
  const board = await person(browser, { size: { width: 1920, height: 1080 } });
  await play(board, card, 500, (fulfillment_orders) => ({
    status: { status: 'open', extra_prep_s: 0 },
    fulfillment_orders,
  }));
  await logIn(board, `${server.base}/store`, 'manager');
  await board.locator('main section button.btn-primary').click();
  await board.waitForSelector('[data-lane=ready] [data-card]');
  good = (await measure(board, 'board, 500 orders, 25 change an update')) && good;
  await board.context().close();

  const hq = await person(browser, { size: { width: 1280, height: 800 } });
  await play(hq, order, 1_000, (orders) => ({ orders }));
  let round = 0;
  await hq.route('**/v1/fleet', (route) => {
    round += 1;
    const couriers = Array.from({ length: 2_000 }, (_, number) => ({
      id: id('8500', number),
      lat: 30.6 + 0.03 * Math.sin(number + round / 50),
      lon: 114.3 + 0.03 * Math.cos(number * 1.7 + round / 50),
      at: Date.now(),
      state: ['idle', 'offered', 'busy', 'full'][number % 4],
      task_count: number % 3,
    }));
    return route.fulfill({ json: { now: Date.now(), couriers } });
  });
  await logIn(hq, `${server.base}/hq`, 'hq');
  await hq.waitForSelector('[data-dots="2000"]');
  good = (await measure(hq, 'headquarters, 1,000 orders, 2,000 couriers')) && good;
} finally {
  await browser.close();
  await server.stop();
}
process.exit(good ? 0 : 1);
