import { describe, expect, it } from 'vitest';
import { areasOf, pointsOf, polygon, ringOf, textOf } from '../src/hq/area';
import { distance } from '../src/lib/place';
import { tilesIn } from '../src/lib/map/streets';

describe('service areas', () => {
  const center = { lat: 30.6, lon: 114.3 };

  it('are drawn as round as they are', () => {
    const ring = ringOf({ type: 'Radius', center, radius_m: 3_000 });
    expect(ring.length).toBe(72);
    for (const corner of ring) expect(Math.abs(distance(center, corner) - 3_000)).toBeLessThan(5);
  });

  it('come back from the text that a keyboard writes', () => {
    const points = [center, { lat: 30.61, lon: 114.3 }, { lat: 30.61, lon: 114.312345 }];
    expect(pointsOf(`\n${textOf(points)}\n`)).toEqual({ points, wrong: null });
    for (const wrong of ['30.6', '30.6,x', '91,0', '0,181', '1,2,3']) {
      expect(pointsOf(`30.6,114.3\n${wrong}`).wrong).toBe(2);
    }
  });

  it('are closed on the wire and keep their holes', () => {
    const hole: [number, number][] = [[114.3, 30.6], [114.301, 30.6], [114.3, 30.601], [114.3, 30.6]];
    const before = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [0, 1], [0, 0]], hole] };
    const points = [center, { lat: 30.7, lon: 114.3 }, { lat: 30.7, lon: 114.4 }];
    const body = polygon(points, before);
    expect(body).toEqual({
      type: 'Polygon',
      coordinates: [[[114.3, 30.6], [114.3, 30.7], [114.4, 30.7], [114.3, 30.6]], hole],
    });
    expect(ringOf(body)).toEqual(points);
    expect(polygon(points, { type: 'Radius', center, radius_m: 1 })).toMatchObject({ coordinates: [{ length: 4 }] });
  });
});

describe('tiles of streets', () => {
  it('are those that a view touches', () => {
    const view = { x: 0.5, y: 0.5, scale: 2 ** 22, width: 1_000, height: 600, system: 'wgs84' as const };
    expect(tilesIn(view, 13)).toHaveLength(2 * 2);
    expect(tilesIn({ ...view, x: 0, y: 0 }, 13)).toEqual(['13/0/0']);
  });

  it('gives each store a hue of its own, and lays the chosen one on top', () => {
    const circle = (lat: number) => ({ type: 'Radius', center: { lat, lon: 114 }, radius_m: 500 });
    const stores = ['a', 'b', 'c'].map((id, index) => ({ id, area: circle(30 + index) }));
    expect(areasOf(stores, null).map(({ id, hue, chosen }) => [id, hue, chosen])).toEqual([
      ['a', 0, false],
      ['b', 1, false],
      ['c', 2, false],
    ]);
    const last = areasOf(stores, 'a').at(-1);
    expect([last?.id, last?.hue, last?.chosen]).toEqual(['a', 0, true]);
  });
});
