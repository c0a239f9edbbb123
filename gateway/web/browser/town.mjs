// A small town for the pages: two stores, four goods, one courier, people who log in.

export const CENTER = { lat: 30.6, lon: 114.3 };
export const DOOR = { lat: 30.606, lon: 114.306 };
const id = (number) => `019ab3c0-0000-7000-8000-${String(number).padStart(12, '0')}`;
export const STORE = id(1);
export const OTHER_STORE = id(2);
export const COURIER = id(501);
export const OTHER_COURIER = id(502);
export const MILK = id(101);
export const RICE = id(102);
export const PASSWORD = 'a good password';

const day = [{ open: '00:00', close: '24:00' }];
const week = Object.fromEntries(
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((name) => [name, day]),
);

export const storeAt = (name, lat, lon, radius_m = 6000) => ({
  name,
  merchant: id(901),
  address: `${name}路 1 号`,
  place: { lat, lon },
  area: { type: 'Radius', center: { lat, lon }, radius_m },
  hours: { time_zone: 'Asia/Shanghai', weekly: week },
  prep_time_s: 300,
});

const sku = (number, code, name, name_en, price) => ({
  id: id(number),
  code,
  name,
  name_en,
  category: '食品',
  tax_class: 'standard',
  list_price_fen: price,
  weight_g: 900,
});

export const line = (name, kind, points) => ({
  type: 'Feature',
  properties: { name, class: kind },
  geometry: { type: 'LineString', coordinates: points },
});

function streets() {
  const features = [];
  for (let index = -6; index <= 6; index += 1) {
    const shift = index * 0.004;
    const kind = index % 3 === 0 ? 'avenue' : 'street';
    features.push(line(`光谷${index + 7}街`, kind, [[114.27, 30.6 + shift], [114.3, 30.6 + shift], [114.33, 30.6 + shift]]));
    features.push(line(`珞喻${index + 7}路`, kind, [[114.3 + shift, 30.57], [114.3 + shift, 30.6], [114.3 + shift, 30.63]]));
  }
  features.push(line('东湖', 'water', [[114.27, 30.622], [114.3, 30.618], [114.33, 30.624]]));
  return { type: 'FeatureCollection', features };
}

/** Fills a fresh server; answers the links and accounts that people get. */
export async function furnish(server) {
  const put = (path, body) => server.ask('PUT', path, body);
  await put(`/v1/stores/${STORE}`, storeAt('光谷店', 30.602, 114.301));
  await put(`/v1/stores/${OTHER_STORE}`, storeAt('江汉店', 30.612, 114.312));
  await server.ask('POST', '/v1/skus/bulk', [
    sku(101, 'MILK', '鲜牛奶 950ml', 'Fresh milk 950 ml', 1290),
    sku(102, 'RICE', '东北大米 5kg', 'Rice 5 kg', 4990),
    sku(103, 'EGGS', '鸡蛋 10 枚', 'Ten eggs', 1590),
    sku(104, 'TEA', '绿茶 500ml', 'Green tea 500 ml', 390),
  ]);
  for (const place of [STORE, OTHER_STORE]) {
    const stock = [101, 102, 103, 104].map((number) => ({ sku: id(number), on_hand: 200 }));
    await server.ask('POST', `/v1/stores/${place}/stock/bulk`, stock);
  }
  await put(`/v1/couriers/${COURIER}`, { display_name: '小王' });
  await put(`/v1/couriers/${OTHER_COURIER}`, { display_name: '小李' });
  await put('/v1/streets', streets());
  const user = (name, kind, role, scope) => put(`/v1/users/${name}`, { password: PASSWORD, kind, role, scope });
  await user('manager', 'staff', 'store_manager', { stores: [STORE] });
  await user('wang', 'courier', 'courier', { courier: COURIER });
  await user('li', 'courier', 'courier', { courier: OTHER_COURIER });
  await user('hq', 'staff', 'hq_admin', 'all');
  const shop = await server.ask('POST', '/v1/tokens', {
    principal: { kind: 'channel', role: 'shop_page', name: 'web', scope: 'channel' },
  });
  return { shop: shop.token };
}

