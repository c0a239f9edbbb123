// Views that are asked for when somebody opens them: the live map and the lists come first.

import type { Component } from 'svelte';
import type { Hq } from './hq.svelte';

export type View = Component<{ hq: Hq }>;

const LATER: Record<string, () => Promise<{ default: View }>> = {
  products: () => import('./Products.svelte'),
  stock: () => import('./Stock.svelte'),
  campaigns: () => import('./Campaigns.svelte'),
  reports: () => import('./Reports.svelte'),
  people: () => import('./People.svelte'),
  audit: () => import('./Audit.svelte'),
  policy: () => import('./Policy.svelte'),
  members: () => import('./Members.svelte'),
  books: () => import('./Books.svelte'),
};

export function isLater(view: string): boolean {
  return view in LATER;
}

export async function viewOf(view: string): Promise<View | null> {
  return (await LATER[view]?.())?.default ?? null;
}
