import { describe, expect, it } from 'vitest';
import { called, named } from '../src/lib/format';

describe('what an order or a courier is called', () => {
  const id = '019ab3c0-0000-7000-8000-0000002abc5f';

  it('is one short name on every page', () => {
    expect(called(id)).toBe('#2ABC5F');
    expect(named('小王', id)).toBe('小王 #2ABC5F');
    expect(named('', id)).toBe('#2ABC5F');
    expect(named(undefined, id)).toBe('#2ABC5F');
  });
});
