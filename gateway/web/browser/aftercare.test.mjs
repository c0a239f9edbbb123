// What happens around a delivery: the shopper asks where it is, the courier proves it, the shopper
// says how it was. Each with what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESK, faults, logIn, person, PHONE, picture, TABLET } from './people.mjs';
import { stage } from './stage.mjs';
import { carried, COURIER, doorsNeed, place, STORE, storeDoes, until } from './town.mjs';

const here = stage();
const NEAR_STORE = { lat: 30.6018, lon: 114.3008 };
const orderOf = (order) => here.server.ask('GET', `/v1/orders/${order}`);

async function tracking({ order, shopper_token }, locale = 'zh-CN') {
  const page = await person(here.browser, { size: PHONE, locale });
  await page.goto(`${here.server.base}/track/${order}#token=${shopper_token}`);
  await page.waitForSelector('[data-headline]');
  return page;
}

async function atWork(locale = 'zh-CN') {
  const page = await person(here.browser, { size: PHONE, at: NEAR_STORE, locale });
  await logIn(page, `${here.server.base}/courier`, 'wang');
  await page.locator('[data-duty]').waitFor();
  return page;
}

async function headquarters(view) {
  const page = await person(here.browser, { size: DESK });
  await logIn(page, `${here.server.base}/hq`, 'hq');
  await page.waitForSelector('[data-figure]');
  if (view) await page.goto(`${here.server.base}/hq/${view}`);
  return page;
}

/** The courier stands at the door, and is asked how it was handed over. */
async function atTheDoor(page, order) {
  const task = page.locator(`[data-task][data-order="${order}"]`);
  await task.locator('[data-step=en_route_to_dropoff]').click();
  await task.locator('[data-step=arrived_at_dropoff]').click();
  await task.locator('[data-step=delivered]').click();
  await task.locator('[data-proof-ask]').waitFor();
  return task;
}

/** A photo as a camera makes them: large, and nothing in it compresses well. */
async function photo(page) {
  const text = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [2400, 1800];
    const pen = canvas.getContext('2d');
    const noise = pen.createImageData(2400, 1800);
    for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = at % 4 === 3 ? 255 : (at * 2654435761) >>> 24;
    pen.putImageData(noise, 0, 0);
    return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
  });
  return { name: 'door.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(text, 'base64') };
}

