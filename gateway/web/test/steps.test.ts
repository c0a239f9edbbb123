import { describe, expect, it } from 'vitest';
import { foreseen, inRouteOrder, nextStep, statusOf } from '../src/courier/steps';
import type { OrderView, StopView, TaskView } from '../src/wire';

const task = (delivery: string, picked_up = false) => ({ delivery, picked_up }) as TaskView;

describe("a courier's steps", () => {
  it('follow the delivery and wait for the store', () => {
    const order = { deliveries: [{ delivery: 'd', status: 'arrived_at_pickup' }] } as OrderView;
    expect(nextStep(statusOf(task('d'), order))).toBe('wait_store');
    expect(nextStep(statusOf(task('d'), undefined))).toBe('en_route_to_pickup');
    expect(nextStep(statusOf(task('d', true), undefined))).toBe('en_route_to_dropoff');
    expect(nextStep('delivered')).toBe(null);
  });

  it('go on from what was tapped without a network', () => {
    expect(nextStep(foreseen('picked_up', ['en_route_to_dropoff', 'arrived_at_dropoff']))).toBe('delivered');
    expect(foreseen('picked_up', [])).toBe('picked_up');
  });

  it('stand in the order of the route', () => {
    const stops = [{ delivery: 'b' }, { delivery: 'a' }, { delivery: 'b' }] as StopView[];
    expect(inRouteOrder([task('a'), task('b'), task('c')], stops).map((one) => one.delivery)).toEqual(['b', 'a', 'c']);
  });
});
