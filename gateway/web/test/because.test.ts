import { expect, test } from 'vitest';
import { because } from '../src/hq/because';

const words = { not_looked_at: '更远', worse_score: '得分较低', score: '得分', best: '最佳', closed: '已打烊', moving: '转移' };
const when = (at: number) => `@${at}`;

test('a reason is told by its own name, with the figures it was lost by', () => {
  expect(because({ reason: 'not_looked_at' }, words, when)).toBe('更远');
  expect(because({ reason: 'worse_score', score: 812.34, best: 640 }, words, when)).toBe('得分较低 (得分 812.3, 最佳 640)');
  expect(because({ reason: 'closed', opens_at: 7 }, words, when)).toBe('已打烊 (opens at @7)');
  expect(because({ reason: 'closed', opens_at: null }, words, when)).toBe('已打烊');
});

test('so are words alone, names of objects, and reasons that are newer than the page', () => {
  expect(because('closed', words, when)).toBe('已打烊');
  expect(because({ moving: { fulfillment_order: 'x' } }, words, when)).toBe('转移');
  expect(because({ reason: 'unheard_of' }, words, when)).toBe('unheard_of');
  expect(because(null, words, when)).toBe('');
});
