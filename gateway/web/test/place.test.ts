import { describe, expect, it } from 'vitest';
import { distance, navigators, project, unproject } from '../src/lib/place';

describe('places', () => {
  it('come back from the projection', () => {
    for (const place of [{ lat: 30.6, lon: 114.3 }, { lat: -33.9, lon: 18.4 }]) {
      const { x, y } = project(place);
      const back = unproject(x, y);
      expect(back.lat).toBeCloseTo(place.lat, 9);
      expect(back.lon).toBeCloseTo(place.lon, 9);
    }
  });

  it('are as far apart as on the ground', () => {
    const metres = distance({ lat: 30.6, lon: 114.3 }, { lat: 30.61, lon: 114.3 });
    expect(metres).toBeGreaterThan(1_105);
    expect(metres).toBeLessThan(1_118);
  });

  it('open four navigators', () => {
    const links = navigators({ lat: 30.6, lon: 114.3 }, '光谷店');
    expect(links.map((link) => link.app)).toEqual(['amap', 'baidu', 'tencent', 'apple']);
  });
});
