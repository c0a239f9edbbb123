import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GROUPS, kept, others, typed, withPermit } from '../src/hq/roles';
import type { Permit } from '../src/wire';

test('the editor shows every verb of the server once', () => {
  const wire = readFileSync(new URL('../src/wire.ts', import.meta.url), 'utf8');
  const line = wire.match(/export type Verb = ([^;]+);/)?.[1] ?? '';
  const verbs = [...line.matchAll(/'([a-z_]+)'/g)].map((found) => found[1]);
  expect(verbs.length).toBeGreaterThan(50);
  expect(Object.values(GROUPS).flat().sort()).toEqual(verbs.sort());
});

test('money is typed in yuan and kept in fen, other limits as they are', () => {
  expect([typed('cancel_order', 50_000), kept('cancel_order', 500.5)]).toEqual([500, 50_050]);
  expect([typed('manage_members', 200), kept('manage_members', 300)]).toEqual([200, 300]);
  expect([typed('cancel_order', null), kept('cancel_order', null)]).toEqual([null, null]);
});

test('a permit is put in its place, added, or taken out; what is unknown stays', () => {
  const permits: Permit[] = [
    { verb: 'read_order', reach: 'own' },
    { verb: 'fly' as Permit['verb'], reach: 'own' },
  ];
  expect(withPermit(permits, 'read_order', { verb: 'read_order', reach: 'everywhere' })[0]?.reach).toBe('everywhere');
  expect(withPermit(permits, 'pay', { verb: 'pay', reach: 'own' })).toHaveLength(3);
  expect(withPermit(permits, 'read_order', null)).toHaveLength(1);
  expect(others(permits)).toHaveLength(1);
});
