import { expect, test } from 'vitest';
import { clock, hours, salesDrawing, share, span, todaysRows, zoneOf } from '../src/hq/figures';
import type { FiguresView, SalesRow, TodayView } from '../src/wire';

const figures = (goods_fen: number) => ({ goods_fen }) as FiguresView;
const row = (key: string, goods: number): SalesRow => ({ key, figures: figures(goods), list: '' });

test('quiet hours between busy ones are drawn too', () => {
  expect(hours([row('09', 300), row('11', 500)])).toEqual([
    ['9:00', 300],
    ['10:00', 0],
    ['11:00', 500],
  ]);
  expect(hours([])).toEqual([]);
});

test('times and shares are read as people read them', () => {
  expect([clock(245), clock(null), share(987), share(null)]).toEqual(['4:05', '–', '98.7%', '–']);
  expect([span({ count: 1, median_s: 60, p90_s: 90 }), span({ count: 0 })]).toEqual(['1:00 / 1:30', '–']);
});

test('many days are a line, and what has a name is called by it', () => {
  const days = ['01', '02', '03'].map((day) => row(`2026-11-${day}`, 100));
  expect(salesDrawing('day', days, 'goods', String).series[0]?.kind).toBe('line');
  const named = salesDrawing('store', [{ ...row('id', 7), name: '光谷店' }], 'goods', String);
  expect([named.labels, named.series[0]?.values, named.series[0]?.kind]).toEqual([['光谷店'], [7], 'bars']);
});

test('what a socket says of today has the lists that the report has', () => {
  const today = { day: '2026-11-23', by_hour: [{ hour: 9, figures: figures(5) }], by_store: [{ store: 's', figures: figures(5) }] };
  const rows = (by: string) => todaysRows(today as TodayView, by, () => '光谷店');
  expect(rows('hour')).toEqual([{ key: '09', figures: figures(5), list: '/v1/ledger?from=2026-11-23&to=2026-11-23&kind=goods&hour=09' }]);
  expect(rows('store')?.[0]?.name).toBe('光谷店');
  expect(rows('sku')).toBeNull();
});

test('a report names the zone whose clock it goes by, and none where there are several', () => {
  const store = (id: string, time_zone?: string) => ({ id, hours: { ...(time_zone && { time_zone }) } });
  expect(zoneOf([store('a'), store('b', 'Asia/Shanghai')], '')).toBe('Asia/Shanghai');
  const two = [store('a', 'Asia/Shanghai'), store('b', 'Asia/Urumqi')];
  expect(zoneOf(two, '')).toBeNull();
  expect(zoneOf(two, 'b')).toBe('Asia/Urumqi');
  expect(zoneOf([], '')).toBeNull();
});
