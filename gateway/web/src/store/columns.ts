// Where a card stands on the board, and how late it is: pure, so that it can be tested.

import { called } from '../lib/format';
import type { BoardCard } from '../wire';

export type Lane = 'fresh' | 'preparing' | 'ready' | 'out' | 'exceptions';
export const LANES: Lane[] = ['exceptions', 'fresh', 'preparing', 'ready', 'out'];
export type Lateness = 'onTime' | 'soon' | 'late';
export type Step = 'accept' | 'begin' | 'pack' | 'handOver' | 'redeem' | 'ship' | 'resume';

const LANE_OF: Record<string, Lane> = {
  assigned: 'fresh',
  accepted: 'preparing',
  picking: 'preparing',
  ready: 'ready',
  handed_over: 'out',
  on_hold: 'exceptions',
};

/** Null for what is not on the board yet: an order for later. */
export function laneOf(card: BoardCard): Lane | null {
  return LANE_OF[card.status] ?? null;
}

/** Due soon when a fifth of the way to the promise is left, at most five minutes. */
export function lateness(card: BoardCard, now: number): Lateness {
  if (card.status === 'handed_over') return 'onTime';
  const due = card.status === 'ready' ? card.promised_by_at : (card.ready_at ?? card.promised_by_at);
  if (now > due) return 'late';
  const soon = Math.min(300_000, (due - card.since_at) / 5);
  return due - now <= soon ? 'soon' : 'onTime';
}

/** What counts down on a card. */
export function dueAt(card: BoardCard): number {
  if (card.status === 'assigned') return card.accept_by_at ?? card.promised_by_at;
  return card.status === 'ready' ? card.promised_by_at : (card.ready_at ?? card.promised_by_at);
}

/** Whether a courier may stand here with it again: the board is not told whether the door was opened. */
export function comesBack(card: BoardCard): boolean {
  return card.status === 'handed_over' && card.mode === 'delivery';
}

export function nextStep(card: BoardCard): Step | null {
  switch (card.status) {
    case 'assigned':
      return 'accept';
    case 'accepted':
      return 'begin';
    case 'picking':
      return 'pack';
    case 'on_hold':
      return 'resume';
    case 'ready':
      if (card.mode === 'pickup') return 'redeem';
      return card.mode === 'express' ? 'ship' : 'handOver';
    default:
      return null;
  }
}

/** Cards by lane, those that are due first before the others. */
export function arranged(cards: Iterable<BoardCard>): Record<Lane, BoardCard[]> {
  const lanes: Record<Lane, BoardCard[]> = { exceptions: [], fresh: [], preparing: [], ready: [], out: [] };
  for (const card of cards) {
    const lane = laneOf(card);
    if (lane) lanes[lane].push(card);
  }
  const byDue = (one: BoardCard, other: BoardCard) =>
    dueAt(one) - dueAt(other) || (one.fulfillment_order < other.fulfillment_order ? -1 : 1);
  for (const lane of LANES) lanes[lane].sort(byDue);
  return lanes;
}

/** The cards that the keys 1 to 9 choose, in the order in which they stand: those with a next step. */
export function keyed(cards: Iterable<BoardCard>): string[] {
  const found: string[] = [];
  for (const card of cards) {
    const next = nextStep(card);
    if (next && !lacksCourier(card, next)) found.push(card.fulfillment_order);
    if (found.length === 9) break;
  }
  return found;
}

/** Ready, and nobody to give it to. */
export function lacksCourier(card: BoardCard, next: Step | null): boolean {
  return next === 'handOver' && !card.courier;
}

/** What is shown until the server has said so: the same card one step on. */
export function after(card: BoardCard, step: Step): BoardCard {
  const status = { accept: 'accepted', begin: 'picking', pack: 'ready', handOver: 'handed_over', redeem: 'handed_over', ship: 'handed_over', resume: card.status }[step];
  return { ...card, status };
}

/** Whether its shopper asked where it is and nobody has said anything. */
export function asks(card: BoardCard): boolean {
  return card.reminded != null && !card.reminded.is_answered && card.status !== 'handed_over';
}

export type Reason = 'not_in_stock' | 'mismatch' | 'damaged' | 'too_busy' | 'closing' | 'other';

/** Why goods are not given: a store that is busy or closing gives the whole order back, not a line of it. */
export function reasonsOf(isWhole: boolean): Reason[] {
  return ['not_in_stock', 'mismatch', 'damaged', ...(isWhole ? (['too_busy', 'closing'] as const) : []), 'other'];
}

/** What is done when the time on a card is over. */
export function timerOf(card: BoardCard): 'timeToAccept' | 'timeToPick' | 'timeToGive' {
  if (card.status === 'assigned') return 'timeToAccept';
  return card.status === 'ready' ? 'timeToGive' : 'timeToPick';
}

/** The number that is called out and stands on the bag; before there is one, what the order is called. */
export function numberOf(card: BoardCard): string {
  return card.number == null ? called(card.order) : String(card.number).padStart(3, '0');
}

/** What the counter should know of who comes: nobody yet, on the way, about to arrive, or waiting here. */
export type Comer =
  | { kind: 'nobody' }
  | { kind: 'comes'; courier: string; minutes: number }
  | { kind: 'near'; courier: string }
  | { kind: 'here'; courier: string; waitMs: number };

export function comer(card: BoardCard, now: number): Comer | null {
  if (card.mode !== 'delivery' || !['ready', 'picking', 'accepted'].includes(card.status)) return null;
  const { courier, courier_at, courier_here_at } = card;
  if (!courier) return { kind: 'nobody' };
  if (courier_here_at != null) return { kind: 'here', courier, waitMs: Math.max(0, now - courier_here_at) };
  const minutes = courier_at == null ? 0 : Math.round((courier_at - now) / 60_000);
  return minutes > 0 ? { kind: 'comes', courier, minutes } : { kind: 'near', courier };
}
