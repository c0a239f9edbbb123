// The shopper as a member: a phone's code, a coupon, points, and how the price came about.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, person, PHONE, picture } from './people.mjs';
import { stage } from './stage.mjs';
import { coupon, DOOR, MILK, RICE, OTHER_STORE, STORE, until } from './town.mjs';

const here = stage();

test('a member enrols by phone, claims a coupon, and pays with it and points; each line says what came off', async () => {
  const { server, links } = here;
  const campaign = await coupon(server);
  const page = await person(here.browser, { size: PHONE, at: DOOR });
  await page.goto(`${server.base}/shop#token=${links.shop}`);
  await page.waitForSelector('[data-sku]');
  await page.locator('[data-membership] summary').click();
  await page.fill('input[name=member-phone]', '13800004321');
  const send = page.locator('[data-form=member] button[type=button]');
  await send.click();
  const code = () => page.locator('[data-sandbox-code]').textContent();
  await page.waitForSelector('[data-sandbox-code]');
  // A mistyped code opens nothing.
  await page.fill('input[name=member-code]', (await code()) === '000000' ? '000001' : '000000');
  await page.check('input[name=is-new]');
  await page.locator('[data-form=member] button.btn-primary').click();
  await page.waitForSelector('[data-membership] [role=alert]');
  await page.fill('input[name=member-name]', '赵六');
  await page.fill('input[name=member-code]', await code());
  assert.deepEqual(await faults(page), []);
  await page.locator('[data-form=member] button.btn-primary').click();
  await page.waitForSelector('[data-membership=basic]');
  await page.locator(`[data-claim="${campaign}"]`).click();
  await page.waitForSelector('[data-held]');
  const { member } = await server.ask('POST', '/v1/members/find', { phone: '13800004321' });
  await server.ask('POST', `/v1/members/${member}/points`, { points: 1_000, reason: 'welcome' });

  // A reload keeps who it is; another tab would be nobody.
  await page.reload();
  await page.waitForSelector('[data-membership=basic]');
  await page.click('text=用我的位置');
  // A store is found by a part of its name, whatever is nearer.
  await page.fill('input[name=store]', '光谷');
  await page.waitForSelector(`[data-store="${OTHER_STORE}"]`, { state: 'detached' });
  await page.click(`[data-store="${STORE}"]`);
  for (const sku of [MILK, RICE]) await page.locator(`[data-sku="${sku}"] button.btn-primary`).click();
  await page.click('text=去结算');
  await page.waitForSelector('[data-payable]');
  const payable = async () => Number(await page.locator('[data-payable]').getAttribute('data-payable'));
  const before = await payable();
  await page.locator('[data-uses] [data-coupon]').check();
  await page.waitForSelector(`[data-applied="${campaign}"]`);
  await until('the coupon came off', async () => (await payable()) === before - 500);
  await page.locator('input[name=points]').check();
  await page.waitForSelector('[data-points-spent]');
  await page.locator('[data-explained] summary').click();
  const milk = page.locator(`[data-explained] [data-line="${MILK}"]`);
  assert.equal(await milk.locator('[data-part=coupon]').count(), 1);
  assert.deepEqual(await faults(page), []);
  await picture(page, 'shop-member-zh-day-phone');

  await page.fill('input[name=name]', '赵六');
  await page.fill('input[name=phone]', '13800004321');
  await page.fill('input[name=address]', '珞喻路 1 号');
  await page.check('input[value=cash_on_delivery]');
  await page.click('text=提交订单');
  await page.waitForURL(/\/track\//);
  const history = await server.ask('GET', `/v1/members/${member}/coupons/history`);
  assert.equal(history.lines[0].what, 'held');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
