// What a shopper has chosen so far, and what the server says it costs.

import { Api, newKey } from '../lib/http';
import { keepMine } from '../lib/mine';
import type { Point } from '../lib/place';
import { whyNot } from '../lib/whyNot';
import { Membership } from './membership.svelte';
import type { PlacedView, QuoteView, SkuPage, SkuView, StoreList, StoreView } from '../wire';

export type Mode = 'delivery' | 'pickup' | 'express';
export interface Person {
  name: string;
  phone: string;
  address: string;
}

const PAGE = 60;
const KEPT = 'paidan.shopper';
/** The cart of this tab: it outlives a reload and the Back button, and is empty once it is ordered. */
const CART = 'paidan.cart';

interface KeptCart {
  cart: Record<string, number>;
  mode: Mode;
  store: string | null;
  door: Point | null;
  /** Of which link this was chosen: another one says anew where its reader lives. */
  link: string;
}

export class Shop {
  door = $state.raw<Point | null>(null);
  mode = $state<Mode>('delivery');
  stores = $state.raw<StoreView[]>([]);
  /** Null: whichever store has it all and is near. */
  store = $state.raw<StoreView | null>(null);
  /** Those that are called what somebody typed; null: nobody typed anything, and the nearest are shown. */
  found = $state.raw<StoreView[] | null>(null);
  goods = $state.raw<SkuView[]>([]);
  next = $state.raw<string | null>(null);
  cart = $state<Record<string, number>>({});
  quote = $state.raw<QuoteView | null>(null);
  placed = $state.raw<PlacedView | null>(null);
  problem = $state('');
  isBusy = $state(false);
  person = $state<Person>(keptPerson());
  /** Coupons of the member's that this order shall use, and whether points pay a part. */
  coupons = $state<string[]>([]);
  usesPoints = $state(false);
  readonly membership: Membership;
  private link = '';
  private known = new Map<string, SkuView>();
  private key = newKey();

  constructor(private readonly api: Api) {
    this.membership = new Membership(api);
  }

  get lines() {
    return Object.entries(this.cart).map(([sku, quantity]) => ({ sku, quantity }));
  }

  nameOf(sku: string): string {
    return this.known.get(sku)?.name ?? '';
  }

  async near(place: Point | null) {
    const query = place ? `near=${place.lat},${place.lon}&limit=12` : 'limit=30';
    await this.trying(async () => {
      this.stores = (await this.api.get<StoreList>(`/v1/stores?${query}`)).stores;
    });
  }

  /** Any store of the chain by a part of its name, with its distance where the place is known. */
  async seek(name: string) {
    const text = name.trim();
    if (!text) {
      this.found = null;
      return;
    }
    const { door } = this;
    const query = new URLSearchParams({ q: text, limit: '12', ...(door && { near: `${door.lat},${door.lon}` }) });
    await this.trying(async () => {
      this.found = (await this.api.get<StoreList>(`/v1/stores?${query}`)).stores;
    });
  }

