// What needs a hand, in the order of what waiting costs. Pure, so that it can be tested.

import type { OrderCardView } from '../wire';

const OVER = new Set(['completed', 'cancelled', 'expired', 'refused']);

export function isOpen(card: OrderCardView): boolean {
  return !OVER.has(card.status);
}

export function isLate(card: OrderCardView, now: number): boolean {
  return isOpen(card) && (card.late || (card.promised_by_at != null && card.promised_by_at < now));
}

/** What each time that a shopper asked weighs, in minutes of lateness. */
const REMINDER_MINUTES = 4;

/** An order without a courier past its promise costs most; then what is late longest; then the rest. Each reminder
 * counts as some minutes. */
export function cost(card: OrderCardView, now: number): number {
  const lateMs = card.promised_by_at == null ? 0 : Math.max(0, now - card.promised_by_at);
  return lateMs / 60_000 + (card.escalated ? 10 : 0) + (card.couriers.length === 0 ? 5 : 0) + (card.reminders ?? 0) * REMINDER_MINUTES;
}

export function worklist(cards: Iterable<OrderCardView>, now: number): OrderCardView[] {
  const waiting = [...cards].filter((card) => isOpen(card) && (card.escalated || isLate(card, now) || (card.reminders ?? 0) > 0));
  const byCost = (one: OrderCardView, other: OrderCardView) =>
    cost(other, now) - cost(one, now) || (one.order < other.order ? -1 : 1);
  return waiting.sort(byCost);
}

/** What headquarters can do about an order from the worklist. */
export const REMEDIES = ['reassign', 'resource', 'refund', 'call'] as const;
export type Remedy = (typeof REMEDIES)[number];

/** What helps most: another store where none has accepted, another courier where one lacks or is late; whoever asked
 * where their order is and is not late is called. */
export function remedyFor(card: OrderCardView, now: number): Remedy {
  if (card.status === 'on_hold') return 'call';
  if (!card.stage && !card.escalated) return 'resource';
  if (!card.escalated && !isLate(card, now) && (card.reminders ?? 0) > 0) return 'call';
  return card.stage === 'on_the_way' || card.stage === 'handed_over' ? 'call' : 'reassign';
}

/** How an order ended, where its shopper fetched it or a parcel came: couriers deliver, the others do not. */
export function endedAs({ mode, stage }: OrderCardView): 'collected' | 'parcelReceived' | null {
  if (stage !== 'delivered') return null;
  return mode === 'pickup' ? 'collected' : mode === 'express' ? 'parcelReceived' : null;
}

/** When an order was placed: its id begins with the time. */
export function bornAt(id: string): number {
  return parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}
