import { describe, expect, it } from 'vitest';
import { arranged, after, asks, comer, comesBack, keyed, lateness, nextStep, numberOf, reasonsOf, timerOf } from '../src/store/columns';
import type { BoardCard } from '../src/wire';

const card = (more: Partial<BoardCard>): BoardCard => ({
  fulfillment_order: 'f-1',
  order: 'o',
  mode: 'delivery',
  status: 'assigned',
  is_over: false,
  lines: [],
  promised_by_at: 1_000_000,
  needs_code: false,
  since_at: 0,
  ...more,
});

describe('the board', () => {
  it('gives the first nine cards with a next step a key', () => {
    const cards = [
      card({ fulfillment_order: 'gone', status: 'handed_over' }),
      card({ fulfillment_order: 'alone', status: 'ready' }),
      card({ fulfillment_order: 'ready', status: 'ready', courier: 'c' }),
      ...Array.from({ length: 20 }, (_, at) => card({ fulfillment_order: `new ${at}` })),
    ];
    expect(keyed(cards)).toEqual(['ready', ...Array.from({ length: 8 }, (_, at) => `new ${at}`)]);
  });

  it('puts cards into lanes, the most urgent first, and leaves out what is for later', () => {
    const lanes = arranged([
      card({ fulfillment_order: 'b', accept_by_at: 9 }),
      card({ fulfillment_order: 'a', accept_by_at: 5 }),
      card({ fulfillment_order: 'c', status: 'picking' }),
      card({ fulfillment_order: 'd', status: 'scheduled' }),
      card({ fulfillment_order: 'e', status: 'on_hold' }),
    ]);
    expect(lanes.fresh.map((one) => one.fulfillment_order)).toEqual(['a', 'b']);
    expect([lanes.preparing.length, lanes.exceptions.length, lanes.ready.length]).toEqual([1, 1, 0]);
  });

  it('knows three states of lateness', () => {
    const picking = card({ status: 'picking', ready_at: 600_000 });
    expect(lateness(picking, 0)).toBe('onTime');
    expect(lateness(picking, 500_000)).toBe('soon');
    expect(lateness(picking, 600_001)).toBe('late');
    expect(lateness(card({ status: 'handed_over' }), 9e9)).toBe('onTime');
  });

  it('takes back only what a courier went away with', () => {
    expect(comesBack(card({ status: 'handed_over' }))).toBe(true);
    expect(comesBack(card({ status: 'handed_over', mode: 'express' }))).toBe(false);
    expect(comesBack(card({ status: 'ready', courier: 'c' }))).toBe(false);
  });

  it('offers one next step by status and mode', () => {
    const steps = [
      card({}),
      card({ status: 'accepted' }),
      card({ status: 'picking' }),
      card({ status: 'ready' }),
      card({ status: 'ready', mode: 'pickup' }),
      card({ status: 'ready', mode: 'express' }),
      card({ status: 'handed_over' }),
    ];
    expect(steps.map(nextStep)).toEqual(['accept', 'begin', 'pack', 'handOver', 'redeem', 'ship', null]);
    expect(after(card({}), 'accept').status).toBe('accepted');
  });

  it('calls out a number that can be heard', () => {
    expect(numberOf(card({ number: 12 }))).toBe('012');
    expect(numberOf(card({ order: '019ab3c0-abcd-ef12' }))).toBe('#D-EF12');
  });

  it('asks for an answer until somebody gave one, and while the goods are here', () => {
    const reminded = { count: 1, at: 5, is_answered: false };
    expect(asks(card({}))).toBe(false);
    expect(asks(card({ reminded }))).toBe(true);
    expect(asks(card({ reminded: { ...reminded, is_answered: true } }))).toBe(false);
    expect(asks(card({ reminded, status: 'handed_over' }))).toBe(false);
  });

  it('says who comes, and for how long somebody has waited at the counter', () => {
    const ready = (more: Partial<BoardCard>) => card({ status: 'ready', ...more });
    expect(comer(ready({}), 0)).toEqual({ kind: 'nobody' });
    expect(comer(ready({ courier: 'c', courier_at: 130_000 }), 0)).toEqual({ kind: 'comes', courier: 'c', minutes: 2 });
    expect(comer(ready({ courier: 'c', courier_at: 10_000 }), 0)).toEqual({ kind: 'near', courier: 'c' });
    const here = ready({ courier: 'c', courier_at: 10_000, courier_here_at: 20_000 });
    expect(comer(here, 110_000)).toEqual({ kind: 'here', courier: 'c', waitMs: 90_000 });
    expect(comer(card({ mode: 'pickup', status: 'ready' }), 0)).toBeNull();
    expect(comer(card({ status: 'handed_over', courier: 'c', courier_here_at: 1 }), 0)).toBeNull();
  });
});

it('names a reason of the whole store for a whole order only, and what a card counts down to', () => {
  expect(reasonsOf(true)).toContain('too_busy');
  expect(reasonsOf(false)).toEqual(['not_in_stock', 'mismatch', 'damaged', 'other']);
  expect(['assigned', 'accepted', 'picking', 'ready'].map((status) => timerOf(card({ status })))).toEqual([
    'timeToAccept',
    'timeToPick',
    'timeToPick',
    'timeToGive',
  ]);
});
