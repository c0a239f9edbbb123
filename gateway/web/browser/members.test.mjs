// Headquarters' members and campaigns: found by phone, given points and coupons with a reason, budgets
// read, and forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person } from './people.mjs';
import { stage } from './stage.mjs';
import { collected, enrol, MILK, RICE, STORE, until } from './town.mjs';

const here = stage();
const PHONE = '13800001234';

async function headquarters(view) {
  const page = await person(here.browser);
  page.on('dialog', (dialog) => void dialog.accept());
  await logIn(page, `${here.server.base}/hq${view}`, 'hq');
  await page.waitForSelector('[data-line=live]');
  return page;
}

test('a coupon is made with a budget, given to members by phone, and each city’s use is seen', async () => {
  const { server, links } = here;
  const member = await enrol(server, links.shop, PHONE);
  const page = await headquarters('/campaigns');
  await page.click('text=新建活动');
  const form = page.locator('[data-form=campaign]');
  await form.locator('input[name=name]').fill('五元券');
  await form.locator('select[name=kind]').selectOption('coupon_amount');
  await form.locator('input[name=spend]').fill('20');
  await form.locator('input[name=off]').fill('5');
  await form.locator('input[name=from]').fill('2026-01-01T00:00');
  await form.locator('input[name=until]').fill('2099-01-01T00:00');
  await form.locator('input[name=budget-uses]').fill('16');
  await form.locator('button.btn-primary').click();
  await page.waitForSelector('[data-told]');
  const campaign = await page.locator('[data-campaign]').getAttribute('data-campaign');
  await page.locator('[data-campaign] th button').click();
  await page.waitForSelector('[data-campaign-page=live]');

  // One is a member, one is not, and nobody gets more than the campaign gives.
  const issue = page.locator('[data-form=issue]');
  await issue.locator('textarea').fill(`${PHONE}\n13900009999`);
  await issue.locator('input[name=reason]').fill('两次迟到');
  await issue.locator('button').click();
  await page.waitForSelector('[data-outcome=refused]');
  assert.equal(await page.locator('[data-outcome=given]').count(), 1);
  assert.equal(await issue.locator('textarea').inputValue(), '13900009999');
  await issue.locator('textarea').fill(PHONE);
  await issue.locator('button').click();
  await page.locator(`[data-outcome=refused]:has-text("${PHONE}")`).waitFor();
  assert.equal(await page.locator('[data-outcome=given]').count(), 0, 'once a member');

  const wallet = await server.ask('GET', '/v1/members/me/coupons', undefined, member.token);
  const lines = [
    { sku: MILK, quantity: 1 },
    { sku: RICE, quantity: 1 },
  ];
  const coupons = [wallet.coupons[0].coupon];
  const quote = await server.ask('POST', '/v1/quotes', { mode: 'pickup', store: STORE, lines, member: member.token, coupons }, links.shop);
  const body = { quote: quote.quote, shopper: { name: '王小明', phone: PHONE }, payment_method: 'cash_on_delivery', store: STORE };
  await server.ask('POST', '/v1/orders', body, links.shop, { 'idempotency-key': 'coupon-1' });
  await until('the city has drawn', async () => {
    const { cities } = await server.ask('GET', `/v1/campaigns/${campaign}/budget`);
    return cities.some((city) => city.open_uses === 1);
  });
  await page.reload();
  await page.locator('[data-budget=all] >> text=1 次').waitFor();
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a member is found by phone, gets points with a reason, and is forgotten only when that is confirmed', async () => {
  const { server, links } = here;
  const phone = '13800005678';
  await enrol(server, links.shop, phone, '李小红');
  const page = await headquarters('/members');
  const seek = async (text) => {
    await page.fill('input[name=member]', text);
    await page.locator('form[role=search] button').click();
  };
  // A name finds nobody, and a stranger's phone is said to be one.
  await seek('李小红');
  await page.locator('[role=alert] >> text=姓名加密保存').waitFor();
  await seek('13700000000');
  await page.locator('[role=alert]').waitFor();
  await seek(phone);
  await page.waitForSelector('[data-member=enrolled]');
  assert.match(page.url(), /\/hq\/members\/[0-9a-f-]{36}$/);
  assert.doesNotMatch(page.url(), new RegExp(phone));
  assert.ok(await page.locator('text=138****5678').count());

  const form = page.locator('[data-form=points]');
  await form.locator('input[name=points]').fill('300');
  await form.locator('input[name=why]').fill('生日');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-ledger=adjust]');
  assert.equal(await page.locator('[data-points]').textContent(), '300');
  assert.match(await page.locator('[data-ledger=adjust]').textContent(), /生日.*\+300/);
  assert.deepEqual(await faults(page), []);

  await page.click('[data-erase]');
  await page.waitForSelector('dialog[open]');
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.waitForSelector('[data-member=enrolled]');
  await page.click('[data-erase]');
  await page.click('[data-sure]');
  await page.waitForSelector('[data-member=erased]');
  assert.equal(await page.locator('text=李小红').count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('tiers are headquarters’ to change, and a rule that cannot be is refused in words', async () => {
  const page = await headquarters('/members');
  await page.waitForSelector('[data-rules]');
  const growth = page.locator('[data-tier] input[type=number]').nth(2);
  const before = await growth.inputValue();
  await growth.fill('0');
  await page.locator('[data-rules] button.btn-primary').click();
  await page.waitForSelector('[role=alert]');
  await growth.fill(String(Number(before) + 1));
  await page.locator('[data-rules] button.btn-primary').click();
  await page.waitForSelector('[data-told]');
  const { policy } = await here.server.ask('GET', '/v1/member-policy');
  assert.equal(policy.tiers[1].from_growth, Number(before) + 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a list leads to a member by the end of a phone, an order leads there too, and the opening is in the trail', async () => {
  const { server, links } = here;
  const { member, token } = await enrol(server, links.shop, '13700007788', '周小美');
  await enrol(server, links.shop, '13700001122', '吴小刚');
  const quote = await server.ask('POST', '/v1/quotes', { mode: 'pickup', store: STORE, lines: [{ sku: MILK, quantity: 1 }], member: token }, links.shop);
  const body = { quote: quote.quote, shopper: { name: '周小美', phone: '13700007788' }, payment_method: 'cash_on_delivery', store: STORE };
  const placed = await server.ask('POST', '/v1/orders', body, links.shop, { 'idempotency-key': 'listed-1' });
  const { order } = placed;
  await collected(server, placed);
  await until('the member has heard of it', async () => (await server.ask('POST', '/v1/members/search', { buys: true })).members.length > 0);
  const page = await headquarters('/members');
  await page.waitForSelector('[data-member-row]');
  assert.equal(await page.locator('text=周小美').count(), 0, 'no name is unsealed for a list');
  await page.fill('input[name=member]', '7788');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-member-list="1"]');
  assert.doesNotMatch(page.url(), /7788/);
  assert.deepEqual(await faults(page), []);
  await page.locator(`[data-member-row="${member}"] th button`).click();
  await page.locator('text=周小美').waitFor();
  await page.goBack();
  await page.waitForSelector('[data-member-list]');
  await page.check('input[name=buys]');
  await page.locator(`[data-member-row="${member}"] td button`).click();
  await page.waitForSelector('[data-order-page]');
  assert.match(page.url(), new RegExp(order));
  await page.click('[data-member-link]');
  await page.waitForSelector('[data-member=enrolled]');

  await page.click('nav >> text=审批与审计');
  await page.locator('select[name=kind]').selectOption('member');
  await page.locator('[data-change=member] [data-what]').first().waitFor();
  const lines = await page.locator('[data-change=member] [data-what]').allTextContents();
  const code = `#${member.slice(-6).toUpperCase()}`;
  assert.equal(lines.filter((line) => line === `会员 · ${code} · 查看了会员资料`).length, 1, lines.join('\n'));
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