async function close(...pages) {
  for (const page of pages) {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
}

test('a shopper asks, the board shows it, the store answers, and asking again must wait', async () => {
  const { server, links } = here;
  const placed = await place(server, links.shop);
  await storeDoes(server, placed.order, 'accept');
  const shopper = await tracking(placed);
  const store = await person(here.browser, { size: TABLET });
  await logIn(store, `${server.base}/store`, 'manager');
  await store.click('text=开始接单');
  const card = store.locator(`[data-card][data-order="${placed.order}"]`);
  await card.waitFor();

  await shopper.click('[data-remind]');
  await shopper.waitForSelector('[data-reminders="1"]');
  await shopper.waitForSelector('[data-remind][disabled]');
  assert.match(await shopper.locator('[data-remind]').textContent(), /\d:\d\d|\d+/);
  await card.locator('[data-reminded="1"]').waitFor();
  await picture(store, 'store-reminded-zh-day-tablet');
  await picture(shopper, 'track-reminded-zh-day-phone');
  assert.deepEqual(await faults(store), []);
  assert.deepEqual(await faults(shopper), []);

  // Whoever goes round the page hears when it will be possible.
  const answer = await fetch(`${server.base}/v1/orders/${placed.order}/remind`, {
    method: 'POST',
    headers: { authorization: `Bearer ${placed.shopper_token}` },
  });
  const fault = await answer.json();
  assert.equal(fault.code, 'reminded_recently');
  assert.ok(fault.retry_after_ms > 200_000 && fault.retry_after_ms <= 300_000, `${fault.retry_after_ms}`);

  await card.locator('[data-answer=five_minutes]').click();
  await shopper.waitForSelector('[data-answer=five_minutes]');
  await card.locator('[data-answer=five_minutes]').waitFor({ state: 'detached' });
  const hq = await headquarters('');
  await hq.waitForSelector(`[data-work="${placed.order}"] [data-reminders="1"]`);
  await server.ask('POST', `/v1/orders/${placed.order}/cancel`, { reason: 'headquarters' });
  await close(shopper, store, hq);
});

test('a photo of the door is taken without a network, made small, and seen by shopper and headquarters', async () => {
  const { server, links } = here;
  await doorsNeed(server, 'photo');
  const placed = await place(server, links.shop);
  const shopper = await tracking(placed);
  await carried(server, placed.order);
  const courier = await atWork();
  const task = await atTheDoor(courier, placed.order);
  assert.equal(await task.locator('[data-proof=handed_to_person]').count(), 0, 'a word does not suffice');
  await task.locator('[data-proof=left_at_door]').click();
  const taken = await photo(courier);
  assert.ok(taken.buffer.length > 400_000, `${taken.buffer.length}`);
  await task.locator('input[name=photo]').setInputFiles(taken);
  await task.locator('[data-preview]').waitFor();
  const size = Number(await task.locator('[data-preview]').getAttribute('data-preview'));
  assert.ok(size > 10_000 && size <= 200_000, `${size}`);
  assert.deepEqual(await faults(courier), []);
  await picture(courier, 'courier-photo-zh-day-phone');

  // The server is gone while the courier confirms; the phone keeps the picture over a reload.
  await until('the courier is at the door', async () => (await orderOf(placed.order)).deliveries[0].status === 'arrived_at_dropoff');
  await server.kill();
  await courier.waitForSelector('[data-offline]');
  await task.locator('[data-use-photo]').click();
  await courier.waitForSelector('[data-waiting="1"]');
  await courier.reload();
  await courier.waitForSelector('[data-waiting="1"]');
  await server.again();
  await until('it is delivered', async () => (await orderOf(placed.order)).status === 'completed');

  const [delivery] = (await orderOf(placed.order)).deliveries;
  assert.equal(delivery.proof.kind, 'left_at_door');
  await shopper.waitForSelector('[data-proof-picture]', { timeout: 45_000 });
  await picture(shopper, 'track-proof-zh-day-phone');
  assert.deepEqual(await faults(shopper), []);
  const hq = await headquarters(`orders/${placed.order}`);
  await hq.waitForSelector('[data-proof-picture]');
  const history = await server.ask('GET', `/v1/orders/${placed.order}/history`);
  assert.equal(history.filter((event) => event.kind === 'delivery_picture_kept').length, 1);
  assert.equal(await courier.locator('[data-refusal]').count(), 0);
  await close(courier, shopper, hq);
});

test('a wrong code is refused aloud and the right one opens; a signature is drawn or typed', async () => {
  const { server, links } = here;
  await doorsNeed(server, 'code');
  const placed = await place(server, links.shop);
  await carried(server, placed.order);
  const shopper = await tracking(placed, 'en-GB');
  const code = (await shopper.locator('[data-door-code] .numbers').textContent()).trim();
  const courier = await atWork('en-GB');
  let task = await atTheDoor(courier, placed.order);
  assert.deepEqual(await task.locator('[data-proof]').evaluateAll((all) => all.map((one) => one.dataset.proof)), ['code']);
  await task.locator('[data-proof=code]').click();
  await task.locator('input[name=code]').fill(code === '000000' ? '111111' : '000000');
  await courier.keyboard.press('Enter');
  await courier.waitForSelector('[data-refusal]');
  assert.equal((await orderOf(placed.order)).status, 'open');
  await courier.locator('[data-refusal] button').click();
  await task.locator('[data-step=delivered]').click();
  await task.locator('[data-proof=code]').click();
  await task.locator('input[name=code]').fill(code);
  await courier.keyboard.press('Enter');
  await shopper.waitForSelector('[data-headline][data-status=completed]');
  await close(shopper);

  await doorsNeed(server, 'signature');
  for (const way of ['drawn', 'typed']) {
    const next = await place(server, links.shop);
    await carried(server, next.order);
    task = await atTheDoor(courier, next.order);
    await task.locator('[data-proof=signature]').click();
    const pad = task.locator('[data-signature]');
    await pad.scrollIntoViewIfNeeded();
    await task.locator('[data-signed][disabled]').waitFor();
    if (way === 'drawn') {
      const box = await pad.boundingBox();
      await courier.mouse.move(box.x + 20, box.y + 20);
      await courier.mouse.down();
      await courier.mouse.move(box.x + 120, box.y + 60, { steps: 5 });
      await courier.mouse.up();
    } else {
      await task.locator('input[name=signed]').fill('Zhang San');
    }
    assert.deepEqual(await faults(courier), []);
    await picture(courier, `courier-signature-${way}-en-day-phone`);
    await task.locator('[data-signed]').click();
    await until('it is signed for', async () => (await orderOf(next.order)).deliveries[0].proof?.kind === 'signature');
  }
  await doorsNeed(server, 'nothing');
  await close(courier);
});

test('a shopper rates once; headquarters reads it, the courier sees an average', async () => {
  const { server, links } = here;
  await doorsNeed(server, 'nothing');
  const placed = await place(server, links.shop);
  await carried(server, placed.order);
  const shopper = await tracking(placed);
  const courier = await atWork();
  const task = await atTheDoor(courier, placed.order);
  await task.locator('[data-proof=handed_to_person]').click();
  await shopper.waitForSelector('[data-rate][disabled]');
  await shopper.click('[data-star=store-4]');
  await shopper.click('[data-star=courier-5]');
  await shopper.click('text=新鲜');
  await shopper.fill('textarea[name=text]', '牛奶很新鲜，谢谢');
  assert.deepEqual(await faults(shopper), []);
  await picture(shopper, 'track-rate-zh-day-phone');
  await shopper.click('[data-rate]');
  await shopper.waitForSelector('[data-rated="4"]');
  await shopper.reload();
  await shopper.waitForSelector('[data-rated="4"]');
  assert.equal(await shopper.locator('[data-rate]').count(), 0);
  const twice = await fetch(`${server.base}/v1/orders/${placed.order}/rating`, {
    method: 'POST',
    headers: { authorization: `Bearer ${placed.shopper_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ store_stars: 1 }),
  });
  assert.equal((await twice.json()).code, 'already_rated');

  await until('the books have read it', async () => {
    const { couriers } = await server.ask('GET', '/v1/reports/ratings');
    return couriers.some((row) => row.courier === COURIER && row.average === 5);
  });
  const hq = await headquarters(`orders/${placed.order}`);
  await hq.waitForSelector('[data-rating="4"] >> text=牛奶很新鲜');
  await hq.goto(`${server.base}/hq/reports`);
  await hq.waitForSelector(`[data-rated-store="${STORE}"]`);
  assert.deepEqual(await faults(hq), []);
  await courier.reload();
  await courier.waitForSelector('[data-stars="5"]');
  assert.notEqual(await courier.locator('[data-done]').getAttribute('data-done'), '0');
  await close(shopper, courier, hq);
});
