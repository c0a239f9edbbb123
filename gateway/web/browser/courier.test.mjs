// A courier where things go wrong: a declined offer, a lost network, a server that dies under way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logIn, person, PHONE } from './people.mjs';
import { stage } from './stage.mjs';
import { comesToWork, COURIER, DOOR, OTHER_COURIER, place, STORE, storeDoes, until } from './town.mjs';

const here = stage();
const NEAR_STORE = { lat: 30.6018, lon: 114.3008 };

async function atWork(name = 'wang') {
  const page = await person(here.browser, { size: PHONE, at: NEAR_STORE });
  await logIn(page, `${here.server.base}/courier`, name);
  const duty = page.locator('[data-duty]');
  await duty.waitFor();
  if ((await duty.getAttribute('data-duty')) !== 'on_duty') await page.click('text=上线接单');
  await page.waitForSelector('[data-duty=on_duty]');
  return page;
}

const deliveryOf = async (order) => (await here.server.ask('GET', `/v1/orders/${order}`)).deliveries[0];

test('a declined offer goes to somebody else', async () => {
  const { server, links } = here;
  const page = await atWork();
  const { order } = await place(server, links.shop);
  await storeDoes(server, order, 'accept', 'start', 'pack');
  await page.locator('[data-offer]').waitFor({ timeout: 60_000 });
  await page.click('text=不接');
  await page.click('text=太远');
  await page.waitForSelector('[data-offer]', { state: 'detached' });
  await comesToWork(server, OTHER_COURIER, NEAR_STORE);
  await until('the other courier is asked', async () => {
    const { offers } = await server.ask('GET', `/v1/couriers/${OTHER_COURIER}`);
    return offers.some((offer) => offer.order === order);
  });
  await server.ask('POST', `/v1/couriers/${OTHER_COURIER}/off-duty`, {}).catch(() => {});
  await server.ask('POST', `/v1/orders/${order}/cancel`, { reason: 'headquarters' });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a task is handed back in two taps and assigned anew', async () => {
  const { server, links } = here;
  const page = await atWork();
  const { order } = await place(server, links.shop);
  await storeDoes(server, order, 'accept', 'start', 'pack');
  await page.locator('[data-offer]').waitFor({ timeout: 60_000 });
  await page.click('[data-offer] button.btn-primary');
  const task = page.locator('[data-task]');
  await task.locator('[data-step=en_route_to_pickup]').waitFor();
  const before = await deliveryOf(order);
  assert.equal(before.courier, COURIER);
  await comesToWork(server, OTHER_COURIER, NEAR_STORE);
  await task.locator('button[aria-expanded]').click();
  await task.locator('[data-drop-asks]').waitFor();
  await task.locator('[data-drop]').click();
  await task.waitFor({ state: 'detached' });
  const offer = await until('the other courier is asked', async () => {
    const { offers } = await server.ask('GET', `/v1/couriers/${OTHER_COURIER}`);
    return offers.find((known) => known.order === order);
  });
  await server.ask('POST', `/v1/couriers/${OTHER_COURIER}/offers/${offer.offer}/accept`, {});
  const after = await deliveryOf(order);
  assert.equal(after.courier, OTHER_COURIER);
  assert.ok(after.attempt > before.attempt);
  await server.ask('POST', `/v1/orders/${order}/cancel`, { reason: 'headquarters' });
  await server.ask('POST', `/v1/couriers/${OTHER_COURIER}/off-duty`, {}).catch(() => {});
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a delivery survives a lost network and a killed server without a lost or doubled step', async () => {
  const { server, links } = here;
  const page = await atWork();
  const shopper = await person(here.browser, { size: PHONE });
  const { order, shopper_token } = await place(server, links.shop);
  await shopper.goto(`${server.base}/track/${order}#token=${shopper_token}`);
  await shopper.waitForSelector('[data-headline]');
  await storeDoes(server, order, 'accept', 'start', 'pack');
  await page.locator('[data-offer] button.btn-primary').click({ timeout: 60_000 });
  const task = page.locator(`[data-task][data-order="${order}"]`);
  await task.locator('[data-step=en_route_to_pickup]').click();
  await task.locator('[data-step=arrived_at_pickup]').click();
  await until('the courier is at the store', async () => (await deliveryOf(order)).status === 'arrived_at_pickup');
  const { parts } = await server.ask('GET', `/v1/orders/${order}`);
  const hand = `/v1/stores/${STORE}/fulfillment-orders/${parts[0].fulfillment_order}/hand-over`;
  await server.ask('POST', hand, { to: 'courier', courier: COURIER });
  await task.locator('[data-step=en_route_to_dropoff]').waitFor();

  // The server dies; the courier goes on, and the phone forgets nothing over a reload.
  await server.kill();
  await page.waitForSelector('[data-offline]');
  await task.locator('[data-step=en_route_to_dropoff]').click();
  await task.locator('[data-step=arrived_at_dropoff]').click();
  await task.locator('[data-step=delivered]').click();
  await task.locator('[data-proof=handed_to_person]').click();
  await until('three steps wait', async () => (await page.locator('[data-waiting]').getAttribute('data-waiting')) === '3');
  await page.reload();
  await until('the steps are still there', async () => (await page.locator('[data-waiting]').count()) === 1);
  await server.again();

  await until('it is delivered', async () => (await deliveryOf(order)).status === 'delivered');
  await shopper.waitForSelector('[data-headline][data-status=completed]', { timeout: 45_000 });
  const history = await server.ask('GET', `/v1/orders/${order}/history`);
  const count = (kind) => history.filter((event) => event.kind === kind).length;
  assert.equal(count('delivery_delivered'), 1);
  // To the store, at the store, on the way, at the door.
  assert.equal(count('delivery_advanced'), 4);
  assert.equal(await page.locator('[data-refusal]').count(), 0);
  for (const one of [page, shopper]) assert.deepEqual(one.complaints, []);
  await page.context().close();
  await shopper.context().close();
});

test('positions stop with the duty', async () => {
  const { server } = here;
  const page = await atWork();
  await until('a position is known', async () => (await server.ask('GET', `/v1/couriers/${COURIER}`)).position);
  await page.getByText('下线', { exact: true }).click();
  await page.waitForSelector('[data-duty=off_duty]');
  const before = (await server.ask('GET', `/v1/couriers/${COURIER}`)).position?.at;
  await page.context().setGeolocation({ latitude: DOOR.lat, longitude: DOOR.lon });
  await page.waitForTimeout(6_000);
  assert.equal((await server.ask('GET', `/v1/couriers/${COURIER}`)).position?.at, before);
  await page.context().close();
});
