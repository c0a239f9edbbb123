// Headquarters' figures: today's come by themselves, every number opens its list, and the books are
// closed, corrected and held against others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person, picture } from './people.mjs';
import { stage } from './stage.mjs';
import { MILK, OTHER_STORE, sold, STORE, until } from './town.mjs';

const here = stage();

async function headquarters(view) {
  const page = await person(here.browser);
  page.on('dialog', (dialog) => void dialog.accept());
  await logIn(page, `${here.server.base}/hq${view}`, 'hq');
  await page.waitForSelector('[data-line=live]');
  return page;
}

test('a sale is seen on the open report without asking, and each number opens what is behind it', async () => {
  const { server, links } = here;
  const page = await headquarters('/reports');
  await page.waitForSelector('[data-sales=total]');
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await sold(server, links.shop);
  await page.locator('[data-sales=total] td').first().filter({ hasText: '1' }).waitFor();
  await page.waitForSelector('[data-chart] canvas');
  assert.deepEqual(asked.filter((url) => url.includes('/v1/reports/sales')), [], 'it was told, not asked');
  assert.deepEqual(await faults(page), []);
  await picture(page, 'hq-reports-zh-day-desk');

  await page.locator('[data-sales=total] td button').nth(5).click();
  await page.waitForSelector('[data-behind="1"] [data-posting=sold]');
  // The list has the focus, so that a keyboard goes on from there.
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'behind');

  // Another store is another topic: a sale elsewhere changes nothing here.
  await page.locator('select[name=store]').selectOption(STORE);
  await page.waitForSelector('[data-sales=total]');
  await sold(server, links.shop, { store: OTHER_STORE });
  await sold(server, links.shop, { lines: [{ sku: MILK, quantity: 1 }] });
  await page.locator('[data-sales=total] td').first().filter({ hasText: '2' }).waitFor();

  await page.click('[data-tab=service]');
  await page.waitForSelector('[data-service=total]');
  await page.waitForFunction(() => document.querySelectorAll('[data-chart] canvas').length === 2);
  assert.deepEqual(await faults(page), []);
  await page.click('[data-tab=stock]');
  await page.locator(`[data-stock="${STORE}"] button`).first().click();
  // Two sales at this store, over several movements, and the one day that they were on.
  await page.waitForSelector('[data-moved=consumed]');
  await page.waitForSelector('[data-moved=counted]');
  assert.equal(await page.locator('[data-stock-day]').count(), 1);
  const shown = await page.locator(`[data-stock="${STORE}"] button`).first().textContent();
  const sales = await page.locator('[data-moved=consumed] td:last-child').allTextContents();
  assert.equal(sales.reduce((sum, units) => sum + Number(units), 0), Number(shown));
  assert.deepEqual(await faults(page), []);
  await picture(page, 'hq-stock-turns-zh-day-desk');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Excel")')]);
  assert.equal(file.suggestedFilename(), 'stock.xlsx');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a day that is not over stays open, and what is owed is corrected with a reason', async () => {
  const { server, links } = here;
  await sold(server, links.shop);
  const page = await headquarters('/books');
  await until('the sale is settled', async () => {
    const { settlements } = await server.ask('GET', '/v1/settlements');
    return settlements.some((one) => one.store === STORE);
  });
  await page.reload();
  await page.waitForSelector(`[data-settled="${STORE}"][data-state=open]`);
  await page.locator('[data-close]').first().click();
  await page.waitForSelector('[role=alert]');
  const form = page.locator('[data-form=adjust]');
  await form.locator('select[name=store]').selectOption(STORE);
  await form.locator('input[name=yuan]').fill('-1.50');
  await form.locator('input[name=reason]').fill('破损赔付');
  await form.locator('button').click();
  await page.locator('[data-adjustment] >> text=破损赔付').waitFor();
  await page.locator(`[data-settled="${STORE}"] td button`).last().click();
  await page.waitForSelector('[data-posting=sold]');
  assert.deepEqual(await faults(page), []);

  const rules = page.locator('[data-form=settlement-rules]');
  await rules.locator('select[name=packing_fee_to]').selectOption('merchant');
  await rules.locator('button:has-text("添加渠道")').click();
  await rules.locator('fieldset input').first().fill('web');
  await rules.locator('fieldset input').nth(1).fill('50');
  await rules.locator('button.btn-primary').click();
  await page.waitForSelector('[data-told]');
  assert.deepEqual((await server.ask('GET', '/v1/settlement-policy')).platform_fees, { web: 50 });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a channel’s statement is held against the books; taxes add up and a new rate is announced', async () => {
  const { server, links } = here;
  await sold(server, links.shop);
  const page = await headquarters('/books/reconciliation');
  await page.waitForSelector('[data-differences="0"]');
  await page.fill('input[name=channel]', 'web');
  await page.locator('input[name=channel]').blur();
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(Date.now());
  const sheet = { name: 'web.csv', mimeType: 'text/csv', buffer: Buffer.from(`order,amount,fee,date\nX-9,7.00,0,${today}\n`) };
  await page.locator('input[name=statement]').setInputFiles(sheet);
  await page.waitForSelector('[data-difference=missing_here]');
  assert.ok((await page.locator('[data-difference=missing_there]').count()) >= 1);
  const broken = { name: 'web.csv', mimeType: 'text/csv', buffer: Buffer.from('order,amount\nX-9,7.00\n') };
  await page.locator('input[name=statement]').setInputFiles(broken);
  await page.waitForSelector('[role=alert]');
  assert.deepEqual(await faults(page), []);

  await page.click('[data-tab=tax]');
  await page.waitForSelector('[data-filing=total]');
  const form = page.locator('[data-form=tax-rate]');
  await form.locator('input[name=rate]').fill('120');
  await form.locator('input[name=from]').fill('2099-01-01T00:00');
  await form.locator('button').click();
  await page.locator('[data-rate=standard] >> text=12%').waitFor();
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
