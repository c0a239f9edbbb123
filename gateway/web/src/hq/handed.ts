// Who had a delivery and why: the explanation tells it while it goes on, the history also afterwards.

import type { DispatchView, EventView, ProposedCourier } from '../wire';

type Handed = Pick<ProposedCourier, 'courier' | 'because'>;
type Asked = Pick<DispatchView, 'delivery' | 'status'> & { granted?: Handed | null };

/** Nobody has it yet, or not any more. */
const NOBODYS = ['unassigned', 'offering'];

export function handed(events: EventView[], { delivery, status, granted }: Asked): Handed | null {
  if (granted) return granted;
  if (NOBODYS.includes(status)) return null;
  const last = events.findLast(({ kind, payload }) => kind === 'delivery_assigned' && payload['delivery'] === delivery);
  const { courier, because } = (last?.payload ?? {}) as Partial<Handed>;
  return courier && because ? { courier, because } : null;
}
