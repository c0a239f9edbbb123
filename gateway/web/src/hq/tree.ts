// The categories as a tree: each with how deep it hangs, parents before what is below them.

import type { CategoryView } from '../wire';

export interface Hung {
  category: CategoryView;
  code: string;
  depth: number;
}

export function hung(categories: CategoryView[]): Hung[] {
  const codes = new Set(categories.map((one) => one.code ?? ''));
  const below = grouped(categories, (one) => parent(one, codes));
  const walk = (above: string, depth: number): Hung[] =>
    [...(below.get(above) ?? [])].sort(inOrder).flatMap((category) => {
      const code = category.code ?? '';
      return [{ category, code, depth }, ...(code ? walk(code, depth + 1) : [])];
    });
  return walk('', 0);
}

/** What names a parent that is not there hangs at the root, so that nothing is lost from sight. */
function parent({ parent }: CategoryView, codes: Set<string>): string {
  return parent && codes.has(parent) ? parent : '';
}

function grouped<T>(all: T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

function inOrder(one: CategoryView, other: CategoryView): number {
  return (one.position ?? 0) - (other.position ?? 0) || ((one.code ?? '') < (other.code ?? '') ? -1 : 1);
}
