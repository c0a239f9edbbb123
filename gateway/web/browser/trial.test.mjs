// What a newcomer stumbled over, page by page: each of these failed once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person, PHONE, picture, TABLET } from './people.mjs';
import { stage } from './stage.mjs';
import { COURIER, DOOR, enrol, MILK, place, STORE, storeDoes, until } from './town.mjs';

const here = stage();
const NEAR_STORE = { lat: 30.6018, lon: 114.3008 };
const codeOf = (id) => `#${id.slice(-6).toUpperCase()}`;

async function shopAt(options = {}) {
  const page = await person(here.browser, { size: PHONE, at: DOOR, ...options });
  await page.goto(`${here.server.base}/shop#token=${here.links.shop}`);
  await page.waitForSelector('[data-sku]');
  return page;
}

test('courier, store and shopper: told where, seen waiting, at the door; nothing is handed back by a slip', async () => {
  const { server, links } = here;
  const board = await person(here.browser, { size: TABLET });
  await logIn(board, `${server.base}/store`, 'manager');
  await board.click('text=开始接单');
  await board.waitForSelector('[data-lane=fresh]');
  const courier = await person(here.browser, { size: PHONE, at: NEAR_STORE });
  await logIn(courier, `${server.base}/courier`, 'wang');
  await courier.click('text=上线接单');
  await courier.waitForSelector('[data-duty=on_duty]');
  // One short name: what the courier reads is what the counter reads.
  await courier.locator(`h1:has-text("小王 ${codeOf(COURIER)}")`).waitFor();

  const { order, shopper_token } = await place(server, links.shop);
  const shopper = await person(here.browser, { size: PHONE });
  await shopper.goto(`${server.base}/track/${order}#token=${shopper_token}`);
  await shopper.locator(`main >> text=${codeOf(order)}`).waitFor();
  const card = board.locator(`[data-card][data-order="${order}"]`);
  await card.locator(`text=${codeOf(order)}`).waitFor();
  await board.locator('[data-lane=fresh] h2:has-text("1 单")').waitFor();

  // Undo stands beside the next step, which comes at once and not under the same finger.
  await card.locator('[data-next=accept]').click();
  assert.ok(await card.locator('[data-next=begin]').isDisabled(), 'a second tap in the same place is a slip');
  await card.locator('[data-next=begin]:not([disabled])').waitFor();
  assert.equal(await card.locator('[data-undo]').count(), 1);
  await picture(board, 'store-undo-zh-day-tablet');
  await card.locator('[data-next=begin]').click();
  await card.locator('[data-next=pack]').click();

  const offer = courier.locator('[data-offer]');
  await offer.locator('[data-store]:has-text("光谷店路 1 号")').waitFor({ timeout: 60_000 });
  await offer.locator('button.btn-primary').click();
  const task = courier.locator(`[data-task][data-order="${order}"]`);
  await task.locator('[data-store]:has-text("光谷店")').waitFor();
  assert.equal(await task.locator('[data-status-word]').textContent(), '骑手已接单');
  assert.equal(await task.locator('[data-door]').count(), 0, 'the door is told after the pickup');

  // The menu closes on a tap beside it and on Escape.
  const menu = task.locator('[data-navigate]');
  for (const close of [() => courier.locator('h1').click(), () => courier.keyboard.press('Escape')]) {
    await menu.locator('summary').click();
    assert.ok(await menu.evaluate((node) => node.open));
    await close();
    assert.equal(await menu.evaluate((node) => node.open), false);
  }
  await task.locator('button:has-text("报备")').click();
  await task.locator('[data-drop-asks]').waitFor();
  assert.deepEqual(await faults(courier), []);
  await task.locator('button:has-text("取消")').click();
  await task.locator('[data-drop-asks]').waitFor({ state: 'detached' });
  assert.equal((await server.ask('GET', `/v1/orders/${order}`)).deliveries[0].courier, COURIER);

  await task.locator('[data-step=en_route_to_pickup]').click();
  await task.locator('[data-step=arrived_at_pickup]').click();
  await card.locator(`[data-courier=here]:has-text("骑手 ${codeOf(COURIER)} 已到店")`).waitFor();
  await shopper.waitForSelector('[data-courier-step=atStore]');
  await picture(board, 'store-courier-here-zh-day-tablet');
  await card.locator('[data-next=handOver]:not([disabled])').click();
  await shopper.waitForSelector('[data-courier-step=hasIt]');
  await task.locator('[data-door]:has-text("珞喻路 1 号")').waitFor();
  await task.locator('[data-step=en_route_to_dropoff]').click();
  await shopper.waitForSelector('[data-courier-step]', { state: 'detached' });
  await task.locator('[data-step=arrived_at_dropoff]').click();
  await shopper.locator('[data-headline][data-courier=atDoor]:has-text("已到门口")').waitFor();
  await picture(shopper, 'track-door-zh-day-phone');

  // Every way of handing over can be read whole.
  await courier.click('header >> text=English');
  await task.locator('[data-step=delivered]').click();
  const cut = await task.locator('[data-proof]').evaluateAll((buttons) => buttons.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.dataset.proof));
  assert.deepEqual(cut, []);
  await picture(courier, 'courier-proof-en-day-phone');
  await task.locator('[data-proof=handed_to_person]').click();
  await shopper.waitForSelector('[data-headline][data-status=completed]');
  for (const page of [board, courier, shopper]) {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
});

