// Headquarters: the map, the reasons, a courier chosen by hand, and being shown out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person, picture } from './people.mjs';
import { stage } from './stage.mjs';
import { comesToWork, COURIER, OTHER_COURIER, OTHER_STORE, PASSWORD, place, STORE, storeDoes, until } from './town.mjs';

const here = stage();

async function headquarters() {
  const page = await person(here.browser);
  await logIn(page, `${here.server.base}/hq`, 'hq');
  await page.waitForSelector('[data-figure=open]');
  return page;
}

test('the city is seen on the map, and an order page says why', async () => {
  const { server, links } = here;
  const page = await headquarters();
  await comesToWork(server, COURIER, { lat: 30.601, lon: 114.3 });
  await page.waitForSelector('[data-dots="1"]');
  const { order } = await place(server, links.shop);
  await page.waitForFunction(() => Number(document.querySelector('[data-figure=open]')?.textContent) >= 1);
  await picture(page, 'hq-zh-day-desk');
  await page.click('[data-figure=open]');
  await page.click(`[data-row="${order}"] button`);
  await page.waitForSelector('[data-order-page=open]');
  await page.locator('[data-explain] >> text=下单时指定的门店').first().waitFor();
  await storeDoes(server, order, 'accept');
  await page.locator('li:has-text("门店接单")').first().waitFor();
  await picture(page, 'hq-order-zh-day-desk');
  await page.click('[data-act=cancel]');
  await page.click('[data-sure]');
  await page.waitForSelector('[data-order-page=cancelled]');
  // Each figure of the day opens what is behind it.
  await page.goto(`${server.base}/hq`);
  await page.click('[data-today-figure=served]');
  await page.waitForURL('**/hq/reports?view=service');
  await page.waitForSelector('[data-report=service]');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a share moves to a store that can take it, with a typed reason', async () => {
  const { server, links } = here;
  const page = await headquarters();
  const { order } = await place(server, links.shop);
  await page.goto(`${server.base}/hq/orders/${order}`);
  await page.click('[data-act=look]');
  const candidate = page.locator(`[data-candidate="${OTHER_STORE}"]`);
  await candidate.locator('text=承诺').waitFor();
  await page.waitForSelector('[data-reason-first]');
  assert.equal(await candidate.locator('[data-act=move]').isDisabled(), true);
  await page.fill('section[aria-labelledby=act] input', '门前积水');
  await candidate.locator('[data-act=move]').click();
  await page.locator('[data-part=moved]').waitFor();
  await page.locator('[data-part]:has-text("江汉店")').waitFor();
  const history = await server.ask('GET', `/v1/orders/${order}/history`);
  const asked = history.find((event) => event.kind === 'move_asked');
  assert.match(JSON.stringify(asked.payload), /门前积水/);
  // A store that takes no orders says so, and cannot be chosen.
  await server.ask('POST', `/v1/stores/${STORE}/pause`, { until_at: null });
  await page.click('[data-act=look]');
  await page.locator(`[data-candidate="${STORE}"] [data-why-not]:has-text("暂停接单")`).waitFor();
  assert.deepEqual(await faults(page), []);
  await server.ask('POST', `/v1/stores/${STORE}/reopen`, {});
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('one unit moves and the rest stays at its store', async () => {
  const { server, links } = here;
  const page = await headquarters();
  const { order } = await place(server, links.shop);
  await page.goto(`${server.base}/hq/orders/${order}`);
  await page.fill('section[aria-labelledby=act] input', '一盒破损');
  await page.click('[data-act=look]');
  const candidate = page.locator(`[data-candidate="${OTHER_STORE}"]`);
  await candidate.locator('[data-act=move]').waitFor();
  const lines = page.locator('[data-leaving] input');
  for (const line of await lines.all()) {
    await line.fill('0');
    await line.dispatchEvent('change');
  }
  await page.locator('text=请选择要转走的件数').waitFor();
  await lines.first().fill('1');
  await lines.first().dispatchEvent('change');
  await candidate.locator('[data-act=move]').click();
  await page.locator('[data-part]:has-text("江汉店")').waitFor();
  assert.equal(await page.locator('[data-part=moved]').count(), 0);
  const { parts } = await server.ask('GET', `/v1/orders/${order}`);
  assert.deepEqual([parts.length, parts[1].store, parts[1].lines.map(({ units }) => units)], [2, OTHER_STORE, [1]]);
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a parcel turns back, and the store says how its goods are', async () => {
  const { server, links } = here;
  const page = await headquarters();
  const { order } = await place(server, links.shop, { mode: 'express' });
  await storeDoes(server, order, 'accept', 'pack');
  const { parts } = await server.ask('GET', `/v1/orders/${order}`);
  const share = `/v1/stores/${parts[0].store}/fulfillment-orders/${parts[0].fulfillment_order}`;
  await server.ask('POST', `${share}/hand-over`, { to: 'carrier', carrier: '顺丰', tracking_number: 'SF7' });
  await page.goto(`${server.base}/hq/orders/${order}`);
  await page.click('[data-parcel=created] [data-step=in_transit]');
  await page.click('[data-parcel=in_transit] [data-step=returning]');
  await page.locator('[data-parcel=returning] >> text=退回中').waitFor();
  assert.deepEqual(await faults(page), []);
  await page.click('[data-parcel=returning] [data-step=damaged]');
  await page.locator('[data-parcel=returned] >> text=SF7').waitFor();
  assert.equal(await page.locator('[data-parcel] button').count(), 0);
  await page.locator('li:has-text("商品退回门店")').first().waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a courier is chosen by hand', async () => {
  const { server, links } = here;
  const page = await headquarters();
  await server.ask('POST', `/v1/couriers/${COURIER}/off-duty`, {});
  const { order } = await place(server, links.shop);
  await storeDoes(server, order, 'accept', 'start');
  await page.goto(`${server.base}/hq/orders/${order}`);
  await page.waitForSelector('[data-order-page=open]');
  await comesToWork(server, OTHER_COURIER, { lat: 30.609, lon: 114.309 });
  const assign = page.locator(`[data-candidate="${OTHER_COURIER}"] button.btn-primary`);
  // Asked first: who thinks better of it has changed nothing.
  await assign.click();
  await page.locator('dialog >> text=小李 #000502').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('[data-told]').count(), 0);
  await page.fill('input[name=steer-reason]', '顾客是老人，请熟人去');
  await assign.click();
  await page.click('[data-sure]');
  await page.waitForSelector('[data-told]');
  await until('the courier has it or is asked for it', async () => {
    const { deliveries } = await server.ask('GET', `/v1/orders/${order}`);
    const { offers } = await server.ask('GET', `/v1/couriers/${OTHER_COURIER}`);
    return deliveries[0].courier === OTHER_COURIER || offers.some((offer) => offer.order === order);
  });
  const steered = (await server.ask('GET', `/v1/orders/${order}/history`)).find((event) => event.kind === 'delivery_steered');
  assert.match(steered.by, /principal/);
  assert.match(JSON.stringify(steered), /顾客是老人/);
  await page.locator(`[data-candidate="${OTHER_COURIER}"] [data-note]`).waitFor();
  await page.context().close();
});

test('a store is paused, a price changed, the policy saved, somebody added and shown out', async () => {
  const { server } = here;
  const page = await headquarters();
  await page.click('nav >> text=门店');
  await page.locator(`[data-store="${STORE}"] button`).click();
  await page.locator(`[data-store="${STORE}"] >> text=暂停接单`).waitFor();
  await page.locator(`[data-store="${STORE}"] button`).click();
  await page.locator(`[data-store="${STORE}"] >> text=恢复`).waitFor({ state: 'detached' });
  await page.click('nav >> text=商品');
  const row = page.locator('[data-sku]').first();
  await row.locator('input[inputmode=decimal]').fill('13.50');
  await row.locator('[data-act=save]').click();
  await page.waitForSelector('[data-told]');
  await page.click('nav >> text=策略');
  // Every knob has words, in both languages; the name in the document is nowhere.
  const untranslated = () =>
    page.locator('[data-knob]').evaluateAll((knobs) =>
      knobs.filter((knob) => knob.textContent.includes(knob.dataset.knob.replaceAll('_', ' '))).map((knob) => knob.dataset.knob),
    );
  await page.locator('[data-knob=accept_sla_s]').waitFor();
  assert.ok((await page.locator('[data-knob]').count()) > 50);
  assert.deepEqual(await untranslated(), []);
  await page.click('header >> text=English');
  assert.deepEqual(await untranslated(), []);
  await page.click('header >> text=中文');
  await page.locator('[data-knob=accept_sla_s] input').fill('240');
  await page.click('form button.btn-primary');
  await page.waitForSelector('[data-told]');
  const written = await server.ask('GET', '/v1/policy');
  assert.equal(written.policy.accept_sla_s, 240);
  // Who changed what of it stands below, by the words of the knobs.
  await page.locator(`[data-policy-version="${written.version}"]`).waitFor();
  assert.deepEqual(await faults(page), []);
  // A second dispatch policy is planned beside, with knobs of its own, until it is ended.
  const saved = () =>
    Promise.all([
      page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.url().endsWith('/v1/policy')),
      page.click('form button.btn-primary'),
    ]);
  await page.click('[data-act=shadow]');
  await page.locator('[data-knob=planner]').nth(1).locator('select').selectOption('greedy');
  await saved();
  assert.equal((await server.ask('GET', '/v1/policy')).policy.shadow.planner, 'greedy');
  await page.locator('[data-shadow] h2').waitFor();
  await page.click('[data-act=no-shadow]');
  await saved();
  assert.equal((await server.ask('GET', '/v1/policy')).policy.shadow, undefined);
  await page.click('nav >> text=人员');
  await page.locator('label:has-text("账号") input').fill('zhao');
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.click('form button.btn-primary');
  await page.waitForSelector('[data-user=zhao]');

  const other = await person(here.browser);
  await logIn(other, `${server.base}/store`, 'zhao');
  await other.locator('text=光谷店').click();
  await other.click('text=开始接单');
  await other.waitForSelector('[data-line=live]');
  await page.locator('[data-user=zhao] [data-act=toggle]').click();
  await other.waitForSelector('input[name=password]');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  await other.context().close();
});

test('logging out ends what was open, and the session is a cookie that no script reads', async () => {
  const page = await headquarters();
  assert.equal(await page.evaluate(() => document.cookie), '');
  const cookie = (await page.context().cookies()).find((known) => known.name === 'paidan_hq');
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, 'Strict']);
  const second = await page.context().newPage();
  await second.goto(`${here.server.base}/hq`);
  await second.waitForSelector('[data-line=live]');
  await page.click('text=退出');
  await page.waitForSelector('input[name=password]');
  // The other window of the same session is shown out too, at once.
  await second.waitForSelector('input[name=password]', { timeout: 5_000 });
  const refused = await fetch(`${here.server.base}/v1/me`, {
    headers: { cookie: `paidan_hq=${cookie.value}`, 'paidan-screen': 'hq' },
  });
  assert.equal(refused.status, 401);
  await page.context().close();
});
