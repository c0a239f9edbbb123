// Where somebody's role applies, in words.

import { called } from '../lib/format';
import { words } from './roleWords';
import type { Scope } from './scope';
import { words as general } from './words';

/** What is called how, of those that a scope may name. */
export interface ScopeNames {
  store: (id: string) => string;
  region: (id: string) => string | undefined;
  merchant: (id: string) => string | undefined;
  courier: (id: string) => string;
}

export function scopeText(value: unknown, names: ScopeNames): string {
  const scope = value as Scope;
  if (scope === 'channel') return words().ownChannel;
  if (typeof scope === 'string') return general().everywhere;
  if (scope.courier) return `${general().courier} ${names.courier(scope.courier)}`;
  if (scope.merchant) return `${words().merchant} ${names.merchant(scope.merchant) ?? called(scope.merchant)}`;
  if (scope.order) return `${general().order} ${called(scope.order)}`;
  if (scope.member) return `${words().role_member} ${called(scope.member)}`;
  if (scope.regions) return `${words().region} ${scope.regions.map((id) => names.region(id) ?? called(id)).join('、')}`;
  return (scope.stores ?? []).map(names.store).join('、');
}
