import { expect, test } from 'vitest';
import { billOf } from '../src/track/bill';
import type { OrderView } from '../src/wire';

const line = (number: number, paid: number, fees: [string, number][]) => ({
  line: number,
  price: { paid_fen: paid, fees: fees.map(([source, amount_fen]) => ({ source, bearer: 'hq', amount_fen })) },
});

test('goods and fees of a bill come to what was paid', () => {
  const lines = [line(1, 681, [['delivery', 181]]), line(2, 1_199, [['delivery', 319], ['packing', 0]])];
  const bill = billOf({ lines } as unknown as OrderView);
  expect([...bill.goods]).toEqual([
    [1, 500],
    [2, 880],
  ]);
  expect(bill.fees).toEqual([{ kind: 'delivery', fen: 500 }]);
});

test('whoever sees no money sees none', () => {
  const bill = billOf({ lines: [{ line: 1, price: null }] } as unknown as OrderView);
  expect(bill).toEqual({ goods: new Map(), fees: [] });
});
