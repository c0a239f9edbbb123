import { describe, expect, it } from 'vitest';
import { courierStep, hasReached, isLate, lastEta, promise, reachedAt, reason, steady, slipped } from '../src/track/tracking';
import type { DeliveryView, EtaView, OrderView, PartView } from '../src/wire';

const eta = (at: number, more: Partial<EtaView> = {}): EtaView => ({
  at,
  confidence: 'high',
  other_stops_s: 0,
  wait_s: 0,
  travel_s: 60,
  handover_s: 30,
  position_age_s: 1,
  ...more,
});
const part = (status: string, from: number, by: number) =>
  ({ status, promised_from_at: from, promised_by_at: by }) as PartView;
const delivery = (more: Partial<DeliveryView>) => ({ courier: 'c', status: 'assigned', ...more }) as DeliveryView;
const order = (more: Partial<OrderView>) =>
  ({ status: 'open', parts: [part('accepted', 1, 1_000_000)], deliveries: [], ...more }) as OrderView;

describe('what a shopper is told', () => {
  it('promises by the last part that counts', () => {
    const parts = [part('accepted', 1, 10), part('rejected', 5, 90), part('ready', 3, 20)];
    expect(promise(order({ parts }))).toEqual({ from: 3, by: 20 });
  });

  it('waits for the last delivery and forgets those that ended', () => {
    const deliveries = [delivery({ eta: eta(5) }), delivery({ eta: eta(9) }), delivery({ eta: eta(50), ended_at: 1 })];
    expect(lastEta(deliveries)?.at).toBe(9);
  });

  it('does not tell every small change', () => {
    expect(steady(null, 100)).toBe(100);
    expect(steady(100_000, 160_000)).toBe(100_000);
    expect(steady(100_000, 230_000)).toBe(230_000);
  });

  it('says why', () => {
    expect(reason(eta(1, { wait_s: 500 }), [delivery({})])).toBe('slowStore');
    expect(reason(eta(1, { other_stops_s: 500 }), [delivery({})])).toBe('otherStops');
    expect(reason(eta(1), [delivery({})])).toBe('longWay');
    expect(reason(null, [delivery({ courier: null })])).toBe('noCourier');
  });

  it('is late as soon as the estimate says so', () => {
    expect(isLate(order({}), 900_000, 5)).toBe(false);
    expect(isLate(order({}), 1_200_000, 5)).toBe(true);
    expect(isLate(order({}), null, 1_000_001)).toBe(true);
    expect(isLate(order({ status: 'completed' }), null, 1_000_001)).toBe(false);
  });

  it('knows when each stage was reached', () => {
    const timeline = [
      { at: 1, what: 'fulfillment_accepted' },
      { at: 2, what: 'delivery_advanced' },
      { at: 4, what: 'fulfillment_handed_over' },
      { at: 5, what: 'delivery_advanced' },
    ];
    const seen = order({ timeline, stage: 'on_the_way' });
    expect(reachedAt(seen, 'accepted')).toBe(1);
    expect(reachedAt(seen, 'on_the_way')).toBe(5);
    expect([hasReached(seen, 'handed_over'), hasReached(seen, 'delivered')]).toEqual([true, false]);
  });

  it('says where the courier is between the hand-over states, the nearest to the door first', () => {
    const at = (...statuses: string[]) => courierStep(order({ deliveries: statuses.map((status) => delivery({ status })) }));
    expect(at('assigned')).toBeNull();
    expect(at('arrived_at_pickup')).toBe('atStore');
    expect(at('picked_up')).toBe('hasIt');
    expect(at('en_route_to_dropoff')).toBeNull();
    expect(at('arrived_at_pickup', 'arrived_at_dropoff')).toBe('atDoor');
    expect(courierStep(order({ status: 'completed', deliveries: [delivery({ status: 'arrived_at_dropoff' })] }))).toBeNull();
  });
});

it('says by how much an estimate slipped, and nothing of one that came nearer', () => {
  expect(slipped(null, 600_000)).toBeNull();
  expect(slipped(600_000, 840_000)).toBe(4);
  expect(slipped(600_000, 300_000)).toBeNull();
});
