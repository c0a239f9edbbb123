import { describe, expect, it } from 'vitest';
import { arranged, after, asks, lateness, nextStep, numberOf } from '../src/store/columns';
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
    expect(numberOf(card({ fulfillment_order: 'abcd-ef12' }))).toBe('EF12');
  });

  it('asks for an answer until somebody gave one, and while the goods are here', () => {
    const reminded = { count: 1, at: 5, is_answered: false };
    expect(asks(card({}))).toBe(false);
    expect(asks(card({ reminded }))).toBe(true);
    expect(asks(card({ reminded: { ...reminded, is_answered: true } }))).toBe(false);
    expect(asks(card({ reminded, status: 'handed_over' }))).toBe(false);
  });
});
