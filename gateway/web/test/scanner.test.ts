import { describe, expect, it } from 'vitest';
import { Scanner, type Scanned } from '../src/store/scanner';

const ORDER = '019ab3c0-0000-7000-8000-000000000007';

function type(scanner: Scanner, text: string, gapMs: number, from = 1_000): Scanned | null {
  let answer: Scanned | null = null;
  [...text, 'Enter'].forEach((key, index) => {
    answer = scanner.take(key, from + index * gapMs) ?? answer;
  });
  return answer;
}

describe('a scanner that types', () => {
  it('is read whatever has the focus', () => {
    expect(type(new Scanner(), `paidan:${ORDER}:482913`, 5)).toEqual({ order: ORDER, code: '482913' });
  });

  it('is not a person who types', () => {
    expect(type(new Scanner(), `paidan:${ORDER}:482913`, 200)).toBeNull();
  });

  it('is told from other keys, and read after them', () => {
    const scanner = new Scanner();
    expect(type(scanner, 'u1', 5)).toBeNull();
    expect(scanner.isReading).toBe(false);
    expect(type(scanner, `ppaidan:${ORDER}:1234`, 5, 1_100)).toEqual({ order: ORDER, code: '1234' });
  });

  it('is told from a hand when it reads an article', () => {
    const scanner = new Scanner();
    expect(type(scanner, '6901234567892', 5)).toBeNull();
    expect(scanner.isScanning).toBe(true);
    scanner.take('3', 2_000);
    expect(scanner.isScanning).toBe(false);
    scanner.take('Enter', 2_060);
    expect(scanner.isScanning).toBe(false);
  });

  it('takes nothing that is no code of ours', () => {
    expect(type(new Scanner(), 'paidan:nobody:1234', 5)).toBeNull();
    expect(type(new Scanner(), '6901234567892', 5)).toBeNull();
  });
});
