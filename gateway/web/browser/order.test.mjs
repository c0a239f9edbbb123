// A whole order by hand: the shopper, the store and the courier, each at a page of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logIn, openBrowser, person, PHONE, picture, TABLET } from './people.mjs';
import { Server } from './server.mjs';
import { COURIER, DOOR, furnish, MILK, STORE } from './town.mjs';

let server;
let browser;
let links;
before(async () => {
  server = await Server.start();
  links = await furnish(server);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('an order is placed in one window, accepted in the second, carried in the third, and arrives in the first', async () => {
  const { base } = server;
  const shopper = await person(browser, { size: PHONE, at: DOOR });
  const store = await person(browser, { size: TABLET });
  const courier = await person(browser, { size: PHONE, at: { lat: 30.6015, lon: 114.3005 } });

  // The store opens its board, the courier comes to work.
  await logIn(store, `${base}/store`, 'manager');
  await store.click('text=开始接单');
  await store.waitForSelector('[data-lane=fresh]');
  await logIn(courier, `${base}/courier`, 'wang');
  await courier.click('text=上线接单');
  await courier.waitForSelector('[data-duty=on_duty]');

  // The shopper chooses, orders and pays.
  await shopper.goto(`${base}/shop#token=${links.shop}`);
  await shopper.click('text=用我的位置');
  await shopper.click(`[data-store="${STORE}"]`);
  const add = shopper.locator(`[data-sku="${MILK}"] button.btn-primary`);
  await add.click();
  await add.click();
  await picture(shopper, 'shop-zh-day-phone');
  await shopper.click('text=去结算');
  await shopper.fill('input[name=name]', '张三');
  await shopper.fill('input[name=phone]', '13800000000');
  await shopper.fill('input[name=address]', '珞喻路 1 号');
  await shopper.click('text=提交订单');
  await shopper.click('text=立即支付');
  await shopper.waitForURL(/\/track\//);
  await shopper.waitForSelector('[data-headline]');
  assert.equal(await shopper.locator('[data-stage=accepted]').getAttribute('data-reached'), 'false');

  // The store accepts, picks and packs.
  const card = store.locator('[data-card]');
  await card.locator('[data-next=accept]').click();
  await store.waitForSelector('[data-lane=preparing] [data-card]');
  await shopper.waitForSelector('[data-stage=accepted][data-reached=true]');
  await card.locator('[data-next=begin]').click({ timeout: 10_000 });
  await card.locator('[data-next=pack]').click({ timeout: 10_000 });
  await store.waitForSelector('[data-lane=ready] [data-card]');

  // The courier takes the offer and comes to the store.
  await courier.waitForSelector('[data-offer]', { timeout: 60_000 });
  await picture(courier, 'courier-offer-zh-day-phone');
  await courier.click('[data-offer] button.btn-primary');
  const task = courier.locator('[data-task]');
  await task.locator('[data-step=en_route_to_pickup]').click();
  await task.locator('[data-step=arrived_at_pickup]').click();

  // The store hands over; the courier rides.
  await picture(store, 'store-zh-day-tablet');
  await card.locator('[data-next=handOver]:not([disabled])').click();
  await shopper.waitForSelector('[data-stage=handed_over][data-reached=true]');
  await task.locator('[data-step=en_route_to_dropoff]').click();
  await shopper.waitForSelector('[data-stage=on_the_way][data-reached=true]');
  await courier.context().setGeolocation({ latitude: 30.604, longitude: 114.304 });
  await shopper.waitForSelector('text=位置更新于');
  await picture(shopper, 'track-zh-day-phone');
  // A detour of some kilometres: the estimate is later than what was told, by how much and why.
  await courier.context().setGeolocation({ latitude: 30.622, longitude: 114.322 });
  await shopper.waitForSelector('[data-slipped]');
  assert.ok(Number(await shopper.locator('[data-slipped]').getAttribute('data-slipped')) >= 2);
  assert.equal(await shopper.locator('[data-why]').textContent(), '原因: 路程较远或路况较慢');
  await picture(shopper, 'track-slipped-zh-day-phone');
  await courier.context().setGeolocation({ latitude: DOOR.lat, longitude: DOOR.lon });
  await task.locator('[data-step=arrived_at_dropoff]').click();
  await task.locator('[data-step=delivered]').waitFor();
  await courier.waitForSelector('[data-waiting]', { state: 'detached' });
  await picture(courier, 'courier-task-zh-day-phone');
  await task.locator('[data-step=delivered]').click();
  await task.locator('[data-proof=handed_to_person]').click();

  // It has arrived in the first window.
  await shopper.waitForSelector('[data-stage=delivered][data-reached=true]');
  await shopper.waitForSelector('[data-headline][data-status=completed]');
  await store.waitForSelector('[data-card]', { state: 'detached' });
  await courier.waitForSelector('[data-task]', { state: 'detached' });
  for (const page of [shopper, store, courier]) assert.deepEqual(page.complaints, []);
  const { couriers } = await server.ask('GET', '/v1/fleet');
  assert.equal(couriers.find((known) => known.id === COURIER).task_count, 0);
});
