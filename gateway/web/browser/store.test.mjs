// A store's board where things go wrong: a mistyped code, a missing line, a lost network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, logIn, person, TABLET } from './people.mjs';
import { stage } from './stage.mjs';
import { MILK, OTHER_STORE, place, RICE, STORE, storeDoes, until } from './town.mjs';

const here = stage();

async function board(name = 'manager', touch = false) {
  const page = await person(here.browser, { size: TABLET, touch });
  await logIn(page, `${here.server.base}/store`, name);
  await page.click('text=开始接单');
  await page.waitForSelector('[data-lane=fresh]');
  return page;
}

const cardOf = (page, order) => page.locator(`[data-card][data-order="${order}"]`);

test('a mistyped pickup code is refused aloud and the right one opens', async () => {
  const { server, links } = here;
  const page = await board();
  const { order, pickup_code } = await place(server, links.shop, { mode: 'pickup' });
  await storeDoes(server, order, 'accept', 'start', 'pack');
  const card = cardOf(page, order);
  await card.locator('[data-next=redeem]').click();
  const wrong = pickup_code === '000000' ? '111111' : '000000';
  await page.fill('input[name=code]', wrong);
  await page.keyboard.press('Enter');
  // In the page's language, with what the server counted.
  await page.locator('[data-refusal]', { hasText: /取货码不对.*还可试 \d+ 次/ }).waitFor();
  assert.equal(await card.getAttribute('data-status'), 'ready');
  await card.locator('[data-next=redeem]').click();
  // As a scanner types it into what has the focus: the whole of the QR code, and Enter.
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'code');
  await page.keyboard.type(`paidan:${order}:${pickup_code}`);
  await page.keyboard.press('Enter');
  await card.waitFor({ state: 'detached' });
  // What was said of the wrong code is over, and the right one is told.
  await page.waitForSelector('[data-told]');
  assert.equal(await page.locator('[data-refusal]').count(), 0);
  assert.equal((await server.ask('GET', `/v1/orders/${order}`)).status, 'completed');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a rejected line is sourced from another store', async () => {
  const { server, links } = here;
  const page = await board();
  const lines = [
    { sku: MILK, quantity: 1 },
    { sku: RICE, quantity: 1 },
  ];
  const quote = await server.ask('POST', '/v1/quotes', { mode: 'delivery', lines }, links.shop);
  const body = {
    quote: quote.quote,
    shopper: { name: '李四', phone: '13900000000', address: '光谷街 2 号' },
    destination: { lat: 30.603, lon: 114.302 },
    payment_method: 'cash_on_delivery',
  };
  const key = { 'idempotency-key': crypto.randomUUID() };
  const { order, parts } = await server.ask('POST', '/v1/orders', body, links.shop, key);
  assert.deepEqual(parts.map((part) => part.store), [STORE]);
  const card = cardOf(page, order);
  await card.locator('text=拒单').click();
  await page.fill('input[name=units-2]', '1');
  await page.check('input[name=reason][value=not_in_stock]');
  await page.click('dialog button.btn-primary');
  const known = await until('the line is somewhere else', async () => {
    const view = await server.ask('GET', `/v1/orders/${order}`);
    return view.parts.some((part) => part.store === OTHER_STORE) && view;
  });
  const moved = known.parts.find((part) => part.store === OTHER_STORE);
  assert.deepEqual(moved.lines.map((line) => [line.sku, line.units]), [[RICE, 1]]);
  await until('the card shows what is left', async () => (await card.locator('ul li').count()) === 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('taps without a network and a server are kept, and said in order, once', async () => {
  const { server, links } = here;
  const page = await board();
  const { order } = await place(server, links.shop);
  const card = cardOf(page, order);
  await card.waitFor();
  const { parts } = await server.ask('GET', `/v1/orders/${order}`);
  assert.equal(parts[0].status, 'assigned');

  await page.context().setOffline(true);
  await server.kill();
  await page.waitForSelector('[data-offline]');
  await card.locator('[data-next=accept]').click();
  await card.locator('[data-next=begin]').click();
  await card.locator('[data-next=pack]').click();
  await page.waitForSelector('[data-lane=ready] [data-card]');
  // That the alert was seen, and three steps.
  await until('all taps are kept', async () => (await page.locator('[data-waiting]').getAttribute('data-waiting')) === '4');

  await server.again();
  await page.context().setOffline(false);
  await page.waitForSelector('[data-waiting]', { state: 'detached' });
  const after = await server.ask('GET', `/v1/orders/${order}`);
  assert.equal(after.parts[0].status, 'ready');
  const history = await server.ask('GET', `/v1/orders/${order}/history`);
  for (const once of ['fulfillment_accepted', 'picking_started', 'fulfillment_ready']) {
    assert.equal(history.filter((event) => event.kind === once).length, 1, once);
  }
  assert.equal(await page.locator('[data-refusal]').count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a tap can be taken back, and a pause ends by itself', async () => {
  const { server, links } = here;
  const page = await board();
  const { order } = await place(server, links.shop);
  const card = cardOf(page, order);
  await card.locator('[data-next=accept]').click();
  await card.locator('[data-undo]').click();
  await card.locator('[data-next=accept]').waitFor();
  await page.locator('[data-store-status] summary').click();
  await page.click('text=暂停 15 分');
  await page.waitForSelector('[data-store-status=paused]');
  const store = await server.ask('GET', `/v1/stores/${STORE}`);
  assert.ok(store.state.until_at > Date.now());
  await page.locator('[data-store-status] summary').click();
  await page.click('text=恢复接单');
  await page.waitForSelector('[data-store-status=open]');
  assert.equal((await server.ask('GET', `/v1/orders/${order}`)).parts[0].status, 'assigned');
  await page.context().close();
});

test('a scanner opens the right order without a tap, and what is printed again says so', async () => {
  const { server, links } = here;
  const page = await board();
  await page.evaluate(() => (window.print = () => {}));
  const { order, pickup_code } = await place(server, links.shop, { mode: 'pickup' });
  await storeDoes(server, order, 'accept', 'start', 'pack');
  const card = cardOf(page, order);
  await card.locator('[data-next=redeem]').waitFor();
  await card.getByText('小票').click();
  assert.equal(await page.locator('[data-ticket]').getAttribute('data-ticket'), '80');
  assert.equal(await page.locator('[data-ticket] .again').count(), 0);
  // Of another store, and of nobody: said aloud, nothing happens.
  await page.keyboard.type(`paidan:${crypto.randomUUID()}:123456`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-refusal]');
  await page.locator('[data-refusal] button').click();
  await page.locator('body').click({ position: { x: 5, y: 300 } });
  await page.keyboard.type(`paidan:${order}:${pickup_code}`);
  await page.keyboard.press('Enter');
  await card.waitFor({ state: 'detached' });
  assert.equal((await server.ask('GET', `/v1/orders/${order}`)).status, 'completed');
  await page.getByText('最近完成').click();
  await page.check('[data-recall] input[value="58"]');
  assert.deepEqual(await faults(page), []);
  await page.locator('[data-recall] li').first().getByText('补打').click();
  await page.waitForSelector('[data-ticket="58"] .again', { state: 'attached' });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a new order is called out again and again until somebody has seen it, and not before the start', async () => {
  const { server, links } = here;
  const page = await person(here.browser, { size: TABLET });
  await page.addInitScript(() => {
    window.spoken = [];
    const say = (text) => window.spoken.push(text);
    window.SpeechSynthesisUtterance = class {
      constructor(text) {
        this.text = text;
      }
    };
    Object.defineProperty(window, 'speechSynthesis', {
      value: { speak: ({ text }) => say(text), cancel: () => {}, getVoices: () => [{ lang: 'zh-CN' }, { lang: 'en-US' }] },
    });
  });
  await logIn(page, `${server.base}/store`, 'manager');
  const start = page.locator('text=开始接单');
  await start.waitFor();
  const { order } = await place(server, links.shop);
  const calls = () => page.evaluate(() => window.spoken.filter((text) => text.includes('新的订单')).length);
  assert.equal(await calls(), 0);
  await start.click();
  await cardOf(page, order).waitFor();
  await page.waitForFunction(() => window.spoken.filter((text) => text.includes('新的订单')).length >= 3, null, { timeout: 30_000 });
  for (const card of await page.locator('[data-card][data-status=assigned] header').all()) await card.click();
  await page.waitForTimeout(300);
  const heard = await calls();
  await page.waitForTimeout(5_000);
  assert.equal(await calls(), heard, 'seen, it is called out no more');
  await page.context().close();
});

test('keys choose the cards that carry their number, also on a wall, and a scanned article is no key', async () => {
  const { server, links } = here;
  const page = await board();
  const placed = [];
  for (let count = 0; count < 2; count += 1) placed.push((await place(server, links.shop, { mode: 'pickup' })).order);
  await page.waitForSelector('[data-lane=fresh] [data-card]:nth-of-type(1) [data-key]');
  await cardOf(page, placed[1]).locator('[data-key]').waitFor();
  const key = await cardOf(page, placed[1]).locator('[data-key]').textContent();
  const focused = () => page.evaluate(() => document.activeElement?.closest('[data-card]')?.dataset.order);
  // As the scanner of a till reads an article: thirteen digits at once, and Enter.
  await page.keyboard.type(`690123456789${key}`);
  await page.keyboard.press('Enter');
  assert.equal(await cardOf(page, placed[1]).getAttribute('data-status'), 'assigned');
  await page.waitForTimeout(200);
  await page.keyboard.press(key);
  assert.equal(await focused(), placed[1]);
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`[data-order="${placed[1]}"][data-status=accepted]`);
  await until('the store has accepted', async () => (await server.ask('GET', `/v1/orders/${placed[1]}`)).parts[0].status === 'accepted');
  await page.click('text=大屏');
  const other = await cardOf(page, placed[0]).locator('[data-key]').textContent();
  await page.waitForTimeout(200);
  await page.keyboard.press(other);
  assert.equal(await focused(), placed[0]);
  await page.keyboard.press('Enter');
  await until('the wall has accepted', async () => (await server.ask('GET', `/v1/orders/${placed[0]}`)).parts[0].status === 'accepted');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  // A tablet without a keyboard has no use for them, until it has one.
  const tablet = await board('manager', true);
  await cardOf(tablet, placed[0]).waitFor();
  assert.equal(await tablet.locator('[data-key]').count(), 0);
  await tablet.keyboard.press('1');
  await tablet.waitForSelector('[data-key="1"]');
  await tablet.context().close();
});

test('safety stock is the store\'s to set, and what it sells as far as headquarters\' grant goes', async () => {
  const { server } = here;
  const page = await board();
  await page.getByText('库存', { exact: true }).click();
  const row = page.locator(`[data-stock="${RICE}"]`);
  await row.locator('input[name=safety]').fill('7');
  await row.locator('[data-act=safety]').click();
  await row.locator('[data-safety]:has-text("7")').waitFor();
  const levelOf = async () => (await server.ask('GET', `/v1/stores/${STORE}/stock`)).stock.find((level) => level.sku === RICE);
  assert.equal((await levelOf()).safety_stock, 7);

  // Three broken ones go out with their reason; nobody counts the rest.
  const before = (await levelOf()).on_hand;
  await row.locator('select').selectOption('damaged');
  await row.locator('input[name=adjust]').fill('3');
  await row.locator('[data-act=adjust]').click();
  await until('they are out', async () => (await levelOf()).on_hand === before - 3);
  const adjusted = (await server.ask('GET', '/v1/feed?limit=1000')).events.find((event) => event.kind === 'stock_adjusted');
  assert.match(JSON.stringify(adjusted), /damaged/);

  // Without a grant headquarters' shelf stays as it is, and the page says so.
  await row.locator('[data-act=shelf]').click();
  await page.waitForSelector('main [role=alert]');
  assert.equal(await row.getAttribute('data-listed'), 'true');
  const grant = { name: 'shelf', stores: 'all', skus: 'all', floor: 800, ceiling: 1_200, may_delist: true };
  await server.ask('PUT', '/v1/grants/shelf', grant);
  await row.locator('[data-act=shelf]').click();
  await page.waitForSelector(`[data-stock="${RICE}"][data-listed=false]`);
  assert.equal((await levelOf()).listed, false);
  assert.deepEqual(await faults(page), []);
  await row.locator('[data-act=shelf]').click();
  await page.waitForSelector(`[data-stock="${RICE}"][data-listed=true]`);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
