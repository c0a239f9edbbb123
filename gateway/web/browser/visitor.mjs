// A newcomer with the four addresses that `simulator run` prints: looks at the city, orders in one
// window, accepts in the second, carries in the third, and sees it arrive in the first.
//
//   node browser/visitor.mjs <file with the simulator's words>
import { readFileSync } from 'node:fs';
import { DESK, openBrowser, person, PHONE, picture, TABLET } from './people.mjs';

const words = readFileSync(process.argv[2], 'utf8');
const address = (name) => {
  const found = words.match(new RegExp(`^ +${name} +(http\\S+)`, 'm'));
  if (!found) throw new Error(`no address of ${name}`);
  return found[1];
};
const storeId = address('store').match(/store\/([^#]+)/)[1];
const courierId = address('courier').match(/courier\/([^#]+)/)[1];
const browser = await openBrowser();
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
try {
  const hq = await person(browser, { size: DESK });
  await hq.goto(address('hq'));
  await hq.waitForFunction(() => Number(document.querySelector('[data-figure=couriers]')?.textContent) > 0);
  await hq.waitForTimeout(1_500);
  await picture(hq, 'city-hq-zh-day');
  say(`headquarters sees ${await hq.locator('[data-figure=couriers]').textContent()} couriers`);

  const store = await person(browser, { size: TABLET });
  await store.goto(address('store'));
  await store.click('text=开始接单');
  await store.waitForSelector('[data-lane=fresh]');
  const courier = await person(browser, { size: PHONE });
  await courier.goto(address('courier'));
  await courier.waitForSelector('[data-duty]');
  if ((await courier.locator('[data-duty]').getAttribute('data-duty')) !== 'on_duty') await courier.click('text=上线接单');
  await courier.waitForSelector('[data-duty=on_duty]');
  say('store and courier are open');

  const shopper = await person(browser, { size: PHONE });
  await shopper.goto(address('shop'));
  await shopper.waitForSelector('[data-sku]');
  await shopper.waitForSelector(`[data-store="${storeId}"][aria-pressed=true]`);
  await shopper.locator('[data-sku] button.btn-primary:not([disabled])').first().click();
  await shopper.click('text=去结算');
  await shopper.fill('input[name=name]', '张三');
  await shopper.fill('input[name=phone]', '13800000000');
  await shopper.fill('input[name=address]', '中山路 1 号');
  await shopper.click('text=提交订单');
  await shopper.click('text=立即支付');
  await shopper.waitForURL(/\/track\//);
  const order = shopper.url().match(/track\/([^#]+)/)[1];
  say(`ordered ${order}`);
  const card = store.locator(`[data-card][data-order="${order}"]`);
  for (const step of ['accept', 'begin', 'pack']) await card.locator(`[data-next=${step}]`).click();
  await card.locator('[data-next=handOver]').waitFor();
  say('packed');
  const offer = courier.locator('[data-offer]').first();
  await offer.waitFor({ timeout: 90_000 });
  await offer.locator('button.btn-primary').click();
  const task = courier.locator(`[data-task][data-order="${order}"]`);
  await task.locator('[data-step=en_route_to_pickup]').click();
  await task.locator('[data-step=arrived_at_pickup]').click();
  await card.locator('[data-next=handOver]:not([disabled])').click();
  say(`courier ${courierId} has it`);
  await task.locator('[data-step=en_route_to_dropoff]').click();
  await task.locator('[data-step=arrived_at_dropoff]').click();
  await task.locator('[data-step=delivered]').click();
  await task.locator('[data-proof=handed_to_person]').click();
  await shopper.waitForSelector('[data-headline][data-status=completed]');
  say('it has arrived');
  for (const page of [hq, store, courier, shopper]) if (page.complaints.length > 0) throw new Error(page.complaints.join('; '));
} finally {
  await browser.close();
}
