import { describe, expect, it } from 'vitest';
import { addressOf } from '../src/lib/map/pictures';
import { onScreen, Pyramid, squaresIn, type Square } from '../src/lib/map/pyramid';
import { fillOf, rankOf } from '../src/lib/map/shapes';
import type { View } from '../src/lib/map/view';

const view: View = { x: 0.5, y: 0.5, scale: 256 * 2 ** 3, width: 512, height: 512, system: 'wgs84' };
const settle = () => new Promise((done) => setTimeout(done, 0));

function pyramid(ask: (square: Square) => Promise<string | null>, terms = {}) {
  let arrivals = 0;
  const made = new Pyramid({ minZoom: 0, maxZoom: 18, side: 256, ask, arrived: () => (arrivals += 1), ...terms });
  return { made, arrivals: () => arrivals };
}

describe('tiles of a map', () => {
  it('have addresses from the north, or from the south', () => {
    const square = { zoom: 3, x: 5, y: 1 };
    expect(addressOf('https://tiles.example/{z}/{x}/{y}.png', square)).toBe('https://tiles.example/3/5/1.png');
    expect(addressOf('https://tiles.example/?x={x}&y={-y}&z={z}', square)).toBe('https://tiles.example/?x=5&y=6&z=3');
  });

  it('come from several hosts, each always from the same', () => {
    const from = (x: number, y: number) => addressOf('https://t{s}.example/{z}/{x}/{y}', { zoom: 4, x, y }, ['a', 'b', 'c']);
    expect([from(0, 0), from(1, 0), from(1, 1), from(2, 1)].map((text) => text[9])).toEqual(['a', 'b', 'c', 'a']);
    expect(from(5, 3)).toBe(from(5, 3));
    expect(new Set([from(7, 1), from(8, 1), from(9, 1)].map((text) => text[9])).size).toBe(3);
  });

  it('of double size are those of the zoom farther away', async () => {
    const asked: Square[] = [];
    const { made } = pyramid(async (square) => (asked.push(square), 'here'), { side: 512 });
    made.pieces(view);
    await settle();
    expect(asked).toEqual(squaresIn(view, 2));
  });

  it('are asked for once, and drawn when they are here', async () => {
    const asked: Square[] = [];
    const { made, arrivals } = pyramid(async (square) => (asked.push(square), `${square.x}/${square.y}`));
    expect(made.pieces(view)).toEqual([]);
    made.pieces(view);
    await settle();
    expect(asked).toEqual(squaresIn(view, 3));
    expect(arrivals()).toBe(9);
    expect(made.pieces(view).map(({ content }) => content)).toEqual(squaresIn(view, 3).map(({ x, y }) => `${x}/${y}`));
  });

  it('have the larger one around them drawn meanwhile', async () => {
    const { made } = pyramid(async ({ zoom, x, y }) => (zoom === 3 ? `${x}/${y}` : null));
    made.pieces(view);
    await settle();
    const near = { ...view, scale: view.scale * 2 };
    const pieces = made.pieces(near);
    expect(pieces.every(({ onto, from }) => onto.zoom === 4 && from.zoom === 3)).toBe(true);
    expect(pieces.length).toBe(squaresIn(near, 4).length);
  });

  it('are never asked for beyond the zooms that there are', async () => {
    const asked: Square[] = [];
    const { made } = pyramid(async (square) => (asked.push(square), null), { minZoom: 2, maxZoom: 3 });
    made.pieces({ ...view, scale: 256 * 2 ** 9 });
    made.pieces({ ...view, scale: 256 });
    await settle();
    expect(new Set(asked.map(({ zoom }) => zoom))).toEqual(new Set([2, 3]));
  });

  it('are forgotten when many others were seen since', async () => {
    const asked: string[] = [];
    const { made } = pyramid(async ({ zoom, x, y }) => (asked.push(`${zoom}/${x}/${y}`), 'here'));
    for (let step = 0; step < 200; step += 1) {
      made.pieces({ ...view, scale: 256 * 2 ** 10, x: (step + 0.5) / 200 });
      await settle();
    }
    const first = asked[0] ?? '';
    made.pieces({ ...view, scale: 256 * 2 ** 10, x: 0.5 / 200 });
    await settle();
    expect(asked.filter((name) => name === first).length).toBe(2);
  });

  it('lie side by side on the screen', () => {
    expect(onScreen({ zoom: 3, x: 4, y: 4 }, view)).toEqual({ left: 256, top: 256, size: 256 });
    expect(onScreen({ zoom: 3, x: 3, y: 4 }, view)).toEqual({ left: 0, top: 256, size: 256 });
  });
});

describe('vector tiles', () => {
  it('are drawn alike in the schemas that are in use', () => {
    expect(rankOf('roads', ['primary', 'undefined', 'major_road'])).toBe(3);
    expect(rankOf('roads', ['undefined', 'undefined', 'major_road'])).toBe(2);
    expect(rankOf('transportation', ['undefined', 'secondary'])).toBe(2);
    expect(rankOf('streets', ['undefined', 'undefined', 'residential'])).toBe(0);
    expect(rankOf('waterway', ['river'])).toBe(-1);
    expect(fillOf('water', ['lake'])).toBe('water');
    expect(fillOf('landcover', ['wood'])).toBe('green');
    expect(fillOf('buildings', [])).toBe('building');
  });

  it('never show a border, nor rails as streets', () => {
    for (const layer of ['boundaries', 'boundary', 'boundary_labels', 'admin', 'places', 'pois']) {
      expect(rankOf(layer, ['country', 'primary', 'administrative'])).toBeNull();
      expect(fillOf(layer, ['country', 'park'])).toBeNull();
    }
    expect(rankOf('roads', ['subway', 'undefined', 'rail'])).toBeNull();
    expect(fillOf('landuse', ['industrial'])).toBeNull();
  });
});
