// The trail of changes in words: what a document is called, who wrote it, and what it is about where a
// word says more than its body. Pure, so that it can be tested.

import { called, named } from '../lib/format';

/** The names that headquarters knows, by id. */
export interface Names {
  store: (id: string) => string | undefined;
  courier: (id: string) => string | undefined;
  role: (name: string) => string;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Documents of which there is one: their id says nothing. */
const ONLY = new Set(['policy', 'member_policy', 'replenishment', 'book', 'settlement_policy']);

interface Body {
  name?: string;
  display_name?: string;
  opened?: boolean;
  removed?: boolean;
  revoked?: boolean;
  granted?: unknown;
}

/** What the document is called. */
export function subject(kind: string, id: string, body: unknown, names: Names): string {
  const { name, display_name } = (body ?? {}) as Body;
  if (kind === 'store') return name ?? names.store(id) ?? called(id);
  if (kind === 'courier') return named(display_name ?? names.courier(id), id);
  if (kind === 'role') return names.role(id);
  if (ONLY.has(kind) && !ID.test(id)) return '';
  if (name) return name;
  return ID.test(id) ? called(id) : id;
}

/** What happened, where the body is only a mark. */
export function mark(body: unknown): 'opened' | 'removed' | 'revoked' | 'granted' | null {
  const { opened, removed, revoked, granted } = (body ?? {}) as Body;
  if (opened === true) return 'opened';
  if (removed === true) return 'removed';
  if (revoked === true) return 'revoked';
  return granted === undefined ? null : 'granted';
}

export type Author =
  | { who: 'staff' | 'courier'; id: string }
  | { who: 'shopper' | 'provider' | 'timer' | 'partition' }
  | { who: 'other'; text: string };

/** `principal:…` and its like, taken apart. */
export function author(by: string): Author {
  const [who = '', id = ''] = by.split(':');
  switch (who) {
    case 'principal':
      return { who: 'staff', id };
    case 'courier':
      return { who, id };
    case 'shopper':
    case 'provider':
    case 'timer':
    case 'partition':
      return { who };
    default:
      return { who: 'other', text: by };
  }
}
