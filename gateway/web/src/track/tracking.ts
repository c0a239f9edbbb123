// What a shopper is told, from the order as it stands: pure, so that it can be tested.

import type { DeliveryView, EtaView, OrderView } from '../wire';

export type Stage = 'accepted' | 'handed_over' | 'on_the_way' | 'delivered';
export const STAGES: Stage[] = ['accepted', 'handed_over', 'on_the_way', 'delivered'];
export type Reason = 'slowStore' | 'otherStops' | 'noCourier' | 'longWay';

const EVENTS: Record<Stage, string[]> = {
  accepted: ['fulfillment_accepted'],
  handed_over: ['fulfillment_handed_over', 'delivery_picked_up'],
  on_the_way: ['delivery_advanced', 'parcel_shipped'],
  delivered: ['delivery_delivered', 'fulfillment_completed'],
};
/** An estimate that moved by less than this is not worth a shopper's worry. */
const WORTH_TELLING_MS = 120_000;

const COUNTS_NOT = new Set(['rejected', 'moved', 'cancelled']);

export function counting(order: OrderView) {
  return order.parts.filter((part) => !COUNTS_NOT.has(part.status));
}

export function isOver(order: OrderView): boolean {
  return ['completed', 'cancelled', 'expired', 'refused'].includes(order.status);
}

export function promise(order: OrderView): { from: number; by: number } | null {
  const parts = counting(order);
  if (parts.length === 0) return null;
  return {
    from: Math.max(...parts.map((part) => part.promised_from_at)),
    by: Math.max(...parts.map((part) => part.promised_by_at)),
  };
}

/** The last to arrive decides when the order has. */
export function lastEta(deliveries: DeliveryView[]): EtaView | null {
  const etas = deliveries.flatMap((delivery) => (delivery.eta && !delivery.ended_at ? [delivery.eta] : []));
  return etas.reduce<EtaView | null>((last, eta) => (last && last.at >= eta.at ? last : eta), null);
}

/** The estimate to show: the one shown before unless it moved by much. */
export function steady(shown: number | null, next: number): number {
  return shown !== null && Math.abs(next - shown) < WORTH_TELLING_MS ? shown : next;
}

/** By how many minutes what is told now is later than what was told before; null where it is not. */
export function slipped(before: number | null, told: number): number | null {
  const minutes = before === null ? 0 : Math.round((told - before) / 60_000);
  return minutes > 0 ? minutes : null;
}

export function reason(eta: EtaView | null, deliveries: DeliveryView[]): Reason {
  if (deliveries.some((delivery) => !delivery.courier && !delivery.ended_at)) return 'noCourier';
  if (!eta) return 'slowStore';
  const { wait_s, other_stops_s, travel_s } = eta;
  if (wait_s >= other_stops_s && wait_s >= travel_s) return 'slowStore';
  return other_stops_s >= travel_s ? 'otherStops' : 'longWay';
}

/** When each stage was reached, as far as the timeline tells. */
export function reachedAt(order: OrderView, stage: Stage): number | null {
  const moments = (order.timeline ?? []).filter((moment) => EVENTS[stage].includes(moment.what));
  // On the way begins with the first step after the goods left the store.
  if (stage === 'on_the_way') {
    const left = reachedAt(order, 'handed_over');
    return moments.find((moment) => left !== null && moment.at >= left)?.at ?? null;
  }
  return moments.at(stage === 'delivered' ? -1 : 0)?.at ?? null;
}

export function hasReached(order: OrderView, stage: Stage): boolean {
  if (!order.stage) return false;
  return STAGES.indexOf(order.stage as Stage) >= STAGES.indexOf(stage);
}

/** Late: told before the promise passes, when the estimate is already beyond it. */
export function isLate(order: OrderView, eta: number | null, now: number): boolean {
  const window = promise(order);
  if (!window || isOver(order)) return false;
  return now > window.by || (eta !== null && eta > window.by + WORTH_TELLING_MS);
}

/** A courier is shown while carrying this order, and about where it is while coming for it. */
export function showsCourier(status: string): boolean {
  const comes = ['assigned', 'en_route_to_pickup', 'arrived_at_pickup'];
  return comes.includes(status) || ['picked_up', 'en_route_to_dropoff', 'arrived_at_dropoff'].includes(status);
}

/** Where the courier is, as far as it is worth a line of its own: the last step of whoever is nearest to the door. */
export type CourierStep = 'atStore' | 'hasIt' | 'atDoor';
const COURIER_STEPS: Record<string, CourierStep> = {
  arrived_at_pickup: 'atStore',
  picked_up: 'hasIt',
  arrived_at_dropoff: 'atDoor',
};
const NEAREST: CourierStep[] = ['atDoor', 'hasIt', 'atStore'];

export function courierStep(order: OrderView): CourierStep | null {
  if (isOver(order)) return null;
  const steps = order.deliveries.flatMap((delivery) => COURIER_STEPS[delivery.status] ?? []);
  return NEAREST.find((step) => steps.includes(step)) ?? null;
}
