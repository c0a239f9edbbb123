// What a role may do, as the editor shows it: verbs in groups, and in what each limit is counted.

import type { Permit, Verb } from '../wire';

export type Unit = 'yuan' | 'units' | 'points';

export const GROUPS = {
  hq: [
    'manage_tokens',
    'manage_roles',
    'manage_stores',
    'manage_couriers',
    'manage_catalog',
    'manage_prices',
    'manage_campaigns',
    'manage_policy',
    'manage_replenishment',
    'read_policy',
    'read_audit',
    'read_feed',
    'watch_operations',
    'forget_people',
  ],
  goods: ['read_catalog', 'set_store_price', 'read_campaigns', 'run_campaigns', 'quote'],
  stores: [
    'read_stores',
    'run_store',
    'read_board',
    'show_board',
    'work_fulfillment',
    'read_stock',
    'manage_stock',
    'report_sale',
    'manage_transfers',
    'work_transfers',
  ],
  books: ['read_reports', 'manage_books'],
  orders: [
    'place_order',
    'read_order',
    'list_orders',
    'explain_order',
    'cancel_order',
    'change_order',
    'hold_order',
    'move_fulfillment',
    'remind_order',
    'rate_order',
    'read_proof',
    'request_return',
    'decide_return',
    'receive_return',
    'read_payment',
    'pay',
  ],
  members: ['read_member', 'use_member', 'find_member', 'manage_members'],
  deliveries: [
    'advance_delivery',
    'resolve_delivery',
    'steer_delivery',
    'receive_back',
    'advance_parcel',
    'read_couriers',
    'courier_duty',
    'suspend_courier',
    'report_position',
    'answer_offer',
  ],
  machines: ['relay'],
} as const satisfies Record<string, readonly Verb[]>;

export type Group = keyof typeof GROUPS;
const GROUPED = new Set<string>(Object.values(GROUPS).flat());

/** What a role has that no group names: verbs of a newer server, kept as they are. */
export function others(permits: Permit[]): Permit[] {
  return permits.filter(({ verb }) => !GROUPED.has(verb));
}

const UNITS: Partial<Record<Verb, Unit>> = {
  cancel_order: 'yuan',
  decide_return: 'yuan',
  manage_stock: 'units',
  manage_transfers: 'units',
  manage_members: 'points',
};

/** In what the limit of a verb is counted; nothing where a limit means nothing. */
export function unitOf(verb: Verb): Unit | undefined {
  return UNITS[verb];
}

/** Whether a second person can be asked for what is above a limit. */
export function hasSecond(verb: Verb): boolean {
  return unitOf(verb) === 'yuan';
}

/** As it is typed: yuan for money, else whole units. */
export function typed(verb: Verb, limit: number | null | undefined): number | null {
  if (limit == null) return null;
  return unitOf(verb) === 'yuan' ? limit / 100 : limit;
}

export function kept(verb: Verb, typed: number | null): number | null {
  if (typed == null || !Number.isFinite(typed)) return null;
  return unitOf(verb) === 'yuan' ? Math.round(typed * 100) : Math.round(typed);
}

/** The permits with one put in the place of the one of its verb, or taken out. */
export function withPermit(permits: Permit[], verb: Verb, permit: Permit | null): Permit[] {
  const known = permits.some((one) => one.verb === verb);
  if (!permit) return permits.filter((one) => one.verb !== verb);
  return known ? permits.map((one) => (one.verb === verb ? permit : one)) : [...permits, permit];
}
