// What lies under a map: a provider's pictures in the system of mainland China, and files of tiles.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { faults, logIn, openBrowser, person, picture as keep } from './people.mjs';
import { Server } from './server.mjs';
import { KINDS, picture, pmtiles, Provider, vectors } from './tiles.mjs';
import { PASSWORD, STORE, storeAt, until } from './town.mjs';

/** A store by GPS, and where the maps of mainland China have that place. */
const HERE = { lat: 39.915, lon: 116.404 };
const SHIFTED = { lat: 39.91640428150164, lon: 116.41024449916938 };
const TEAL = [15, 118, 110];

let browser;
const open = [];
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  for (const one of open) await one.stop();
});

/** A server with such a map, and headquarters looking at the service area of the store. */
async function editing(...flags) {
  const server = await Server.start('--center', `${HERE.lat},${HERE.lon}`, ...flags);
  open.push(server);
  await server.ask('PUT', `/v1/stores/${STORE}`, storeAt('王府井店', HERE.lat, HERE.lon, 500));
  await server.ask('PUT', '/v1/users/hq', { password: PASSWORD, kind: 'staff', role: 'hq_admin', scope: 'all' });
  const page = await person(browser);
  const answer = await page.goto(`${server.base}/hq`);
  await logIn(page, `${server.base}/hq/stores`, 'hq');
  await page.click(`[data-area="${STORE}"]`);
  const editor = page.locator(`[data-area-editor="${STORE}"]`);
  const map = editor.locator('.map');
  await map.waitFor();
  return { server, page, editor, map, policy: answer.headers()['content-security-policy'] };
}

/** The middle of what has about this colour on a map as it is seen; nothing where nothing has it. */
async function middleOf(page, map, colour) {
  const shot = (await map.screenshot()).toString('base64');
  const reader = await page.context().newPage();
  const found = await reader.evaluate(
    async ([shot, colour]) => {
      const bytes = Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes]));
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity, count: 0 };
      for (let index = 0; index < data.length; index += 4) {
        if (colour.some((value, part) => Math.abs(value - data[index + part]) > 20)) continue;
        const [x, y] = [(index / 4) % image.width, Math.floor(index / 4 / image.width)];
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x);
        box.top = Math.min(box.top, y);
        box.bottom = Math.max(box.bottom, y);
        box.count += 1;
      }
      return box;
    },
    [shot, colour],
  );
  await reader.close();
  if (found.count === 0) return null;
  return { x: (found.left + found.right + 1) / 2, y: (found.top + found.bottom + 1) / 2, count: found.count };
}

test('a store stands in its street on a provider\'s map, and a click there means the store', async () => {
  const provider = await Provider.start(SHIFTED);
  open.push(provider);
  const { page, editor, map, server, policy } = await editing(
    ...['--map-provider', `${provider.origin}/{z}/{x}/{y}.png`, '--map-coordinates', 'gcj02'],
    ...['--map-attribution', '© 测试图', '--map-approval-number', 'GS(2024)0001号', '--map-max-zoom', '17'],
  );
  assert.match(policy, new RegExp(`img-src 'self' data: blob: ${provider.origin}$`));
  assert.equal(policy.split(provider.origin).length, 2, policy);
  // As a circle the area lies over everything and tints it.
  await editor.locator('input[value=Polygon]').check();
  await editor.locator('textarea').fill('');
  const street = await until('the provider\'s map is drawn', () => middleOf(page, map, [255, 0, 255]));
  const store = await middleOf(page, map, TEAL);
  assert.ok(Math.abs(street.x - store.x) <= 2 && Math.abs(street.y - store.y) <= 2, JSON.stringify({ street, store }));
  assert.equal(await map.getAttribute('data-ground'), 'raster');
  assert.equal(await map.locator('[data-credit]').innerText(), '© 测试图 · 审图号：GS(2024)0001号');
  await keep(page, 'map-provider-zh-day-desk');

  await map.locator('.surface').click({ position: { x: street.x, y: street.y } });
  const [lat, lon] = (await editor.locator('textarea').inputValue()).split(',').map(Number);
  // A pixel is three metres here; unconverted the click would be half a kilometre off.
  assert.ok(Math.abs(lat - HERE.lat) < 1e-4 && Math.abs(lon - HERE.lon) < 1e-4, `${lat},${lon}`);

  // Headquarters' map begins where the stores are, and nothing lies over whose map it is.
  await page.click('nav >> text=总览');
  const city = page.locator('.map');
  const there = await until('the whole map is drawn', () => middleOf(page, city, [255, 0, 255]));
  const shown = await middleOf(page, city, TEAL);
  assert.ok(Math.abs(there.x - shown.x) <= 2 && Math.abs(there.y - shown.y) <= 2, JSON.stringify({ there, shown }));
  const source = await city.locator('[data-credit]').boundingBox();
  const legend = await page.locator('ul:has([data-dots])').boundingBox();
  assert.ok(legend.y + legend.height <= source.y, JSON.stringify({ source, legend }));
  await keep(page, 'map-provider-hq-zh-day-desk');

  assert.ok(provider.asked.length > 0);
  for (const { path, referer } of provider.asked) {
    assert.match(path, /^\/\d+\/\d+\/\d+\.png$/);
    assert.equal(referer, `${server.base}/`, 'the provider learns the site and not the page');
  }
  assert.deepEqual(await faults(page), []);
  assert.deepEqual(page.complaints, []);

  const elsewhere = await Provider.start(SHIFTED);
  open.push(elsewhere);
  const refused = await page.evaluate((address) => {
    const told = new Promise((done) => document.addEventListener('securitypolicyviolation', (event) => done(event.blockedURI)));
    new Image().src = address;
    return told;
  }, `${elsewhere.origin}/1/0/0.png`);
  assert.ok(refused.startsWith(elsewhere.origin), refused);
  assert.deepEqual(elsewhere.asked, []);
  await page.context().close();
});

