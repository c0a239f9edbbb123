// Which tiles a view needs, which of them are here, and what stands in for the others meanwhile.

import type { View } from './view';

/** A square of Web Mercator. */
export interface Square {
  zoom: number;
  x: number;
  y: number;
}

/** What is drawn onto a square: its own tile, or that of a larger square around it. */
export interface Piece<T> {
  onto: Square;
  from: Square;
  content: T;
}

export function nameOf({ zoom, x, y }: Square): string {
  return `${zoom}/${x}/${y}`;
}

/** The squares that a view touches. */
export function squaresIn(view: View, zoom: number): Square[] {
  const side = 2 ** zoom;
  const at = (middle: number, pixels: number) =>
    Math.min(side - 1, Math.max(0, Math.floor((middle + pixels / view.scale) * side)));
  const [left, right] = [at(view.x, -view.width / 2), at(view.x, view.width / 2)];
  const [top, bottom] = [at(view.y, -view.height / 2), at(view.y, view.height / 2)];
  const squares: Square[] = [];
  for (let x = left; x <= right; x += 1) {
    for (let y = top; y <= bottom; y += 1) squares.push({ zoom, x, y });
  }
  return squares;
}

interface Kept<T> {
  /** Null: on its way, or nothing came. */
  content: T | null;
  isUnderWay: boolean;
  askedAt: number;
}

/** More than the largest wall screen shows at once, and its surroundings. */
const MOST_KEPT = 320;
/** Farther away than the map was made for a view would need thousands. */
const MOST_SHOWN = 200;
/** Larger squares that may stand in. */
const STAND_INS = 6;
const AGAIN_MS = 10_000;

export interface Ways<T> {
  minZoom: number;
  maxZoom: number;
  /** Pixels that a tile is meant to be wide. */
  side: number;
  /** Null: nothing came, and it may be asked for again. */
  ask: (square: Square) => Promise<T | null>;
  arrived: () => void;
}

export class Pyramid<T> {
  /** The longest unused first. */
  private readonly kept = new Map<string, Kept<T>>();

  constructor(private readonly ways: Ways<T>) {}

  /** What is here for a view; asks for what is missing. */
  pieces(view: View): Piece<T>[] {
    const { minZoom, maxZoom, side } = this.ways;
    const zoom = Math.min(maxZoom, Math.max(minZoom, Math.round(Math.log2(view.scale / side))));
    const squares = squaresIn(view, zoom);
    if (squares.length > MOST_SHOWN) return [];
    for (const square of squares) this.want(square);
    return squares.flatMap((square) => this.standIn(square) ?? []);
  }

  private want(square: Square) {
    const known = this.kept.get(nameOf(square));
    const now = performance.now();
    if (known && (known.content !== null || known.isUnderWay || now - known.askedAt < AGAIN_MS)) return;
    void this.ask(square, now);
  }

  private async ask(square: Square, askedAt: number) {
    const name = nameOf(square);
    this.kept.set(name, { content: null, isUnderWay: true, askedAt });
    this.forget();
    const content = await this.ways.ask(square).catch(() => null);
    // It may have been forgotten meanwhile: then nobody looks at it any more.
    if (!this.kept.has(name)) return;
    this.kept.set(name, { content, isUnderWay: false, askedAt });
    if (content !== null) this.ways.arrived();
  }

  private forget() {
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }

  /** The square's own tile, or that of the nearest larger square that is here. */
  private standIn(onto: Square): Piece<T> | null {
    for (let up = 0; up <= STAND_INS && onto.zoom - up >= 0; up += 1) {
      const from = { zoom: onto.zoom - up, x: onto.x >> up, y: onto.y >> up };
      const content = this.used(nameOf(from));
      if (content !== null) return { onto, from, content };
    }
    return null;
  }

  private used(name: string): T | null {
    const known = this.kept.get(name);
    if (!known || known.content === null) return null;
    this.kept.delete(name);
    this.kept.set(name, known);
    return known.content;
  }
}

/** Left, top and width of a square on the screen. */
export function onScreen({ zoom, x, y }: Square, view: View): { left: number; top: number; size: number } {
  const size = view.scale / 2 ** zoom;
  return {
    left: x * size - view.x * view.scale + view.width / 2,
    top: y * size - view.y * view.scale + view.height / 2,
    size,
  };
}
