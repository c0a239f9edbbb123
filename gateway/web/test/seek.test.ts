import { expect, test } from 'vitest';
import { further, meant, NOTHING } from '../src/hq/seek';
import type { OrderCardView, OrderPage } from '../src/wire';

const stores = [
  { id: 's1', name: 'Han Street' },
  { id: 's2', name: 'Han Street North' },
  { id: 's3', name: '光谷店' },
];
const statuses: [string, string][] = [['cancelled', 'Cancelled']];
const card = (order: string) => ({ order }) as OrderCardView;

test('what is typed is a part of an id, a status or a store', () => {
  expect(meant('', stores, statuses)).toEqual({});
  expect(meant(' #A448E4 ', stores, statuses)).toEqual({ id: 'a448e4' });
  expect(meant('cancelled', stores, statuses)).toEqual({ status: 'cancelled' });
  expect(meant('han street', stores, statuses)).toEqual({ store: 's1' });
  expect(meant('光谷', stores, statuses)).toEqual({ store: 's3' });
  expect(meant('han', stores, statuses)).toBeNull();
  expect(meant('umbrella', stores, statuses)).toBeNull();
});

/** A journal of so many pages, with the sought order on one of them. */
function journal(pages: number, at: number) {
  const asked: URLSearchParams[] = [];
  const ask = async (query: string): Promise<OrderPage> => {
    const terms = new URLSearchParams(query);
    asked.push(terms);
    const page = Number(terms.get('after') ?? 0);
    return { orders: page === at ? [card('found')] : [], next_after: page + 1 < pages ? String(page + 1) : null };
  };
  return { ask, asked };
}

test('an id is sought further back until it is found', async () => {
  const { ask, asked } = journal(30, 3);
  const found = await further(ask, 'id=a448e4&status=open', NOTHING);
  expect(found).toEqual({ cards: [card('found')], next: '4', looked: 2_000 });
  expect(asked.map((terms) => terms.get('after'))).toEqual([null, '1', '2', '3']);
  expect(asked.every((terms) => terms.get('id') === 'a448e4' && terms.get('status') === 'open')).toBe(true);
});

test('a search has a bound, says how far it looked, and goes on from there', async () => {
  const { ask } = journal(30, 9);
  const first = await further(ask, 'id=a448e4', NOTHING);
  expect(first).toEqual({ cards: [], next: '8', looked: 4_000 });
  const second = await further(ask, 'id=a448e4', first);
  expect(second).toEqual({ cards: [card('found')], next: '10', looked: 5_000 });
});

test('a list without an id is asked for a page at a time', async () => {
  const { ask, asked } = journal(3, 9);
  expect(await further(ask, 'status=open', NOTHING)).toEqual({ cards: [], next: '1', looked: 50 });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.get('limit')).toBe('50');
});
