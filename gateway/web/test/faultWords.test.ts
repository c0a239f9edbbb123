import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inChinese, SENTENCES } from '../src/lib/faultWords';

// The server's own tests hold this page against its list of codes.
const page = readFileSync(new URL('../../../docs/faults.md', import.meta.url), 'utf8');
const codes = [...page.matchAll(/^\| `([a-z_]+)` \| \d{3} \|/gm)].map((found) => found[1]);

test('every code of the server has a Chinese sentence, and no other code has one', () => {
  expect(codes.length).toBeGreaterThan(100);
  // The page says one of its own: that the server cannot be reached.
  expect(Object.keys(SENTENCES).sort()).toEqual([...codes, 'offline'].sort());
  for (const sentence of Object.values(SENTENCES)) expect(sentence).toMatch(/[\u4e00-\u9fff]/);
});

test('figures of the sentence stand beside', () => {
  const said = (code: string, message: string) => inChinese({ code, message });
  expect(said('code_wrong', 'wrong code: 4 tries left')).toBe('取货码不对，请重新输入（还可试 4 次）');
  expect(said('not_enough_stock', 'store has 2 of this product to sell, 5 were asked for')).toBe('库存不够（可售 2，要 5）');
  expect(said('over_limit', '500 is above your limit of 200: ask your superior')).toContain('500，额度 200');
  expect(said('order_state', 'the order is cancelled: cancel is no longer possible')).toBe(SENTENCES['order_state']);
  expect(said('unfillable', 'no store can fulfil this basket: no store delivers to this door')).toContain('（没有门店配送到这个地址）');
  // A sentence that was reworded loses its figures, never its meaning.
  expect(said('code_wrong', 'that was not it')).toBe('取货码不对，请重新输入');
  expect(inChinese({ code: 'rate_limited', message: 'you ask too often', retryAfterMs: 1_200 })).toContain('2 秒后再试');
});

test('a value that cannot be accepted is told with its field and its bounds', () => {
  const said = (field: string, message: string) => inChinese({ code: 'invalid_value', field, message });
  expect(said('name', 'name must be 1 to 120 characters')).toBe('填写的内容不符合要求（名称，应为 1 至 120 个字）');
  expect(said('lines[1].quantity', 'quantity must be 1 or more')).toBe('填写的内容不符合要求（第 2 行数量，应为 1 或以上）');
  expect(said('place.lat', 'lat must be -90 to 90')).toContain('纬度，应为 -90 至 90');
  expect(said('something_new', 'something_new must shine')).toBe('填写的内容不符合要求（something_new，something_new must shine）');
});

test('a code that is newer than the page is told as it came', () => {
  expect(inChinese({ code: 'unheard_of', message: 'this is new' })).toBe('this is new');
});
