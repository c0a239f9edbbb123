import { describe, expect, it, test } from 'vitest';
import { because, courierBecause, couriersIn, rivalry, waitBecause } from '../src/hq/because';
import type { WaitReason } from '../src/wire';

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

describe('why a courier was asked', () => {
  const words = {
    byHand: '人工指派',
    idle: '空闲',
    inHand: (count: string) => `手上 ${count} 单`,
    away: (way: string) => `距店 ${way}`,
    waits: (time: string) => `等 ${time}`,
    door: (time: string) => `${time} 送到`,
    could: (count: string) => `${count} 人可来`,
    same: (who: string) => `${who} 相同`,
    more: (who: string, seconds: string) => `${who} 多 ${seconds} 秒`,
    less: (who: string, seconds: string) => `${who} 少 ${seconds} 秒`,
    comma: '，',
    stop: '；',
  };
  const one = '019ab3c0-0000-7000-8000-000000000501';
  const two = '019ab3c0-0000-7000-8000-000000000502';
  const name = (id: string) => (id === one ? '小王' : '小李');

  it('is said piece by piece, with names in place of ids', () => {
    const said = `idle, 250 m from the store, waits 30 s there, door 5 min after ready; 3 could come, ${one} costs 50 s more, ${two} costs the same`;
    expect(courierBecause(said, words, name)).toBe('空闲，距店 250 m，等 30 s，5 min 送到；3 人可来，小王 多 50 秒，小李 相同');
    expect(courierBecause('chosen by hand; 2 in hand', words, name)).toBe('人工指派；手上 2 单');
    expect(couriersIn(said)).toEqual([one, two]);
  });

  it('shows what it does not know as it came, ids named', () => {
    expect(courierBecause(`asked by ${two} itself`, words, name)).toBe('asked by 小李 itself');
  });
});

test('who was weighed and not taken finds what it cost', () => {
  const id = '019ab3c0-0000-7000-8000-000000000502';
  const text = `idle, 420 m from the store; 3 could come, ${id} costs 55 s more`;
  expect(rivalry(text, id)).toBe(`${id} costs 55 s more`);
  expect(rivalry(text, '019ab3c0-0000-7000-8000-000000000503')).toBe('');
});

test('why a delivery waits is said with its figure, time or name', () => {
  const words = {
    too_early: (from: string) => `太早 ${from}`,
    nobody_near: '没人',
    nobody_fits: (count: string) => `${count} 人不合适`,
    outbid: (count: string) => `${count} 人先去别处`,
    chosen_unavailable: (who: string) => `${who} 不行`,
  };
  const told = (why: WaitReason) => waitBecause(why, words, (id) => `<${id}>`, when);
  expect(told({ reason: 'too_early', look_from_at: 7 })).toBe('太早 @7');
  expect(told({ reason: 'nobody_near' })).toBe('没人');
  expect(told({ reason: 'nobody_fits', looked_at: 3 })).toBe('3 人不合适');
  expect(told({ reason: 'outbid', candidates: 2 })).toBe('2 人先去别处');
  expect(told({ reason: 'chosen_unavailable', courier: 'c' })).toBe('<c> 不行');
  expect(told({ reason: 'unheard_of' } as unknown as WaitReason)).toBe('unheard_of');
});
