import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const kinds = [...read('../../../dispatch/src/order/event.rs').matchAll(/=> "([a-z_]+)"/g)].map((found) => found[1]);
const words = [...read('../src/hq/events.ts').matchAll(/^ {4}(\w+): '/gm)].map((found) => found[1]);

test('everything that can happen to an order has a word in both languages', () => {
  expect(kinds.length).toBeGreaterThan(60);
  expect(kinds.filter((kind) => words.filter((word) => word === kind).length !== 2)).toEqual([]);
});
