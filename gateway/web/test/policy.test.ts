import { expect, it } from 'vitest';
import { changesOf } from '../src/hq/policyChanges';

it('says what a version changed, by the name of the knob, and not its own number', () => {
  const before = { version: 1, hold_s: 60, dispatch: { radius_m: 3_000, modes: ['walk'], is_on: true } };
  const now = { version: 2, hold_s: 60, dispatch: { radius_m: 4_000, modes: ['walk', 'car'], is_on: true }, late: 'wait' };
  expect(changesOf(before, now)).toEqual([
    { knob: 'dispatch.modes', before: '["walk"]', now: '["walk","car"]' },
    { knob: 'dispatch.radius_m', before: '3000', now: '4000' },
    { knob: 'late', before: '–', now: 'wait' },
  ]);
  expect(changesOf(now, { ...now, version: 3 })).toEqual([]);
  expect(changesOf(null, { a: 1 })).toEqual([{ knob: 'a', before: '–', now: '1' }]);
});
