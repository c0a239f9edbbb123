// The orders that were placed in this browser, as the links that open them: no name, phone or address.

export interface Mine {
  order: string;
  /** The tracking page, with what opens it behind the #. */
  url: string;
  at: number;
}

type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

const KEPT = 'paidan.orders';
const MOST_KEPT = 5;
/** For so long a shopper's link opens its order. */
const OPENS_MS = 90 * 86_400_000;

/** Youngest first; those that open nothing any more are left out. */
export function mine(shelf: Shelf, now: number): Mine[] {
  try {
    const kept: unknown = JSON.parse(shelf.getItem(KEPT) ?? '[]');
    return (Array.isArray(kept) ? (kept as Mine[]) : []).filter(({ url, at }) => url.startsWith('/track/') && now - at < OPENS_MS);
  } catch {
    return [];
  }
}

export function keepMine(shelf: Shelf, next: Mine, now: number) {
  const others = mine(shelf, now).filter(({ order }) => order !== next.order);
  shelf.setItem(KEPT, JSON.stringify([next, ...others].slice(0, MOST_KEPT)));
}

/** Its link opens nothing any more. */
export function dropMine(shelf: Shelf, order: string, now: number) {
  shelf.setItem(KEPT, JSON.stringify(mine(shelf, now).filter((known) => known.order !== order)));
}
