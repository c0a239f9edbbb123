// Headquarters' people: a role of one's own, what it may not, and what waits for a second person.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person } from './people.mjs';
import { stage } from './stage.mjs';
import { PASSWORD, place, RICE, STORE, until } from './town.mjs';

const here = stage();

async function headquarters(view) {
  const page = await person(here.browser);
  page.on('dialog', (dialog) => void dialog.accept());
  await logIn(page, `${here.server.base}/hq${view}`, 'hq');
  await page.waitForSelector('[data-line=live]');
  return page;
}

test('a new role is made after another, bounded, given to somebody at one store, and holds at once', async () => {
  const { server } = here;
  const page = await headquarters('/people/roles');
  await page.fill('input[name=role-name]', 'shift_lead');
  await page.locator('select[name=like]').selectOption('store_manager');
  await page.locator('[data-form=role] button').click();
  const editor = page.locator('[data-editor=shift_lead]');
  await editor.waitFor();
  await editor.locator('[data-verb=cancel_order] input[name=limit]').fill('30');
  await editor.locator('[data-verb=cancel_order] input[name=limit]').blur();
  await editor.locator('[data-verb=manage_stock] input[type=checkbox]').uncheck();
  await editor.locator('button.btn-primary').click();
  await page.waitForSelector('[data-told]');
  const { roles } = await server.ask('GET', '/v1/roles');
  const made = roles.find((role) => role.name === 'shift_lead');
  assert.equal(made.permits.find((permit) => permit.verb === 'cancel_order').limit, 3_000);
  assert.equal(made.permits.some((permit) => permit.verb === 'manage_stock'), false);
  assert.deepEqual(await faults(page), []);

  await page.click('[data-tab=staff]');
  const form = page.locator('[data-form=user]');
  await form.locator('label:has-text("账号") input').fill('sun');
  await form.locator('input[type=password]').fill(PASSWORD);
  await form.locator('select[name=role]').selectOption('shift_lead');
  await form.locator('select[name=scope]').selectOption('stores');
  assert.ok(await form.locator('button.btn-primary').isDisabled(), 'no store is chosen yet');
  await form.locator(`[data-pick="${STORE}"]`).check();
  await form.locator('button.btn-primary').click();
  await page.locator('[data-user=sun] >> text=光谷店').waitFor();
  assert.deepEqual(await faults(page), []);

  // Nobody can lock headquarters out: the refusal says so.
  await page.click('[data-tab=roles]');
  await page.click('[data-role=hq_admin]');
  const admin = page.locator('[data-editor=hq_admin]');
  await admin.locator('[data-verb=manage_roles] input[type=checkbox]').uncheck();
  await admin.locator('button.btn-primary').click();
  await page.waitForSelector('[role=alert]');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('what is above somebody’s limit waits for headquarters, with a note, and is done when it agrees', async () => {
  const { server, links } = here;
  const region = await server.ask('POST', '/v1/tokens', {
    principal: { kind: 'staff', role: 'region_manager', name: 'region', scope: { stores: [STORE] } },
  });
  const { order } = await place(server, links.shop, { mode: 'pickup', lines: [{ sku: RICE, quantity: 110 }] });
  const ask = () => server.ask('POST', '/v1/approvals', { action: { kind: 'cancel_order', order }, note: '整单破损' }, region.token);
  await ask();
  const page = await headquarters('/people/approvals');
  const row = page.locator('[data-approval]');
  await row.waitFor();
  await row.locator('input').fill('请核对照片');
  await row.locator('button:has-text("不同意")').click();
  await page.waitForSelector('[data-answered=rejected]');
  assert.equal((await server.ask('GET', `/v1/orders/${order}`)).status, 'open');
  await ask();
  await page.reload();
  await row.locator('button.btn-primary').click();
  await page.waitForSelector('[data-answered=approved]');
  await until('it is done', async () => (await server.ask('GET', `/v1/orders/${order}`)).status === 'cancelled');
  assert.deepEqual(await faults(page), []);

  await page.click('nav >> text=审批与审计');
  await page.locator('select[name=kind]').selectOption('approval');
  await page.waitForSelector('[data-change=approval]');
  await page.locator('[data-change=approval] button').first().click();
  await page.waitForSelector('[data-body]');
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a role that somebody holds is not removed and says who; one that nobody holds goes', async () => {
  const { server } = here;
  const permits = [{ verb: 'read_stock', reach: 'own' }];
  await server.ask('PUT', '/v1/roles/night', { name: 'night', permits });
  await server.ask('PUT', '/v1/users/owl', { password: PASSWORD, kind: 'staff', role: 'night', scope: 'all' });
  const page = await headquarters('/people/roles');
  await page.click('[data-role=picker]');
  await page.waitForSelector('[data-editor=picker]');
  assert.equal(await page.locator('[data-remove-role]').count(), 0, 'a shipped role stays');
  const remove = async () => {
    await page.click('[data-role=night]');
    await page.click('[data-remove-role]');
    await page.click('[data-sure]');
  };
  await remove();
  await page.locator('[role=alert]:has-text("owl")').waitFor();
  await server.ask('PUT', '/v1/users/owl', { kind: 'staff', role: 'picker', scope: 'all' });
  await remove();
  await page.waitForSelector('[data-role=night]', { state: 'detached' });
  await page.waitForSelector('[data-told]');
  await page.click('nav >> text=审批与审计');
  await page.locator('select[name=kind]').selectOption('role');
  await page.locator('[data-change=role] [data-what]:has-text("已删除")').waitFor();
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
