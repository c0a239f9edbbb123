// What needs a hand, in the order of what waiting costs; and lists as files that a spreadsheet can
// open without being told to compute anything. Pure, so that it can be tested.

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

/** A cell that a spreadsheet shows and never computes, whatever it begins with. */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: string[][]): string {
  // The mark at the beginning tells spreadsheets that this is UTF-8.
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
