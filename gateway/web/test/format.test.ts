import { describe, expect, it } from 'vitest';
import { called, moment, named } from '../src/lib/format';

describe('what an order or a courier is called', () => {
  const id = '019ab3c0-0000-7000-8000-0000002abc5f';

  it('is one short name on every page', () => {
    expect(called(id)).toBe('#2ABC5F');
    expect(named('小王', id)).toBe('小王 #2ABC5F');
    expect(named('', id)).toBe('#2ABC5F');
    expect(named(undefined, id)).toBe('#2ABC5F');
  });
});

it('tells a moment by the clock of a zone', () => {
  const at = Date.UTC(2026, 10, 23, 17, 27, 9);
  expect(moment(at, 'en-GB', 'Asia/Shanghai')).toBe('24 Nov, 01:27:09');
  expect(moment(at, 'en-GB', 'UTC')).toBe('23 Nov, 17:27:09');
});
