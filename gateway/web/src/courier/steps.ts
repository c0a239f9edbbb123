// What a courier does next with a task: pure, so that it can be tested.

import type { DeliveryView, OrderView, StopView, TaskView } from '../wire';

export type StepName = 'en_route_to_pickup' | 'arrived_at_pickup' | 'en_route_to_dropoff' | 'arrived_at_dropoff' | 'delivered';
/** The courier waits: for the store's hand-over, or for headquarters after a failure. */
export type Next = StepName | 'wait_store' | 'wait_decision' | null;

const NEXT: Record<string, Next> = {
  assigned: 'en_route_to_pickup',
  en_route_to_pickup: 'arrived_at_pickup',
  arrived_at_pickup: 'wait_store',
  picked_up: 'en_route_to_dropoff',
  en_route_to_dropoff: 'arrived_at_dropoff',
  arrived_at_dropoff: 'delivered',
  failed_attempt: 'wait_decision',
};

export function statusOf(task: TaskView, order: OrderView | undefined): string {
  const delivery = order?.deliveries.find((known: DeliveryView) => known.delivery === task.delivery);
  // Before the order has been heard, the task says at least on which side of the store it is.
  return delivery?.status ?? (task.picked_up ? 'picked_up' : 'assigned');
}

/** The status that will be, when every queued step has been carried out. */
export function foreseen(status: string, queued: StepName[]): string {
  return queued.at(-1) ?? status;
}

export function nextStep(status: string): Next {
  return NEXT[status] ?? null;
}

/** Tasks in the order in which the route comes to them, each once. */
export function inRouteOrder(tasks: TaskView[], stops: StopView[]): TaskView[] {
  const place = (task: TaskView) => {
    const index = stops.findIndex((stop) => stop.delivery === task.delivery);
    return index < 0 ? stops.length : index;
  };
  return [...tasks].sort((one, other) => place(one) - place(other));
}