async function withFile(terms, work) {
  const folder = mkdtempSync(join(tmpdir(), 'paidan-map-'));
  const path = join(folder, 'city.pmtiles');
  writeFileSync(path, pmtiles({ around: HERE, reach: 0.03, ...terms }));
  try {
    await work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('pictures of a file lie under the store, nearer than the file goes too', async () => {
  const make = (square) => picture(square, HERE);
  const about = { attribution: '<a href="https://example.org">© 测试测绘院</a>' };
  await withFile({ kind: KINDS.png, isPacked: false, about, zooms: [13, 14], make }, async (path) => {
    const { page, editor, map } = await editing('--map-tiles', path);
    await editor.locator('input[value=Polygon]').check();
    await editor.locator('textarea').fill('');
    const mark = await until('the file\'s pictures are drawn', () => middleOf(page, map, [255, 0, 255]));
    const store = await middleOf(page, map, TEAL);
    assert.ok(Math.abs(mark.x - store.x) <= 8 && Math.abs(mark.y - store.y) <= 8, JSON.stringify({ mark, store }));
    assert.equal(await map.locator('[data-credit]').innerText(), '© 测试测绘院');
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
});

test('vector tiles of a file are drawn as water and streets, by day and by night', async () => {
  const tile = vectors();
  const terms = { kind: KINDS.vector, isPacked: true, about: {}, zooms: [12, 13, 14], make: () => tile };
  await withFile(terms, async (path) => {
    const { page, map } = await editing('--map-tiles', path, '--map-attribution', '© 测试图');
    const all = async (colours) => {
      const found = await Promise.all(colours.map((colour) => middleOf(page, map, colour)));
      return found.every((one) => one && one.count > 3_000) ? found : null;
    };
    await until('water and streets are drawn', () => all([[185, 217, 236], [255, 255, 255]]));
    assert.equal(await map.getAttribute('data-ground'), 'vector');
    assert.ok(Number(await map.getAttribute('data-tiles')) > 0);
    await page.evaluate(() => localStorage.setItem('paidan.theme', 'night'));
    await page.reload();
    await page.click(`[data-area="${STORE}"]`);
    await until('the same at night', () => all([[22, 57, 79], [60, 74, 80]]));
    await keep(page, 'map-file-zh-night-desk');
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
});

test('a gateway lets in the pictures that its core is configured for, and no others', async () => {
  const origin = 'https://tiles.example:8443';
  const core = await Server.start(
    ...['--role', 'core', '--map-provider', `${origin}/{z}/{x}/{-y}`, '--map-coordinates', 'wgs84'],
    ...['--map-attribution', '© 测试图'],
  );
  open.push(core);
  const principal = { kind: 'device', role: 'gateway', name: 'front', scope: 'all' };
  const { token } = await core.ask('POST', '/v1/tokens', { principal });
  const file = join(core.folder, 'gateway.token');
  writeFileSync(file, token, { mode: 0o600 });
  const gateway = await Server.start('--role', 'gateway', '--core', core.base, '--core-token-file', file);
  open.push(gateway);
  const page = await fetch(`${gateway.base}/hq`);
  const policy = page.headers.get('content-security-policy').split('; ');
  assert.equal(policy.find((part) => part.startsWith('img-src')), `img-src 'self' data: blob: ${origin}`);
  assert.equal(policy.find((part) => part.startsWith('connect-src')), "connect-src 'self'");
  const map = await (await fetch(`${gateway.base}/v1/map`)).json();
  assert.deepEqual(map.tiles.layers, [`${origin}/{z}/{x}/{-y}`]);
});
