import { expect, test } from 'vitest';
import { handed } from '../src/hq/handed';
import { unfillable, type UnfillableWords } from '../src/hq/unfillable';
import type { EventView } from '../src/wire';

/** Each word by its own name, so that what is not put into words is seen. */
const named = (name: string) => (...parts: string[]) => `${name}(${parts.join('|')})`;
const plain = ['noStore', 'smallParts', 'notInCity', 'excluded', 'closed', 'paused'];
const words = Object.fromEntries([
  ...plain.map((name) => [name, name]),
  ...['named', 'lacks', 'reachLacks', 'line', 'together', 'moreLines', 'tooMany', 'reach', 'some'].map((name) => [name, named(name)]),
  ['comma', ','],
  ['stop', ';'],
  ['noStore', ''],
]) as unknown as UnfillableWords;
const BEFORE = 'no store can fulfil this basket: ';

test('why no store was found is said in the words of a language', () => {
  const said = (text: string) => unfillable(BEFORE + text, words);
  expect(said('the named store gave this back before')).toBe('named(excluded)');
  expect(unfillable('the store is not open at that time', words)).toBe('named(closed)');
  expect(said('the named store is not in this city')).toBe('notInCity');
  expect(said('the named store lacks line 1 (3 wanted, 2 there)')).toBe('lacks(line(1|3|2))');
  expect(said('stores in reach lack line 1 (3 wanted, 2 there), line 2 (must stay together with others) and 4 more lines')).toBe(
    'reachLacks(line(1|3|2),together(2)moreLines(4))',
  );
  expect(said('it would take more than 3 stores, or parts worth too little; of 9 stores in reach: 2 closed at that time, 1 takes no orders at the moment')).toBe(
    'tooMany(3),smallParts;reach(9|some(2|closed),some(1|paused))',
  );
});

test('what a newer server says is shown as it came', () => {
  for (const text of [`${BEFORE}the named store is on the moon`, 'no courier, no store', `${BEFORE}stores in reach lack line x`]) {
    expect(unfillable(text, words)).toBe(text);
  }
});

test('why a courier had a delivery is read from what was recorded, also when it is over', () => {
  const event = (kind: string, payload: object) => ({ kind, payload }) as unknown as EventView;
  const events = [
    event('delivery_assigned', { delivery: 'd', courier: 'one', because: 'idle' }),
    event('delivery_dropped', { delivery: 'd', courier: 'one' }),
    event('delivery_assigned', { delivery: 'd', courier: 'two', because: '1 in hand' }),
    event('delivery_assigned', { delivery: 'other', courier: 'three', because: 'idle' }),
  ];
  expect(handed(events, { delivery: 'd', status: 'delivered' })).toEqual({ courier: 'two', because: '1 in hand' });
  const now = { courier: 'four', because: 'chosen by hand' };
  expect(handed(events, { delivery: 'd', status: 'assigned', granted: now })).toBe(now);
  expect(handed(events, { delivery: 'd', status: 'unassigned' })).toBeNull();
  expect(handed([], { delivery: 'd', status: 'delivered' })).toBeNull();
});
