import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromSystem, gcjOfWgs, bdOfGcj, inSystem } from '../src/lib/datum';
import { fitted, toPlace, toScreen, type View } from '../src/lib/map/view';
import { distance, type Point } from '../src/lib/place';

type Pair = [number, number];
/** What the server makes of each place. */
const places = JSON.parse(readFileSync(new URL('places.json', import.meta.url), 'utf8')) as {
  wgs84: Pair;
  gcj02: Pair;
  bd09: Pair;
}[];
const point = ([lat, lon]: Pair): Point => ({ lat, lon });
const SYSTEMS = ['wgs84', 'gcj02', 'bd09'] as const;

describe('places in the systems of mainland China', () => {
  it('are what is published', () => {
    const gcj = gcjOfWgs({ lat: 39.915, lon: 116.404 });
    expect(gcj.lon).toBeCloseTo(116.41024449916938, 9);
    expect(gcj.lat).toBeCloseTo(39.91640428150164, 9);
    const bd = bdOfGcj({ lat: 39.915, lon: 116.404 });
    expect(bd.lon).toBeCloseTo(116.41036949371029, 9);
    expect(bd.lat).toBeCloseTo(39.92133699351021, 9);
  });

  it('are what the server makes of them, on both sides of every border', () => {
    expect(places.length).toBeGreaterThan(10);
    for (const known of places) {
      for (const system of SYSTEMS) {
        const made = inSystem(point(known.wgs84), system);
        expect(distance(made, point(known[system]))).toBeLessThan(0.001);
      }
    }
  });

  it('come back where they were, however often they travel', () => {
    for (const { wgs84 } of places) {
      for (const system of SYSTEMS) {
        let place = point(wgs84);
        for (let trip = 0; trip < 20; trip += 1) place = fromSystem(inSystem(place, system), system);
        expect(distance(place, point(wgs84))).toBeLessThan(0.01);
      }
    }
  });
});

describe('a map in another system', () => {
  const shop = { lat: 39.915, lon: 116.404 };
  const view = (system: View['system']): View =>
    fitted({ x: 0.5, y: 0.5, scale: 2 ** 20, width: 800, height: 600, system }, [shop]);

  it('is clicked where a place is drawn, and means that place', () => {
    for (const system of SYSTEMS) {
      const there = view(system);
      for (const place of [shop, { lat: 39.92, lon: 116.41 }]) {
        const { x, y } = toScreen(there, place);
        expect(distance(toPlace(there, x, y), place)).toBeLessThan(0.001);
      }
    }
  });

  it('has its middle where the shifted ground has it', () => {
    const [plain, shifted] = [view('wgs84'), view('gcj02')];
    // The store is in the middle of both, and what lies there on the shifted ground is its shifted place.
    for (const there of [toScreen(plain, shop), toScreen(shifted, shop), toScreen({ ...shifted, system: 'wgs84' }, gcjOfWgs(shop))]) {
      expect(Math.hypot(there.x - 400, there.y - 300)).toBeLessThan(0.01);
    }
    const apart = toScreen({ ...shifted, system: 'wgs84' }, shop);
    expect(Math.hypot(apart.x - 400, apart.y - 300)).toBeGreaterThan(100);
  });
});