/** An order placed by the shop itself, for tests that are about what follows. */
export async function place(server, shop, { store = STORE, mode = 'delivery', lines = [{ sku: MILK, quantity: 2 }] } = {}) {
  const quote = await server.ask('POST', '/v1/quotes', { mode, store, lines }, shop);
  const body = {
    quote: quote.quote,
    shopper: { name: '张三', phone: '13800000000', ...(mode !== 'pickup' && { address: '珞喻路 1 号' }) },
    payment_method: 'cash_on_delivery',
    ...(mode !== 'pickup' && { destination: DOOR }),
    store,
  };
  return server.ask('POST', '/v1/orders', body, shop, { 'idempotency-key': crypto.randomUUID() });
}

/** What a store's people do, for tests that are about somebody else. */
export async function storeDoes(server, order, ...steps) {
  const { parts } = await server.ask('GET', `/v1/orders/${order}`);
  for (const { store, fulfillment_order, status } of parts) {
    if (['rejected', 'moved', 'cancelled'].includes(status)) continue;
    for (const step of steps) {
      await server.ask('POST', `/v1/stores/${store}/fulfillment-orders/${fulfillment_order}/${step}`, {});
    }
  }
}

/** A courier on duty who stands somewhere. */
export async function comesToWork(server, courier, { lat, lon }) {
  await server.ask('POST', `/v1/couriers/${courier}/on-duty`, {});
  await server.ask('POST', `/v1/couriers/${courier}/positions`, { pings: [{ lat, lon, at: Date.now() }] });
}

export async function until(what, question, tries = 300) {
  for (let count = 0; count < tries; count += 1) {
    const answer = await question();
    if (answer) return answer;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`never: ${what}`);
}

/** Somebody with this phone becomes a member; what opens their account. */
export async function enrol(server, shop, phone, name = '王小明') {
  const { sandbox_code } = await server.ask('POST', '/v1/members/codes', { phone }, shop);
  const consent = { terms: '2026-11', marketing: false };
  return server.ask('POST', '/v1/members', { phone, code: sandbox_code, name, consent }, shop);
}

/** An order that was collected, so that the books have a sale. */
export async function sold(server, shop, terms = {}) {
  const placed = await place(server, shop, { mode: 'pickup', ...terms });
  await collected(server, placed);
  return placed;
}

/** The shopper shows the code at the counter. */
export async function collected(server, { order, pickup_code }) {
  await storeDoes(server, order, 'accept', 'start', 'pack');
  const { parts } = await server.ask('GET', `/v1/orders/${order}`);
  for (const { store, fulfillment_order } of parts) {
    await server.ask('POST', `/v1/stores/${store}/fulfillment-orders/${fulfillment_order}/hand-over`, { to: 'shopper', code: pickup_code });
  }
}

/** A coupon of five yuan from twenty on, for every member once. */
export async function coupon(server, campaign = id(701)) {
  const [from, until] = [Date.now() - 3_600_000, Date.now() + 7 * 86_400_000];
  const terms = { threshold_fen: 2_000, per_member: 1, claim_from_at: from, claim_until_at: until, valid_days: 30 };
  await server.ask('PUT', `/v1/campaigns/${campaign}`, {
    name: '五元券',
    discount: { coupon: { value: { amount: { off_fen: 500 } }, ...terms } },
    starts_at: from,
    ends_at: until,
    stacking: 'stackable',
    budget: { uses: 100 },
  });
  return campaign;
}

/** Packed, offered, accepted and handed over, without a page: answers the delivery. */
export async function carried(server, order, courier = COURIER) {
  await comesToWork(server, courier, { lat: 30.6018, lon: 114.3008 });
  await storeDoes(server, order, 'accept', 'start', 'pack');
  const offer = await until('the courier is asked', async () => {
    const { offers } = await server.ask('GET', `/v1/couriers/${courier}`);
    return offers.find((known) => known.order === order);
  });
  await server.ask('POST', `/v1/couriers/${courier}/offers/${offer.offer}/accept`, {});
  const { parts } = await server.ask('GET', `/v1/orders/${order}`);
  const hand = `/v1/stores/${parts[0].store}/fulfillment-orders/${parts[0].fulfillment_order}/hand-over`;
  await server.ask('POST', hand, { to: 'courier', courier });
  return offer;
}

/** What couriers must show at every door from now on. */
export async function doorsNeed(server, need) {
  const { version, policy } = await server.ask('GET', '/v1/policy');
  await server.ask('PUT', '/v1/policy', { ...policy, version, proof: { ...policy.proof, everywhere: need } });
}
