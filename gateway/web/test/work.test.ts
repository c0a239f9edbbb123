import { describe, expect, it } from 'vitest';
import { bornAt, endedAs, remedyFor, worklist } from '../src/hq/work';
import type { OrderCardView } from '../src/wire';

const card = (order: string, more: Partial<OrderCardView>): OrderCardView => ({
  order,
  mode: 'delivery',
  status: 'open',
  stage: '',
  stores: [],
  couriers: ['c'],
  escalated: false,
  late: false,
  ...more,
});

describe("headquarters' worklist", () => {
  it('puts first what waits at the highest cost and leaves out what is well', () => {
    const now = 1_000_000;
    const list = worklist(
      [
        card('well', { promised_by_at: now + 5 }),
        card('late', { promised_by_at: now - 120_000 }),
        card('no courier', { escalated: true, couriers: [], promised_by_at: now + 60_000 }),
        card('very late', { promised_by_at: now - 1_800_000 + 900_000 }),
        card('over', { status: 'completed', late: true }),
      ],
      now,
    );
    expect(list.map((one) => one.order)).toEqual(['no courier', 'very late', 'late']);
  });

  it('holds what shoppers ask about, also before it is late', () => {
    const list = worklist([card('calm', {}), card('asked', { reminders: 1 }), card('asked twice', { reminders: 2 })], 0);
    expect(list.map(({ order }) => order)).toEqual(['asked twice', 'asked']);
  });
});

describe('the remedy that stands first', () => {
  const now = 1_000_000;
  const first = (more: Partial<OrderCardView>) => remedyFor(card('one', { promised_by_at: now - 60_000, ...more }), now);

  it('is another store before any has accepted, another courier before the goods are on their way', () => {
    expect(first({ stage: '' })).toBe('resource');
    expect(first({ stage: 'accepted' })).toBe('reassign');
    expect(first({ stage: '', escalated: true, couriers: [] })).toBe('reassign');
  });

  it('is a call where nothing else helps', () => {
    expect(first({ stage: 'on_the_way' })).toBe('call');
    expect(first({ stage: 'accepted', reminders: 1, promised_by_at: now + 60_000 })).toBe('call');
    expect(first({ status: 'on_hold' })).toBe('call');
  });
});

it('an order says by its id when it was placed', () => {
  expect(bornAt('019ab3c0-0000-7000-8000-000000000701')).toBe(0x019ab3c00000);
});

it('tells what was fetched from what a courier brought', () => {
  const ended = (more: Partial<OrderCardView>) => endedAs(card('ended', { status: 'completed', stage: 'delivered', ...more }));
  expect(ended({ mode: 'pickup', couriers: [] })).toBe('collected');
  expect(ended({ mode: 'express', couriers: [] })).toBe('parcelReceived');
  // Whoever brought it, it was brought: also where the courier is not named any more.
  expect(ended({ mode: 'delivery', couriers: [] })).toBe(null);
  expect(ended({ mode: 'pickup', stage: 'accepted' })).toBe(null);
});
