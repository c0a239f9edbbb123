// The whole city as headquarters sees it: orders by push, couriers and stores by asking again.

import { SvelteMap } from 'svelte/reactivity';
import { now } from '../lib/clock.svelte';
import { Connection } from '../lib/connect.svelte';
import { called, named } from '../lib/format';
import { newKey, Refused, type Api } from '../lib/http';
import type { Dot } from '../lib/map/dots';
import { keep, MEDIA } from '../lib/sheet';
import { whyNot } from '../lib/whyNot';
import type { CourierList, CourierView, FleetCourier, FleetView, OrderCardView, StoreList, StoreView } from '../wire';
import { isLate, isOpen, worklist } from './work';

const FLEET_EVERY_MS = 1_000;
const STORES_EVERY_MS = 15_000;
/** Couriers asked for one by one, at most. */
const MOST_NAMED = 40;
/** Colours of the map's dots, by state. */
export const STATES = ['idle', 'offered', 'busy', 'full', 'off_duty', 'stale'];
const OFF = new Set(['off_duty', 'on_break', 'suspended']);

export class Hq {
  orders = new SvelteMap<string, OrderCardView>();
  fleet = $state.raw<FleetCourier[]>([]);
  stores = $state.raw<StoreView[]>([]);
  private readonly couriers = new SvelteMap<string, string>();
  problem = $state('');
  told = $state('');
  readonly connection: Connection;
  private timers: ReturnType<typeof setInterval>[] = [];
  private isAsking = false;

  readonly open = $derived([...this.orders.values()].filter(isOpen));
  readonly work = $derived(worklist(this.orders.values(), now()));
  readonly late = $derived(this.open.filter((card) => isLate(card, now())));
  readonly onDuty = $derived(this.fleet.filter((courier) => !OFF.has(courier.state)));
  readonly paused = $derived(this.stores.filter((store) => ['paused', 'offline'].includes(store.state.status)));
  readonly dots = $derived<Dot[]>(
    this.onDuty.map(({ id, lat, lon, state }) => ({ id, lat, lon, colour: Math.max(0, STATES.indexOf(state)) })),
  );

  constructor(readonly api: Api) {
    this.connection = new Connection(api);
    this.connection.socket.watch(
      { kind: 'operations' },
      {
        snapshot: (state) => {
          this.orders.clear();
          this.take(state);
        },
        delta: (change) => this.take(change),
        ended: (fault) => (this.problem = whyNot(fault)),
      },
    );
  }

  start() {
    this.connection.socket.start();
    void this.askFleet();
    void this.askStores();
    this.timers = [
      setInterval(() => void this.askFleet(), FLEET_EVERY_MS),
      setInterval(() => void this.askStores(), STORES_EVERY_MS),
    ];
  }

  stop() {
    this.timers.forEach((timer) => clearInterval(timer));
    this.connection.socket.stop();
  }

  private take(state: unknown) {
    for (const card of (state as { orders: OrderCardView[] }).orders) {
      if (isOpen(card)) this.orders.set(card.order, card);
      else this.orders.delete(card.order);
    }
  }

  private async askFleet() {
    // A page that nobody looks at asks nothing, and no question overtakes the one before it.
    if (this.isAsking || document.hidden) return;
    this.isAsking = true;
    await this.quietly(async () => {
      this.fleet = (await this.api.get<FleetView>('/v1/fleet')).couriers;
    });
    this.isAsking = false;
  }

  async askStores() {
    await this.quietly(async () => {
      const all: StoreView[] = [];
      let next: string | null | undefined;
      do {
        const page = await this.api.get<StoreList>(`/v1/stores?limit=500${next ? `&after=${next}` : ''}`);
        all.push(...page.stores);
        next = page.next_after;
      } while (next);
      this.stores = all;
    });
  }

  /** What is asked again in a moment anyway complains to nobody. */
  private async quietly(work: () => Promise<void>) {
    try {
      await work();
    } catch (fault) {
      if (fault instanceof Refused && fault.status === 401) this.connection.line = 'refused';
    }
  }

  /** Asked for by the pages that name couriers: all that one answer holds, and of the others these. */
  async askCouriers(wanted: string[] = []) {
    if (this.couriers.size === 0) {
      await this.quietly(async () => {
        const { couriers } = await this.api.get<CourierList>('/v1/couriers?limit=1000');
        for (const known of couriers) this.couriers.set(known.id, known.display_name);
      });
    }
    const missing = [...new Set(wanted)].filter((id) => !this.couriers.has(id)).slice(0, MOST_NAMED);
    await Promise.all(
      missing.map((id) =>
        this.quietly(async () => {
          this.couriers.set(id, (await this.api.get<CourierView>(`/v1/couriers/${id}`)).display_name);
        }),
      ),
    );
  }

  courierName(id: string): string {
    return named(this.couriers.get(id), id);
  }

  storeName(id: string): string {
    return this.stores.find((store) => store.id === id)?.name ?? called(id);
  }

  /** Does something; what stood in its way is said at the top of the page. */
  async trying<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.problem = this.told = '';
    try {
      return await work();
    } catch (fault) {
      this.problem = whyNot(fault);
      return undefined;
    }
  }

  /** A table of the server's, saved as a file. */
  save(path: string, name: string, form: 'csv' | 'xlsx', body?: object): Promise<void> {
    return this.trying(async () => keep(await this.api.file(path, MEDIA[form], body), `${name}.${form}`));
  }

  /** Does one thing, once, and says what came of it. */
  async act(path: string, body: unknown, done: string): Promise<boolean> {
    this.problem = this.told = '';
    try {
      await this.api.post(path, body, newKey());
      this.told = done;
      return true;
    } catch (fault) {
      this.problem = whyNot(fault);
      return false;
    }
  }
}
