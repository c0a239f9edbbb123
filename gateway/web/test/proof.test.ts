import { describe, expect, it } from 'vitest';
import { ways } from '../src/courier/proof';

describe('proofs that a courier may show', () => {
  it('are a word where nothing is asked', () => {
    expect(ways(null)[0]).toBe('handed_to_person');
  });

  it('are never weaker than what is asked', () => {
    expect(ways('photo')).not.toContain('handed_to_person');
    expect(ways('signature')).toEqual(['signature', 'code']);
    expect(ways('code')).toEqual(['code']);
  });

  it('are the strongest where this page does not know what is asked', () => {
    expect(ways('fingerprint')).toEqual(['code']);
  });
});
