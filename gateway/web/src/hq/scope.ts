// Where somebody's role applies, as a form asks for it. Pure, so that it can be tested.

export type Scope = string | { stores?: string[]; regions?: string[]; merchant?: string; courier?: string; order?: string; member?: string };

export const KINDS = ['all', 'stores', 'region', 'merchant'] as const;
export type Kind = (typeof KINDS)[number];

/** A scope as the form of a person asks for it. */
export interface Asked {
  kind: Kind;
  stores: string[];
  regions: string[];
  merchant: string;
  courier: string;
}

/** A form that says this. */
export function askedOf(value: unknown, now: Asked): Asked {
  const scope = value as Scope;
  if (typeof scope === 'string') return { ...now, kind: 'all' };
  if (scope.courier) return { ...now, courier: scope.courier };
  if (scope.merchant) return { ...now, kind: 'merchant', merchant: scope.merchant };
  if (scope.regions) return { ...now, kind: 'region', regions: [...scope.regions] };
  return { ...now, kind: 'stores', stores: [...(scope.stores ?? [])] };
}

export function scopeOf(role: string, asked: Asked): unknown {
  if (role === 'courier') return { courier: asked.courier.trim() };
  if (asked.kind === 'stores') return { stores: asked.stores };
  if (asked.kind === 'region') return { regions: asked.regions };
  return asked.kind === 'merchant' ? { merchant: asked.merchant } : 'all';
}
