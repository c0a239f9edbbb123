// Every screen in both languages and both themes: no serious fault of accessibility, no complaint in
// the console, nothing from elsewhere; and a picture of each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESK, faults, logIn, person, PHONE, picture, TABLET } from './people.mjs';
import { stage } from './stage.mjs';
import { comesToWork, coupon, COURIER, DOOR, enrol, place, sold, storeDoes } from './town.mjs';

const here = stage();
const LOOKS = [
  { locale: 'zh-CN', dark: false },
  { locale: 'zh-CN', dark: true },
  { locale: 'en-GB', dark: false },
  { locale: 'en-GB', dark: true },
];
const nameOf = (screen, { locale, dark }) => `${screen}-${locale.slice(0, 2)}-${dark ? 'night' : 'day'}`;

async function look(screen, size, visit) {
  for (const style of LOOKS) {
    const page = await person(here.browser, { size, at: DOOR, ...style });
    const strangers = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(here.server.base) && !/^(data|blob|ws):/.test(url)) strangers.push(url);
    });
    await visit(page, style);
    assert.equal(await page.getAttribute('html', 'lang'), style.locale);
    assert.deepEqual(await faults(page), [], nameOf(screen, style));
    await picture(page, nameOf(screen, style));
    assert.deepEqual(page.complaints, [], nameOf(screen, style));
    assert.deepEqual(strangers, []);
    await page.context().close();
  }
}

test('the front page', () => look('home', DESK, (page) => page.goto(`${here.server.base}/`)));

test("the shopper's order", () =>
  look('shop', PHONE, async (page) => {
    await page.goto(`${here.server.base}/shop#token=${here.links.shop}`);
    await page.waitForSelector('[data-sku]');
  }));

test("the shopper's tracking", async () => {
  const { server, links } = here;
  const { order, shopper_token } = await place(server, links.shop);
  await storeDoes(server, order, 'accept');
  await look('track', PHONE, async (page) => {
    await page.goto(`${server.base}/track/${order}#token=${shopper_token}`);
    await page.waitForSelector('[data-stage=accepted][data-reached=true]');
    await page.waitForSelector('canvas');
  });
});

test("the store's board", async () => {
  const { server, links } = here;
  for (const steps of [[], ['accept'], ['accept', 'start'], ['accept', 'start', 'pack']]) {
    const { order } = await place(server, links.shop);
    await storeDoes(server, order, ...steps);
  }
  await look('store', TABLET, async (page) => {
    await logIn(page, `${server.base}/store`, 'manager');
    await page.locator('main section button.btn-primary').click();
    await page.waitForSelector('[data-lane=ready] [data-card]');
  });
});

test("the courier's page", async () => {
  await comesToWork(here.server, COURIER, { lat: 30.6018, lon: 114.3008 });
  await look('courier', PHONE, async (page) => {
    await logIn(page, `${here.server.base}/courier`, 'wang');
    await page.waitForSelector('[data-duty]');
  });
});

/** The view's words; what is one thing's own page is called so. */
const nameless = (view) => view.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'one').replaceAll('/', '-');

/** Headquarters at one of its views, once what belongs there is drawn. */
const lookAt = (view, drawn) =>
  look(`hq${nameless(view)}`, DESK, async (page) => {
    await logIn(page, `${here.server.base}/hq${view}`, 'hq');
    await page.waitForSelector('[data-line=live]');
    if (drawn) await page.waitForSelector(drawn);
    await page.waitForTimeout(300);
  });

const VIEWS = {
  '': '[data-figure=open]',
  '/orders': 'table',
  '/stores': 'table',
  '/couriers': 'table',
  '/products': '[data-sku]',
  '/products/categories': '[data-form=category]',
  '/products/publications': '[data-form=publication]',
  '/products/grants': '[data-form=price-grant]',
  '/people': '[data-user]',
  '/people/roles': '[data-role]',
  '/people/approvals': 'table',
  '/policy': 'fieldset',
  '/members': '[data-rules]',
};
for (const [view, drawn] of Object.entries(VIEWS)) {
  test(`headquarters' ${view || 'overview'}`, () => lookAt(view, drawn));
}

test("headquarters' views of what was sold, given and changed", async () => {
  const { server, links } = here;
  const campaign = await coupon(server);
  const { member } = await enrol(server, links.shop, '13800001111');
  await server.ask('POST', `/v1/members/${member}/points`, { points: 300, reason: '生日' });
  await server.ask('POST', `/v1/members/${member}/coupons`, { campaign, reason: '生日' });
  const { order } = await sold(server, links.shop);
  await lookAt('/reports', '[data-chart] canvas');
  await lookAt('/stock', 'table');
  await lookAt('/audit', '[data-change]');
  await lookAt('/campaigns', '[data-campaign]');
  await lookAt(`/campaigns/${campaign}`, '[data-budget]');
  await lookAt(`/members/${member}`, '[data-ledger]');
  await lookAt('/books', '[data-settled]');
  await lookAt('/books/reconciliation', '[data-differences]');
  await lookAt('/books/tax', '[data-filing]');
  await lookAt(`/orders/${order}`, '[data-order-page]');
});

test('a stranger is told so, and the policy of the page lets nothing inline run', async () => {
  const page = await person(here.browser, { size: PHONE });
  const answer = await page.goto(`${here.server.base}/track/019ab3c0-0000-7000-8000-00000000dead#token=ps_nobody`);
  const policy = answer.headers()['content-security-policy'];
  assert.match(policy, /script-src 'self';/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*/);
  await page.waitForSelector('[role=alert]');
  await page.context().close();
});