test('a code that was typed the wrong way round is good for the right one', async () => {
  const { server, links } = here;
  const page = await shopAt();
  const form = page.locator('[data-form=member]');
  const send = async (phone) => {
    await page.fill('input[name=member-phone]', phone);
    await form.locator('button[type=button]').click();
    await page.waitForSelector('[data-sandbox-code]');
    await page.fill('input[name=member-code]', await page.locator('[data-sandbox-code]').textContent());
  };
  await page.locator('[data-membership] summary').click();
  // Logging in before enrolling: the page turns to enrolling, with the code still there and still good.
  await send('13600001111');
  await form.locator('button.btn-primary').click();
  await page.locator('[data-membership] [role=alert]:has-text("同一个验证码")').waitFor();
  assert.ok(await page.locator('input[name=is-new]').isChecked());
  assert.match(await page.locator('input[name=member-code]').inputValue(), /^\d{6}$/);
  await form.locator('button.btn-primary').click();
  await page.waitForSelector('[data-membership=basic]');

  // And enrolling who is enrolled already.
  await enrol(server, links.shop, '13600002222');
  await page.locator('[data-membership] >> text=退出会员').click();
  await send('13600002222');
  await page.check('input[name=is-new]');
  await form.locator('button.btn-primary').click();
  await page.locator('[data-membership] [role=alert]:has-text("直接登录")').waitFor();
  assert.ok(!(await page.locator('input[name=is-new]').isChecked()));
  await form.locator('button.btn-primary').click();
  await page.waitForSelector('[data-membership=basic]');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('Back leads back inside the shop, the cart survives until it is ordered, and a phone is looked at', async () => {
  const page = await shopAt();
  await page.click('text=用我的位置');
  await page.click(`[data-store="${STORE}"]`);
  const add = page.locator(`[data-sku="${MILK}"] button.btn-primary`);
  await add.click();
  await add.click();
  const count = () => page.locator('footer b').textContent();
  await page.click('text=去结算');
  await page.waitForSelector('[data-payable]');
  await page.goBack();
  await page.waitForSelector('[data-sku]');
  assert.equal(await count(), '2');
  await page.goForward();
  await page.waitForSelector('[data-payable]');
  // A reload at the checkout stays there, with its price.
  await page.reload();
  await page.waitForSelector('[data-payable]');
  await page.goBack();
  await page.waitForSelector(`[data-store="${STORE}"][aria-pressed=true]`);
  assert.equal(await count(), '2');
  await page.goForward();
  await page.waitForSelector('[data-payable]');

  await page.fill('input[name=name]', '张三');
  await page.fill('input[name=phone]', '12345');
  await page.fill('input[name=address]', '珞喻路 1 号');
  await page.check('input[value=cash_on_delivery]');
  await page.click('text=提交订单');
  await page.locator('#phone-problem:has-text("11 位手机号")').waitFor();
  assert.match(page.url(), /\/shop/);
  assert.deepEqual(await faults(page), []);
  await page.fill('input[name=phone]', '027-87654321');
  await page.click('text=提交订单');
  await page.waitForURL(/\/track\//);
  await page.waitForSelector('[data-headline]');
  await page.goBack();
  await page.waitForSelector('[data-sku]');
  assert.equal(await page.locator('footer b').count(), 0, 'what was ordered is not in the cart any more');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('headquarters says why a courier was asked in the language of the page, by name', async () => {
  const { server, links } = here;
  const { order } = await place(server, links.shop);
  await server.ask('POST', `/v1/couriers/${COURIER}/on-duty`, {}).catch(() => {});
  await server.ask('POST', `/v1/couriers/${COURIER}/positions`, { pings: [{ ...NEAR_STORE, at: Date.now() }] });
  await storeDoes(server, order, 'accept', 'start', 'pack');
  await until('the courier is asked', async () => {
    const { offers } = await server.ask('GET', `/v1/couriers/${COURIER}`);
    return offers.some((offer) => offer.order === order);
  });
  const page = await person(here.browser);
  await logIn(page, `${server.base}/hq/orders/${order}`, 'hq');
  const why = page.locator('[data-explain]');
  await why.locator(`text=小王 ${codeOf(COURIER)}`).waitFor();
  assert.match(await why.textContent(), /距店 .*可来/);
  assert.doesNotMatch(await why.textContent(), /from the store|could come/);
  await page.locator('ol >> text=系统').first().waitFor();
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('what cancelling costs is said before it is done', async () => {
  const { server, links } = here;
  const { version, policy } = await server.ask('GET', '/v1/policy');
  await server.ask('PUT', '/v1/policy', { ...policy, version, late_cancel_fee_fen: 300 });
  const quote = await server.ask('POST', '/v1/quotes', { mode: 'pickup', store: STORE, lines: [{ sku: MILK, quantity: 2 }] }, links.shop);
  const body = { quote: quote.quote, shopper: { name: '张三', phone: '13800000000' }, payment_method: 'online', store: STORE };
  const placed = await server.ask('POST', '/v1/orders', body, links.shop, { 'idempotency-key': crypto.randomUUID() });
  const paid = { 'idempotency-key': crypto.randomUUID() };
  await server.ask('POST', placed.payment.pay_url, { outcome: 'success' }, placed.shopper_token, paid);
  await until('it is open', async () => (await server.ask('GET', `/v1/orders/${placed.order}`)).status === 'open');
  const page = await person(here.browser, { size: PHONE });
  await page.goto(`${server.base}/track/${placed.order}#token=${placed.shopper_token}`);
  await page.click('[data-cancel]');
  await page.waitForSelector('[data-cancel-fee="0"]');
  await page.click('text=不取消');
  await storeDoes(server, placed.order, 'accept');
  await page.waitForSelector('[data-stage=accepted][data-reached=true]');
  await page.click('[data-cancel]');
  await page.locator('[data-cancel-fee="300"]:has-text("3.00")').waitFor();
  assert.deepEqual(await faults(page), []);
  await page.click('button.btn-error');
  await page.waitForSelector('[data-headline][data-status=cancelled]');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
