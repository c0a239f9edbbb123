// Why units of a line did not come, and what became of their money: pure, so that it can be tested.

import type { OrderView } from '../wire';

/** `declined`: whoever had the line gave all of it back and no other store took it. `short`: a store does the
 * rest of the line, and these were not there. */
export type Lack = 'declined' | 'short';
export type Money = 'owed' | 'confirmed' | 'nothing';

type Seen = Pick<OrderView, 'parts' | 'money'>;

/** A share that was given back whole keeps no lines; one that lacks goods keeps those it has. */
export function lackOf({ parts }: Seen, line: number): Lack {
  const isDone = parts.some((part) => part.status !== 'rejected' && part.lines.some((known) => known.line === line && known.units > 0));
  return !isDone && parts.some((part) => part.status === 'rejected') ? 'declined' : 'short';
}

/** On its way, given back, or never taken; null where money is not shown. */
export function moneyOf({ money }: Seen, line: number): Money | null {
  if (!money) return null;
  const own = money.refunds.filter((refund) => refund.why === 'unfillable' && refund.lines.some((known) => known.line === line));
  if (own.some((refund) => refund.status === 'owed')) return money.payment_method === 'cash_on_delivery' ? 'nothing' : 'owed';
  return own.some((refund) => refund.status === 'confirmed') ? 'confirmed' : 'nothing';
}