  async list(words: string, after: string | null = null) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    const shelf = this.store ?? this.stores.find((store) => store.state.is_open_now) ?? this.stores[0];
    if (shelf) query.set('store', shelf.id);
    if (words) query.set('q', words);
    if (after) query.set('after', after);
    await this.trying(async () => {
      const page = await this.api.get<SkuPage>(`/v1/skus?${query}`);
      page.skus.forEach((sku) => this.known.set(sku.id ?? '', sku));
      const sold = page.skus.filter((sku) => !sku.delisted);
      this.goods = after ? [...this.goods, ...sold] : sold;
      this.next = page.next_after ?? null;
    });
  }

  change(sku: string, by: number) {
    const count = (this.cart[sku] ?? 0) + by;
    if (count > 0) this.cart[sku] = count;
    else delete this.cart[sku];
    this.quote = null;
    this.keep();
  }

  /** Keeps what was chosen, for this tab. */
  keep() {
    const kept: KeptCart = { cart: this.cart, mode: this.mode, store: this.store?.id ?? null, door: this.door, link: this.link };
    sessionStorage.setItem(CART, JSON.stringify(kept));
  }

  /** What this tab had chosen before; the store is answered as its id, once the stores are known. */
  recall(link: string): { store: string | null; door: Point | null } {
    const kept = keptCart();
    this.link = link;
    this.cart = kept.cart ?? {};
    this.mode = kept.mode ?? 'delivery';
    if (kept.link !== link) return { store: null, door: null };
    return { store: kept.store ?? null, door: kept.door ?? null };
  }

  /** Back from the order that was placed: the next one begins with nothing in the cart. */
  begin() {
    this.placed = this.quote = null;
    this.coupons = [];
    this.usesPoints = false;
    this.key = newKey();
  }

  async price() {
    if (this.lines.length === 0) return;
    await this.trying(async () => {
      const body = { mode: this.mode, lines: this.lines, ...(this.store && { store: this.store.id }), ...this.uses() };
      this.quote = await this.api.post<QuoteView>('/v1/quotes', body);
      this.key = newKey();
    });
  }

  /** The member's token proves whose coupons and points these are. */
  private uses(): object {
    const { token, member, free } = this.membership;
    if (!token || !member) return {};
    const coupons = this.coupons.filter((chosen) => free.some((coupon) => coupon.coupon === chosen));
    return { member: token, coupons, ...(this.usesPoints && { points: member.points }) };
  }

  /** The same key until it is placed: a second tap is no second order. */
  async place(method: 'online' | 'cash_on_delivery') {
    const quote = this.quote;
    if (!quote) return;
    localStorage.setItem(KEPT, JSON.stringify(this.person));
    const { name, phone, address } = this.person;
    const isBrought = this.mode !== 'pickup';
    const body = {
      quote: quote.quote,
      shopper: { name, phone, ...(isBrought && { address }) },
      payment_method: method,
      ...(isBrought && this.door && { destination: this.door }),
      ...(this.store && { store: this.store.id }),
    };
    await this.trying(async () => {
      this.placed = await this.api.post<PlacedView>('/v1/orders', body, this.key);
      this.cart = {};
      this.keep();
      this.remember(this.placed);
    });
    // An old price is asked for again at once; everything else is told.
    if (!this.placed && this.problem) await this.priceAgain();
  }

  /** A browser that keeps nothing has its link all the same. */
  private remember({ order, placed_at }: PlacedView) {
    try {
      keepMine(localStorage, { order, url: this.followUrl, at: placed_at }, placed_at);
    } catch {
      // No room, or none is given.
    }
  }

  private async priceAgain() {
    const problem = this.problem;
    await this.membership.trying(() => this.membership.load());
    await this.price();
    this.problem = problem;
  }

  async pay() {
    const placed = this.placed;
    if (!placed?.payment.pay_url) return;
    // With what opens this one order: the page's own token brings orders and pays none.
    const shopper = new Api('shop', placed.shopper_token);
    await this.trying(async () => {
      await shopper.post(placed.payment.pay_url ?? '', { outcome: 'success' }, `pay-${placed.order}`);
      this.follow();
    });
  }

  /** The tracking page, with what opens it behind the #: servers and logs never see that part. */
  get followUrl(): string {
    const { order, shopper_token, pickup_code } = this.placed ?? { order: '', shopper_token: '' };
    const words = new URLSearchParams({ token: shopper_token, ...(pickup_code && { code: pickup_code }) });
    return `/track/${order}#${words}`;
  }

  follow() {
    location.assign(this.followUrl);
  }

  private async trying(work: () => Promise<void>) {
    this.isBusy = true;
    this.problem = '';
    try {
      await work();
    } catch (fault) {
      this.problem = whyNot(fault);
    } finally {
      this.isBusy = false;
    }
  }
}

function keptPerson(): Person {
  const none = { name: '', phone: '', address: '' };
  try {
    return { ...none, ...(JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Person>) };
  } catch {
    return none;
  }
}

function keptCart(): Partial<KeptCart> {
  try {
    return JSON.parse(sessionStorage.getItem(CART) ?? '{}') as Partial<KeptCart>;
  } catch {
    return {};
  }
}
