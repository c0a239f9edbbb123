import { expect, test } from 'vitest';
import { complain, settle } from '../src/store/complaints';

test('a right code takes away what was said of the wrong one before, and of no other order', () => {
  const other = { about: 'other', text: '004: not done' };
  const nobody = { about: null, text: 'The scanned order does not wait here' };
  let said = [other, nobody].reduce(complain, []);
  said = complain(said, { about: 'one', text: '005: wrong code, 4 tries left' });
  said = complain(said, { about: 'one', text: '005: wrong code, 3 tries left' });
  expect(said.map(({ text }) => text)).toEqual([other.text, nobody.text, '005: wrong code, 3 tries left']);
  expect(settle(said, 'one')).toEqual([other, nobody]);
  expect(settle(said, null)).toEqual(said);
});
