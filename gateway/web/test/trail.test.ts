import { describe, expect, it } from 'vitest';
import { author, mark, subject, type Names } from '../src/hq/trail';

const ID = '019ab3c0-0000-7000-8000-000000abcdef';
const names: Names = { store: () => '光谷店', courier: () => '小王', role: (name) => `role ${name}` };

describe('the trail of changes', () => {
  it('calls what was changed as people do', () => {
    expect(subject('store', ID, { name: '江汉店' }, names)).toBe('江汉店');
    expect(subject('store', ID, null, names)).toBe('光谷店');
    expect(subject('courier', ID, null, names)).toBe('小王 #ABCDEF');
    expect(subject('role', 'picker', { name: 'picker' }, names)).toBe('role picker');
    expect(subject('policy', 'city', {}, names)).toBe('');
    expect(subject('user', 'zhao', {}, names)).toBe('zhao');
    expect(subject('member', ID, { opened: true }, names)).toBe('#ABCDEF');
  });

  it('says what a mark means, and nothing of a document', () => {
    expect(mark({ opened: true })).toBe('opened');
    expect(mark({ removed: true })).toBe('removed');
    expect(mark({ revoked: true })).toBe('revoked');
    expect(mark({ granted: { id: ID } })).toBe('granted');
    expect(mark({ name: '光谷店' })).toBeNull();
    expect(mark(null)).toBeNull();
  });

  it('takes apart who spoke', () => {
    expect(author(`principal:${ID}`)).toEqual({ who: 'staff', id: ID });
    expect(author(`courier:${ID}`)).toEqual({ who: 'courier', id: ID });
    expect(author(`shopper:${ID}`)).toEqual({ who: 'shopper' });
    expect(author('timer')).toEqual({ who: 'timer' });
    expect(author('somebody new')).toEqual({ who: 'other', text: 'somebody new' });
  });
});
