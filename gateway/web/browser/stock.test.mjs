// Headquarters' stock: what stores should get, drafted with one tap, and what cannot be kept is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { faults, logIn, person } from './people.mjs';
import { stage } from './stage.mjs';
import { MILK, OTHER_STORE, RICE, STORE } from './town.mjs';

const here = stage();

/** Four weeks of sales at a till, so many each day, the last of them yesterday. */
async function tills(server, store, eachDay) {
  const rows = Array.from({ length: 28 }, (_none, day) => `1,${day},MILK,${eachDay},${Date.now() - (day + 1) * 86_400_000}`);
  const answer = await fetch(`${server.base}/v1/stores/${store}/sales`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
    body: ['till,receipt,sku,units,sold_at', ...rows].join('\n'),
  });
  assert.equal(answer.status, 200, await answer.text());
}

test('a store that runs low is shown with who has goods; a tap drafts the transfer, another calls it off', async () => {
  const { server } = here;
  await server.ask('POST', `/v1/stores/${OTHER_STORE}/stock/bulk`, [{ sku: MILK, on_hand: 12 }]);
  await tills(server, OTHER_STORE, 10);
  await tills(server, STORE, 5);
  const page = await person(here.browser);
  page.on('dialog', (dialog) => void dialog.accept('不再需要'));
  await logIn(page, `${server.base}/hq/stock`, 'hq');
  await page.waitForSelector('[data-form=transfer]');
  await page.click('text=立即重新计算');
  await page.waitForSelector(`[data-suggestion="${MILK}"]`);
  await page.waitForSelector(`[data-low="${MILK}"]`);
  await page.locator(`[data-suggestion="${MILK}"] button`).first().click();
  await page.waitForSelector('[data-status=ready]');
  assert.deepEqual(await faults(page), []);

  // What one store has, by name, and as a file.
  await page.locator('select[name=shelf]').selectOption(OTHER_STORE);
  await page.waitForSelector(`[data-level="${MILK}"]`);
  const coming = page.waitForEvent('download');
  await page.click('[data-save="stock.csv"]');
  assert.ok(readFileSync(await (await coming).path()).includes('MILK'));

  // More than there is cannot be kept: it says so, and what was typed stays.
  const form = page.locator('[data-form=transfer]');
  await form.locator('select[name=from]').selectOption(STORE);
  await form.locator('select[name=to]').selectOption(OTHER_STORE);
  await form.locator('input[name=sku]').fill('RICE');
  await page.locator(`[data-found="${RICE}"]`).click();
  await form.locator('[data-line] input').fill('5000');
  await form.locator('button.btn-primary').click();
  await page.waitForSelector('[role=alert]');
  assert.equal(await form.locator('[data-line] input').inputValue(), '5000');
  await page.waitForSelector('[data-status=draft]');
  await form.locator('[data-line] input').fill('5');
  await form.locator('input[name=keep]').uncheck();
  await form.locator('button.btn-primary').click();
  await page.locator('[data-status=draft]').nth(1).waitFor();
  await page.locator('[data-status=draft] [data-act=cancel]').first().click();
  await page.waitForSelector('[data-status=cancelled]');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
