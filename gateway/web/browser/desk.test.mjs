// Headquarters' desk: tokens that are taken back, records that two people change, orders as files, and the worklist's
// remedies.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { faults, logIn, person, picture } from './people.mjs';
import { stage } from './stage.mjs';
import { comesToWork, COURIER, OTHER_COURIER, OTHER_STORE, place, STORE, storeDoes, until } from './town.mjs';

const here = stage();

async function headquarters(view) {
  const page = await person(here.browser);
  await logIn(page, `${here.server.base}/hq${view}`, 'hq');
  await page.waitForSelector('[data-line=live]');
  return page;
}

async function leave(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

test('a token is found in the list, taken back after a question, and opens nothing from then on', async () => {
  const { server } = here;
  const scale = await server.ask('POST', '/v1/tokens', {
    principal: { kind: 'device', role: 'device', name: '光谷店秤', scope: { stores: [STORE] } },
  });
  const stock = () => fetch(`${server.base}/v1/stores/${STORE}/stock`, { headers: { authorization: `Bearer ${scale.token}` } });
  assert.equal((await stock()).status, 200);

  const page = await headquarters('/people/tokens');
  const row = page.locator('[data-token="光谷店秤"]');
  await row.waitFor();
  assert.match(await row.innerText(), /光谷店/);
  assert.match(await page.locator('[data-token=hq]').innerText(), /当前登录/);
  assert.ok(!(await page.content()).includes(scale.token), 'no secret is on the page');
  await page.locator('select[name=token-kind]').selectOption('device');
  await page.waitForSelector('[data-token-list="1"]');
  assert.deepEqual(await faults(page), []);
  await picture(page, 'hq-tokens-zh-day-desk');
  await row.locator('[data-act=revoke]').click();
  assert.match(await page.locator('dialog').innerText(), /设备，光谷店/);
  await page.click('[data-sure]');
  await page.waitForSelector('[data-token-list="0"]');
  assert.equal((await stock()).status, 401);
  await page.check('input[name=over]');
  await page.locator('[data-token="光谷店秤"] >> text=已收回').waitFor();

  // Another one is given out here: it opens its own store, and is shown until somebody has noted it.
  await page.fill('input[name=grant-name]', '光谷店新秤');
  assert.ok(await page.locator('[data-form=token] button.btn-primary').isDisabled(), 'for no store it is for nothing');
  await page.check(`[data-form=token] [data-pick="${STORE}"]`);
  await page.locator('[data-form=token] button.btn-primary').click();
  const token = await page.locator('[data-secret] code').innerText();
  const opened = async (store) => (await fetch(`${server.base}/v1/stores/${store}/stock`, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.deepEqual([await opened(STORE), await opened(OTHER_STORE)], [200, 404]);
  await page.waitForSelector('[data-token="光谷店新秤"]');
  assert.deepEqual(await faults(page), []);
  await page.click('[data-act=noted]');
  assert.ok(!(await page.content()).includes(token));
  await leave(page);
});

test('a courier’s record is changed, and who comes second is told what the first one changed', async () => {
  const { server } = here;
  const page = await headquarters('/couriers');
  await page.click(`[data-courier="${COURIER}"] [data-act=edit]`);
  const form = page.locator(`[data-courier-editor="${COURIER}"]`);
  await form.locator('input[name=courier-name]').fill('王小明');
  await form.locator('input[name=home]').fill('30.6, 114.3');
  const path = `/v1/couriers/${COURIER}`;
  const record = await server.ask('GET', `${path}/record`);
  await server.ask('PUT', path, { ...record, capacity: 6 });
  await form.locator('button.btn-primary').click();
  const told = page.locator('[data-overtaken]');
  await told.waitFor();
  assert.match(await told.innerText(), /同时最多单数: 3 → 6/);
  assert.deepEqual(await faults(page), []);
  await form.locator('input[name=capacity]').fill('6');
  await form.locator('button.btn-primary').click();
  await page.waitForSelector('[data-told]');
  const now = await server.ask('GET', `${path}/record`);
  assert.deepEqual([now.display_name, now.capacity, now.version], ['王小明', 6, 3]);
  assert.equal(now.home.lat, 30.6);

  await page.click('[data-act=new-courier]');
  const fresh = page.locator('[data-courier-editor]');
  await fresh.locator('input[name=courier-name]').fill('赵六');
  await fresh.locator('select[name=mode]').selectOption('bicycle');
  await fresh.locator('button.btn-primary').click();
  await page.locator('th:has-text("赵六")').waitFor();
  await leave(page);
});

test('somebody on the staff gets another role and other stores, at the version that was read', async () => {
  const { server } = here;
  const page = await headquarters('/people');
  await page.click('[data-user=manager] [data-act=change]');
  const form = page.locator('[data-changing=manager]');
  await form.locator(`[data-pick="${OTHER_STORE}"]`).check();
  const { users } = await server.ask('GET', '/v1/users');
  const { name, kind, scope, disabled, version } = users.find((user) => user.name === 'manager');
  await server.ask('PUT', `/v1/users/${name}`, { kind, role: 'cashier', scope, disabled, version });
  await form.locator('button.btn-primary').click();
  await page.locator('[role=alert]:has-text("收银员")').waitFor();
  await form.locator('button.btn-primary').click();
  await page.locator('[data-user=manager]:has-text("光谷店、江汉店")').waitFor();
  const after = (await server.ask('GET', '/v1/users')).users.find((user) => user.name === 'manager');
  assert.deepEqual([after.role, after.scope.stores, after.version], ['store_manager', [STORE, OTHER_STORE], version + 2]);
  await leave(page);
});

test('the list of orders is saved as a spreadsheet with its filters', async () => {
  const { server, links } = here;
  const first = await place(server, links.shop);
  const second = await place(server, links.shop);
  await server.ask('POST', `/v1/orders/${first.order}/cancel`, { reason: 'headquarters' });
  const page = await headquarters('/orders?show=open');
  await page.waitForSelector(`[data-row="${second.order}"]`);
  const saved = async (form) => {
    const coming = page.waitForEvent('download');
    await page.click(`[data-act=${form}]`);
    const file = await coming;
    assert.equal(file.suggestedFilename(), `orders.${form}`);
    return readFileSync(await file.path());
  };
  const csv = (await saved('csv')).toString();
  assert.ok(csv.includes(second.order) && !csv.includes(first.order), csv);
  const xlsx = await saved('xlsx');
  assert.equal(xlsx.subarray(0, 2).toString(), 'PK');
  await page.locator('select[aria-label="状态"]').selectOption('cancelled');
  await page.waitForSelector(`[data-row="${first.order}"]`);
  await page.locator('select[name=span]').selectOption('today');
  await page.waitForSelector(`[data-row="${first.order}"]`);
  const over = (await saved('csv')).toString();
  assert.ok(over.includes(first.order) && !over.includes(second.order), over);
  await leave(page);
});

test('every list is saved as a spreadsheet, with what it is asked for', async () => {
  const { server } = here;
  const user = { kind: 'staff', role: 'auditor', scope: 'all', password: 'sixteen letters..' };
  await server.ask('PUT', '/v1/users/@sum(1)', user);
  const page = await headquarters('/stores');
  const saved = async (name, form = 'csv') => {
    const button = page.locator(`[data-save="${name}.${form}"]`);
    await button.waitFor();
    const coming = page.waitForEvent('download');
    await button.click();
    const file = await coming;
    assert.equal(file.suggestedFilename(), `${name}.${form}`);
    return readFileSync(await file.path()).toString();
  };
  await page.waitForSelector(`[data-store="${OTHER_STORE}"]`);
  await page.locator('section input[type=search]').first().fill('光谷');
  await page.waitForSelector(`[data-store="${OTHER_STORE}"]`, { state: 'detached' });
  const stores = await saved('stores');
  assert.ok(stores.includes('光谷店') && !stores.includes('江汉店'), stores);
  assert.ok((await saved('stores', 'xlsx')).startsWith('PK'));
  await page.click('nav >> text=骑手');
  await page.waitForSelector(`[data-courier="${OTHER_COURIER}"]`);
  await page.locator('section input[type=search]').fill('#000501');
  await page.waitForSelector(`[data-courier="${OTHER_COURIER}"]`, { state: 'detached' });
  const couriers = await saved('couriers');
  assert.ok(couriers.includes(COURIER) && !couriers.includes(OTHER_COURIER), couriers);
  await page.click('nav >> text=人员');
  assert.ok((await saved('users')).includes("'@sum(1)"), 'no formula');
  await page.click('nav >> text=审批与审计');
  await page.locator('select[name=kind]').selectOption('user');
  await page.waitForSelector('[data-change=store]', { state: 'detached' });
  const audit = await saved('audit');
  assert.ok(audit.includes('user,') && !audit.includes(',store,') && !audit.includes('argon2'), audit);
  await saved('approvals');
  await page.click('nav >> text=会员');
  assert.ok((await saved('members')).includes('member,tier'));
  await page.click('nav >> text=活动');
  await saved('campaigns');
  await saved('campaign-grants', 'xlsx');
  assert.deepEqual(await faults(page), []);
  await leave(page);
});

test('the worklist gives each order its remedy, and a wall shows it without buttons', async () => {
  const { server, links } = here;
  const { order, shopper_token } = await place(server, links.shop);
  await storeDoes(server, order, 'accept');
  await comesToWork(server, OTHER_COURIER, { lat: 30.605, lon: 114.305 });
  await server.ask('POST', `/v1/orders/${order}/remind`, {}, shopper_token);
  const page = await headquarters('');
  const card = page.locator(`[data-work="${order}"]`);
  await card.waitFor();
  assert.equal(await card.locator('.btn-primary').getAttribute('data-remedy-for'), 'call');
  await card.locator('[data-remedy-for=call]').click();
  assert.equal(await page.locator('[data-call]').getAttribute('href'), 'tel:13800000000');
  assert.deepEqual(await faults(page), []);
  await page.click('[data-act=close]');

  await card.locator('[data-remedy-for=reassign]').click();
  const dialog = page.locator('[data-remedy=reassign]');
  await dialog.locator(`[data-candidate="${OTHER_COURIER}"]`).waitFor();
  await picture(page, 'hq-remedy-zh-day-desk');
  await dialog.locator(`[data-candidate="${OTHER_COURIER}"] button.btn-primary`).click();
  await page.click('[data-sure]');
  await until('the courier is asked', async () => {
    const { offers, tasks } = await server.ask('GET', `/v1/couriers/${OTHER_COURIER}`);
    return [...offers, ...tasks].some((one) => one.order === order);
  });
  await page.click('[data-act=close]');
  await page.waitForSelector('[data-remedy]', { state: 'detached' });

  await page.click('[data-figure=couriers]');
  await page.waitForSelector(`[data-courier="${OTHER_COURIER}"]`);
  assert.equal(await page.locator(`[data-courier="${COURIER}"]`).count(), 0, 'only those at work');
  await page.goto(`${server.base}/hq?wall`);
  await page.waitForSelector('[data-wall] [data-work]');
  await page.waitForSelector('[data-today=read]');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'night');
  assert.equal(await page.locator('[data-work] button').count(), 0);
  assert.deepEqual(await faults(page), []);
  await picture(page, 'hq-wall-zh-night-desk');
  await leave(page);
});

test('the audit trail is searched by who and by when', async () => {
  const { server } = here;
  const { token } = await server.ask('POST', '/v1/tokens', {
    principal: { kind: 'staff', role: 'hq_admin', name: '审计用', scope: 'all' },
  });
  assert.ok(token);
  const page = await headquarters('/audit');
  await page.waitForSelector('[data-change=token]');
  await page.locator('select[name=by]').selectOption({ label: 'li' });
  await page.locator('td:has-text("没有符合条件的变更")').waitFor();
  await page.locator('select[name=by]').selectOption('');
  await page.waitForSelector('[data-change=token]');
  await page.fill('input[name=from]', '2001-01-01');
  await page.fill('input[name=to]', '2001-01-02');
  await page.locator('form[role=search] button').click();
  await page.locator('td:has-text("没有符合条件的变更")').waitFor();
  assert.deepEqual(await faults(page), []);
  await leave(page);
});
