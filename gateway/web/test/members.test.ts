import { expect, test } from 'vitest';
import { phonesOf, sought } from '../src/hq/members';

test('a search is by what was typed: an id, a code that was shown, a phone; never by a name', () => {
  const id = '019AB3C0-0000-7000-8000-00000000F001';
  expect(sought(` ${id} `)).toEqual({ by: 'id', id: id.toLowerCase() });
  expect(sought('pm_AZqz')).toEqual({ by: 'code', code: 'pm_AZqz' });
  expect(sought('+86 138-0000-1234')).toEqual({ by: 'phone', phone: '+86 138-0000-1234' });
  expect(sought('王小明')).toEqual({ by: 'name' });
  expect(sought(' 7788 ')).toEqual({ by: 'tail', tail: '7788' });
  expect(sought('12345')).toEqual({ by: 'name' });
});

test('phones are one a line, each once', () => {
  expect(phonesOf('13800000001\n\n 13800000002 ,13800000001')).toEqual(['13800000001', '13800000002']);
});
