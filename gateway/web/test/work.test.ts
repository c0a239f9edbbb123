import { describe, expect, it } from 'vitest';
import { cell, csv, worklist } from '../src/hq/work';
import type { OrderCardView } from '../src/wire';

const card = (order: string, more: Partial<OrderCardView>): OrderCardView => ({
  order,
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

describe('an exported list', () => {
  it('computes nothing in a spreadsheet', () => {
    expect(cell('=HYPERLINK("x")')).toBe(`"'=HYPERLINK(""x"")"`);
    for (const start of ['=', '+', '-', '@']) expect(cell(`${start}1`)).toBe(`'${start}1`);
    expect(csv([['a', 'b,c']])).toBe('\uFEFFa,"b,c"\r\n');
  });
});
