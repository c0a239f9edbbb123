// Stores' settings and service areas: seen on headquarters' map, drawn by clicks and by keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person, picture, TABLET } from './people.mjs';
import { stage } from './stage.mjs';
import { STORE } from './town.mjs';

const here = stage();

test('a store\'s area is drawn on the map, then written as coordinates', async () => {
  const { server } = here;
  const page = await person(here.browser);
  await logIn(page, `${server.base}/hq/stores`, 'hq');
  const areaOf = async () => (await server.ask('GET', `/v1/stores/${STORE}`)).area;
  assert.equal((await areaOf()).type, 'Radius');

  await page.click(`[data-area="${STORE}"]`);
  const editor = page.locator(`[data-area-editor="${STORE}"]`);
  await editor.locator('input[value=Polygon]').check();
  const map = editor.locator('.surface');
  for (const [x, y] of [[100, 100], [400, 100], [400, 300], [100, 300]]) await map.click({ position: { x, y } });
  const corners = (await editor.locator('textarea').inputValue()).trim().split('\n');
  assert.equal(corners.length, 4);
  await picture(page, 'hq-area-zh-day-desk');
  await editor.locator('button[type=submit]').click();
  await page.waitForSelector('[data-told]');
  const drawn = await areaOf();
  assert.equal(drawn.type, 'Polygon');
  assert.equal(drawn.coordinates[0].length, 5);

  await page.click(`[data-area="${STORE}"]`);
  await editor.locator('textarea').fill('30.59,114.29\n30.62,114.29\nthere');
  assert.match(await editor.locator('[role=status]').innerText(), /3/);
  assert.ok(await editor.locator('button[type=submit]').isDisabled());
  await editor.locator('textarea').fill('30.59,114.29\n30.62,114.29\n30.62,114.32\n30.59,114.32');
  await editor.locator('button[type=submit]').click();
  await editor.waitFor({ state: 'detached' });
  const ring = (await areaOf()).coordinates[0];
  assert.deepEqual(ring[0], [114.29, 30.59]);
  assert.deepEqual(ring.at(-1), ring[0]);

  await page.click('nav >> text=总览');
  await page.locator('label:has-text("显示配送范围") input').check();
  // One store's area is filled, by its name or by a tap on the map.
  await page.locator('[data-chosen-area]').selectOption(STORE);
  await page.waitForSelector(`[data-chosen-area="${STORE}"]`);
  await picture(page, 'hq-areas-zh-day-desk');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a store's hours, closures and capacity are headquarters' to set, and what cannot be read is said", async () => {
  const { server } = here;
  const page = await person(here.browser);
  await logIn(page, `${server.base}/hq/stores`, 'hq');
  await page.click(`[data-edit="${STORE}"]`);
  const editor = page.locator(`[data-store-editor="${STORE}"]`);
  await page.waitForFunction(() => document.querySelector('input[name=monday]')?.value === '00:00-24:00');
  await editor.locator('input[name=monday]').fill('8 to 12');
  await editor.locator('[data-problem]:has-text("周一")').waitFor();
  assert.ok(await editor.locator('button[type=submit]').isDisabled());
  await editor.locator('input[name=monday]').fill('08:00-12:00 14:00-22:00');
  await editor.locator('textarea[name=exceptions]').fill('2027-02-06\n2027-02-07 10:00-16:00');
  await editor.locator('input[name=capacity]').fill('25');
  await editor.locator('input[name=auto-accept]').check();
  assert.deepEqual(await faults(page), []);
  await picture(page, 'hq-store-zh-day-desk');
  await editor.locator('button[type=submit]').click();
  await page.waitForSelector('[data-told]');
  const store = await server.ask('GET', `/v1/stores/${STORE}`);
  assert.deepEqual(store.hours.weekly.monday, [
    { open: '08:00', close: '12:00' },
    { open: '14:00', close: '22:00' },
  ]);
  assert.deepEqual(store.hours.exceptions, { '2027-02-06': [], '2027-02-07': [{ open: '10:00', close: '16:00' }] });
  assert.deepEqual([store.capacity_per_window, store.auto_accept], [25, true]);
  // The board says that it accepts by itself.
  const board = await person(here.browser, { size: TABLET });
  await logIn(board, `${server.base}/store`, 'manager');
  await board.click('text=开始接单');
  await board.waitForSelector('[data-auto-accept]');
  for (const one of [page, board]) {
    assert.deepEqual(one.complaints, []);
    await one.context().close();
  }
});

test('headquarters creates a store: mistakes stand beside their fields, then it is in the list and on the map', async () => {
  const { server } = here;
  const page = await person(here.browser);
  await logIn(page, `${server.base}/hq/stores`, 'hq');
  await page.click('[data-act=new-store]');
  const form = page.locator('[data-store-create]');
  await form.locator('button[type=submit]').click();
  for (const field of ['name', 'place']) await form.locator(`[data-wrong=${field}]`).waitFor();
  assert.equal(await form.locator('[data-wrong]').count(), 2);
  await form.locator('input[name=store-name]').fill('汉阳店');
  await form.locator('input[name=hours]').fill('8 to 10');
  await form.locator('[data-wrong=hours]').waitFor();
  await form.locator('input[name=hours]').fill('08:00-21:30');
  await form.locator('.surface').click({ position: { x: 200, y: 200 } });
  assert.match(await form.locator('input[name=spot]').inputValue(), /^\d+\.\d{6},\d+\.\d{6}$/);
  await form.locator('input[name=spot]').fill('30.604,114.296');
  assert.equal(await form.locator('[data-wrong]').count(), 0);
  assert.deepEqual(await faults(page), []);
  await picture(page, 'hq-store-new-zh-day-desk');
  await form.locator('button[type=submit]').click();
  await form.waitFor({ state: 'detached' });
  await page.locator('[data-store] th:has-text("汉阳店")').waitFor();
  const { stores } = await server.ask('GET', '/v1/stores?limit=500');
  const made = stores.find((store) => store.name === '汉阳店');
  assert.deepEqual(made.place, { lat: 30.604, lon: 114.296 });
  assert.deepEqual(made.hours.weekly.sunday, [{ open: '08:00', close: '21:30' }]);
  assert.equal(made.area.radius_m, 3000);
  // On the map too: it is one of those whose area can be shown.
  await page.click('nav >> text=总览');
  await page.locator('label:has-text("显示配送范围") input').check();
  await page.locator('[data-chosen-area]').selectOption(made.id);
  await picture(page, 'hq-store-new-map-zh-day-desk');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
