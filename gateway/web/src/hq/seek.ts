// Finding orders: what somebody typed in terms that the server knows, and page after page until one has it.

import type { OrderCardView, OrderPage } from '../wire';

/** Orders that one question looks at; the server answers those of them that are meant. */
const PAGE = 500;
/** Questions of one search: what is older is looked at when somebody asks for it. */
const MOST_PAGES = 8;
/** Orders of a list that seeks no id. */
const LISTED = 50;

export interface Meant {
  /** A part of an order's id, most often its last six letters. */
  id?: string;
  store?: string;
  status?: string;
}

/** Null: words that no list of orders knows. */
export function meant(text: string, stores: { id: string; name: string }[], statuses: [string, string][]): Meant | null {
  const said = text.trim().toLowerCase();
  if (!said) return {};
  const id = said.replace(/^#/, '');
  if (/^[0-9a-f-]+$/.test(id)) return { id };
  const status = statuses.find(([, word]) => word.toLowerCase() === said);
  if (status) return { status: status[0] };
  const named = stores.filter(({ name }) => name.toLowerCase().includes(said));
  const store = named.find(({ name }) => name.toLowerCase() === said) ?? (named.length === 1 ? named[0] : undefined);
  return store ? { store: store.id } : null;
}

export interface Found {
  cards: OrderCardView[];
  /** Where older ones begin; null: there are none. */
  next: string | null;
  /** How many orders were looked at. */
  looked: number;
}

export const NOTHING: Found = { cards: [], next: null, looked: 0 };

/** A page more of a list; of an id as many pages as it takes to find one more, up to a bound. */
export async function further(ask: (query: string) => Promise<OrderPage>, terms: string, before: Found): Promise<Found> {
  const isSought = new URLSearchParams(terms).has('id');
  const limit = isSought ? PAGE : LISTED;
  let { cards, next, looked } = before;
  for (let page = 0; page < (isSought ? MOST_PAGES : 1); page += 1) {
    const query = new URLSearchParams(terms);
    query.set('limit', String(limit));
    if (next) query.set('after', next);
    const { orders, next_after = null } = await ask(String(query));
    cards = [...cards, ...orders];
    looked += limit;
    next = next_after;
    if (next === null || orders.length > 0) break;
  }
  return { cards, next, looked };
}
