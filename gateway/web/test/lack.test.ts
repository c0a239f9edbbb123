import { expect, test } from 'vitest';
import { lackOf, moneyOf } from '../src/track/lack';
import type { OrderView } from '../src/wire';

const part = (status: string, ...lines: number[]) => ({ status, lines: lines.map((line) => ({ line, sku: 's', units: 1 })) });
const order = (parts: object[], refunds: object[] = [], payment_method = 'online') =>
  ({ parts, money: { payment: 'p', payment_method, payable_fen: 100, net_payable_fen: 50, refunds } }) as unknown as OrderView;
const refund = (status: string, line: number, why = 'unfillable') => ({ refund: 'r', amount_fen: 50, why, status, lines: [{ line, sku: 's', units: 1 }] });

test('a share that a store gave back is not told as missing goods', () => {
  expect(lackOf(order([part('rejected')]), 1)).toBe('declined');
  expect(lackOf(order([part('rejected'), part('picking', 2)]), 1)).toBe('declined');
  expect(lackOf(order([part('picking', 1)]), 1)).toBe('short');
  expect(lackOf(order([part('rejected'), part('picking', 1)]), 1)).toBe('short');
  expect(lackOf(order([part('picking', 2)]), 1)).toBe('short');
});

test('money is told as it stands', () => {
  expect(moneyOf(order([], [refund('owed', 1)]), 1)).toBe('owed');
  expect(moneyOf(order([], [refund('confirmed', 1)]), 1)).toBe('confirmed');
  expect(moneyOf(order([], [refund('confirmed', 1), refund('owed', 1)]), 1)).toBe('owed');
  expect(moneyOf(order([], [refund('waived', 1)]), 1)).toBe('nothing');
  expect(moneyOf(order([], [refund('owed', 1)], 'cash_on_delivery'), 1)).toBe('nothing');
  // Another line's money, and money for another reason, is not this line's.
  expect(moneyOf(order([], [refund('owed', 2), refund('owed', 1, 'changed')]), 1)).toBe('nothing');
  expect(moneyOf({ parts: [] } as unknown as OrderView, 1)).toBe(null);
});
