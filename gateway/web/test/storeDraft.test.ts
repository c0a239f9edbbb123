import { expect, test } from 'vitest';
import { fieldOf, mistakesOf } from '../src/hq/storeDraft';

const draft = { name: '汉阳店', spot: '30.55,114.27', hours: '08:00-22:00', radius: 3_000, prep: 10, capacity: 40, modes: ['delivery'] };

test('a whole draft has no mistakes, and each field tells its own', () => {
  expect(mistakesOf(draft)).toEqual({});
  expect(mistakesOf({ ...draft, name: ' ' })).toEqual({ name: 'noName' });
  expect(mistakesOf({ ...draft, spot: '' })).toEqual({ place: 'noSpot' });
  expect(mistakesOf({ ...draft, spot: '130.55,114.27' })).toEqual({ place: 'noSpot' });
  expect(mistakesOf({ ...draft, spot: '30.55,' })).toEqual({ place: 'noSpot' });
  expect(mistakesOf({ ...draft, spot: ',' })).toEqual({ place: 'noSpot' });
  expect(mistakesOf({ ...draft, hours: '8 to 10' })).toEqual({ hours: 'wrongHours' });
  expect(mistakesOf({ ...draft, hours: '' })).toEqual({ hours: 'wrongHours' });
  expect(mistakesOf({ ...draft, radius: null, prep: -1, capacity: 1.5 })).toEqual({
    area: 'wrongRadius',
    prep: 'wrongPrep',
    capacity: 'wrongCapacity',
  });
  expect(mistakesOf({ ...draft, modes: [] })).toEqual({ modes: 'noMode' });
});

test("the server's paths lead to the form's fields", () => {
  expect(fieldOf('place.lat')).toBe('place');
  expect(fieldOf('hours.weekly.monday[0].open')).toBe('hours');
  expect(fieldOf('merchant')).toBe(null);
  expect(fieldOf(undefined)).toBe(null);
});
