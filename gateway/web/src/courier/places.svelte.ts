// The stores a courier goes to, by name and address: asked for once, kept on this phone for when there
// is no network.

import { SvelteMap } from 'svelte/reactivity';
import type { Api } from '../lib/http';
import type { StoreView } from '../wire';

const KEPT = 'paidan.courier.stores';
const MOST_KEPT = 200;

export interface StorePlace {
  name: string;
  address?: string | null;
}

export class Places {
  private readonly known: SvelteMap<string, StorePlace>;
  private readonly asked = new Set<string>();

  constructor(private readonly api: Api) {
    this.known = new SvelteMap(kept());
  }

  of(store: string): StorePlace | undefined {
    return this.known.get(store);
  }

  /** Asks for those that are not known, and for each once anew: a store may have moved. */
  learn(stores: Iterable<string>) {
    for (const store of stores) if (!this.asked.has(store)) void this.ask(store);
  }

  private async ask(store: string) {
    this.asked.add(store);
    try {
      const { name, address } = await this.api.get<StoreView>(`/v1/stores/${store}`);
      this.known.set(store, { name, address: address ?? null });
      localStorage.setItem(KEPT, JSON.stringify([...this.known].slice(-MOST_KEPT)));
    } catch {
      // Without it the map still shows where to go; the next word of the server asks again.
      this.asked.delete(store);
    }
  }
}

function kept(): [string, StorePlace][] {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '[]') as [string, StorePlace][];
  } catch {
    return [];
  }
}
