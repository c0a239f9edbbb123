import { describe, expect, it } from 'vitest';
import { bodyOf, changes, formOf, newId, placeOf } from '../src/hq/record';
import { askedOf, scopeOf, type Asked } from '../src/hq/scope';
import type { CourierBody } from '../src/wire';

const body = { id: 'c', display_name: '小王', mode: 'ebike', capacity: 3, max_weight_g: 20_000, version: 4 } as unknown as CourierBody;

describe("a courier's record", () => {
  it('is written as it was read where nothing changed', () => {
    expect(bodyOf(formOf(body), body, 4)).toEqual(body);
    const away = { ...body, home: { lat: 30.6, lon: 114.3 } } as CourierBody;
    expect(bodyOf(formOf(away), away, 4)).toEqual(away);
    expect(bodyOf({ ...formOf(away), home: '' }, away, 4)).toEqual(body);
  });

  it('says what somebody else changed', () => {
    const before = formOf(body);
    expect(changes(before, { ...before, capacity: 5, mode: 'car' })).toEqual([
      ['mode', 'ebike', 'car'],
      ['capacity', '3', '5'],
    ]);
    expect(changes(before, { ...before })).toEqual([]);
  });

  it('has a home of two numbers or none', () => {
    expect(placeOf('30.6, 114.3')).toEqual({ lat: 30.6, lon: 114.3 });
    expect(placeOf('30.6，114.3')).toEqual({ lat: 30.6, lon: 114.3 });
    for (const wrong of ['30.6', 'here', '99, 114', '30, 181', '1, 2, 3']) expect(placeOf(wrong)).toBeNull();
  });

  it('gets an id that is born now in the city of the others', () => {
    const chance = new Uint8Array([1, 2, 3, 4, 5, 6, 7]);
    const id = newId(0x019ab3c00001, '019ab3c0-0000-7abc-9d00-000000000501', chance);
    expect(id).toBe('019ab3c0-0001-7abc-9d01-020304050607');
    expect(newId(1, undefined, chance)).toMatch(/^00000000-0001-7000-80/);
  });
});

describe('where a role applies', () => {
  const asked: Asked = { kind: 'all', stores: [], regions: [], merchant: 'm0', courier: '' };

  it('is asked for as it is', () => {
    for (const scope of ['all', { stores: ['a', 'b'] }, { regions: ['r1', 'r2'] }, { merchant: 'm1' }]) {
      expect(scopeOf('picker', askedOf(scope, asked))).toEqual(scope);
    }
    expect(scopeOf('courier', askedOf({ courier: 'c1' }, asked))).toEqual({ courier: 'c1' });
  });
});
