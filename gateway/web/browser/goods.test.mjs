// Headquarters' goods: sheets with mistakes, pictures, the tree, what is published where, and grants.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person } from './people.mjs';
import { stage } from './stage.mjs';
import { MILK, OTHER_STORE, STORE, until } from './town.mjs';

const here = stage();
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function headquarters(view) {
  const page = await person(here.browser);
  page.on('dialog', (dialog) => void dialog.accept());
  await logIn(page, `${here.server.base}/hq${view}`, 'hq');
  await page.waitForSelector('[data-line=live]');
  return page;
}

test('a sheet is taken row by row, its mistakes are named and come back as a file; goods get pictures', async () => {
  const { server } = here;
  const page = await headquarters('/products');
  await page.waitForSelector(`[data-sku="${MILK}"]`);
  const rows = ['code,name,category,tax_class,list_price,weight_g', 'OATS,燕麦片 1kg,食品,standard,19.90,1000', 'BAD,坏行,食品,standard,free,100'];
  const sheet = { name: 'goods.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
  await page.locator('input[name=sheet]').setInputFiles(sheet);
  await page.locator('[data-mistakes="1"] >> text=第 3 行').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('text=下载错误行')]);
  assert.equal(file.suggestedFilename(), 'sku-errors.xlsx');
  await page.locator('tr:has-text("燕麦片")').waitFor();

  await page.locator(`[data-sku="${MILK}"] input[type=file]`).setInputFiles({ name: 'milk.png', mimeType: 'image/png', buffer: PNG });
  await page.waitForSelector(`[data-sku="${MILK}"] img`);
  const image = await page.locator(`[data-sku="${MILK}"] img`).getAttribute('src');
  assert.equal((await fetch(server.base + image)).headers.get('content-type'), 'image/png');
  // What is no picture is refused in words.
  await page.locator(`[data-sku="${MILK}"] input[type=file]`).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no') });
  await page.waitForSelector('[role=alert].alert-error');
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('categories hang in a tree, and one that is not empty stays', async () => {
  const page = await headquarters('/products/categories');
  const write = async (code, name, parent) => {
    const form = page.locator('[data-form=category]');
    await form.locator('input[name=code]').fill(code);
    await form.locator('input[name=name]').fill(name);
    await form.locator('select[name=parent]').selectOption(parent);
    await form.locator('button').click();
    await page.waitForSelector(`[data-category="${code}"]`);
  };
  await write('fresh', '生鲜', '');
  await write('dairy', '乳品', 'fresh');
  assert.equal(await page.locator('[data-category=dairy]').getAttribute('data-depth'), '1');
  await page.locator('[data-category=fresh] button').last().click();
  await page.waitForSelector('[role=alert]');
  await page.locator('[data-category=dairy] button').last().click();
  await page.waitForSelector('[data-category=dairy]', { state: 'detached' });
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('goods are published to one store at a price, now and later; each version is kept; ended, it holds no more', async () => {
  const { server } = here;
  const page = await headquarters('/products/publications');
  const form = page.locator('[data-form=publication]');
  const publish = async (price, from) => {
    await form.locator('input[name=name]').fill('festival');
    if (from) await form.locator('input[name=from]').fill(from);
    await form.locator(`[data-pick="${STORE}"]`).check();
    await form.locator('input[name=sku]').fill('MILK');
    await page.locator(`[data-found="${MILK}"]`).click();
    await page.locator(`[data-item="${MILK}"] input[name=price]`).fill(price);
    await form.locator('button.btn-primary').click();
    await page.locator('[data-item]').waitFor({ state: 'detached' });
  };
  // A name that cannot stand in an address is held back at its field.
  await form.locator('input[name=name]').fill('春节');
  assert.equal(await form.locator('input[name=name]').evaluate((field) => field.validity.patternMismatch), true);
  await publish('9.90');
  await page.waitForSelector('[data-publication=festival] [data-in-effect=true]');
  const priceAt = async (store) => (await server.ask('GET', `/v1/skus/${MILK}?store=${store}`)).price_fen;
  assert.equal(await priceAt(STORE), 990);
  const elsewhere = await server.ask('GET', `/v1/skus?store=${OTHER_STORE}&q=MILK`);
  assert.deepEqual(elsewhere.skus, [], 'sold at that store only');

  await publish('8.80', '2099-01-01T00:00');
  await page.waitForSelector('[data-publication=festival] [data-in-effect=false]');
  await page.locator('[data-publication=festival] [data-act=versions]').click();
  await page.waitForSelector('[data-versions]');
  assert.ok(Number(await page.locator('[data-versions]').getAttribute('data-versions')) >= 2);
  assert.deepEqual(await faults(page), []);
  await page.locator('[data-publication=festival] [data-act=end]').click();
  await page.waitForSelector('[data-publication=festival]', { state: 'detached' });
  await until('the list price holds again', async () => (await priceAt(STORE)) === 1_290);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a store prices inside its grant; when that is taken back the list price holds', async () => {
  const { server } = here;
  const page = await headquarters('/products/grants');
  const form = page.locator('[data-form=price-grant]');
  await form.locator('input[name=name]').fill('guanggu');
  await form.locator('input[name=floor]').fill('900');
  await form.locator(`[data-pick="${STORE}"]`).check();
  await form.locator('select[name=goods]').selectOption('only');
  await form.locator('input[name=sku]').fill('MILK');
  await page.locator(`[data-found="${MILK}"]`).click();
  await form.locator('button.btn-primary').click();
  await page.waitForSelector('[data-grant=guanggu]');
  await server.ask('PUT', `/v1/stores/${STORE}/prices/${MILK}`, { price_fen: 1_200 });
  await assert.rejects(server.ask('PUT', `/v1/stores/${STORE}/prices/${MILK}`, { price_fen: 500 }));
  await page.reload();
  await page.locator(`[data-store-price="${MILK}"] >> text=12.00`).waitFor();
  assert.deepEqual(await faults(page), []);
  await page.locator('[data-grant=guanggu] button').click();
  await page.waitForSelector('[data-grant=guanggu]', { state: 'detached' });
  const { price_fen, list_price_fen } = await server.ask('GET', `/v1/skus/${MILK}?store=${STORE}`);
  assert.equal(price_fen, list_price_fen);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
