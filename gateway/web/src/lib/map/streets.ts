// Our own map of streets: lines and names on a canvas. From the one GeoJSON document of the server, or
// of a road file the main streets in one document and all of them in tiles that are asked for as they
// come into view.

import { project } from '../place';
import { nameOf, squaresIn } from './pyramid';
import { type View } from './view';

export interface Line {
  name: string;
  rank: number;
  /** x and y by turns, in the unit square of Web Mercator, away from the first point. */
  points: Float32Array;
  from: { x: number; y: number };
  length: number;
}

export interface Colours {
  ground: string;
  water: string;
  casing: string;
  street: string;
  name: string;
  green: string;
  building: string;
}

export interface StreetMap {
  lines: Line[];
  bounds: { lat: number; lon: number }[];
  attribution: string;
  /** Of the tiles that have the other streets, where there are any. */
  tileZoom: number | null;
}

interface Feature {
  properties?: { name?: string; class?: string; highway?: string } | null;
  geometry?: { type: string; coordinates: [number, number][] } | null;
}

export const WATER = -1;
export const RANKS: Record<string, number> = {
  water: WATER,
  river: WATER,
  ring: 3,
  motorway: 3,
  trunk: 3,
  primary: 3,
  avenue: 2,
  secondary: 2,
  tertiary: 1,
  street: 1,
};
/** Pixels of a line by its rank, at the scale where a pixel is about ten metres. */
export const WIDTHS = [1, 2, 3.2, 4];
export const TEN_METRES = 2 ** 22;

export async function loadStreets(): Promise<StreetMap | null> {
  const answer = await fetch('/v1/streets').catch(() => null);
  if (!answer?.ok) return null;
  const document = (await answer.json()) as {
    features: Feature[];
    attribution?: string;
    bounds?: [number, number][];
    tile_zoom?: number;
  };
  const all = document.bounds ?? document.features.flatMap((feature) => feature.geometry?.coordinates ?? []);
  return {
    lines: linesOf(document.features),
    bounds: corners(all),
    attribution: document.attribution ?? '',
    tileZoom: document.tile_zoom ?? null,
  };
}

/** Wide ones over narrow ones, water under all. */
function linesOf(features: Feature[]): Line[] {
  const lines = features.flatMap((feature) => line(feature) ?? []);
  return lines.sort((one, other) => one.rank - other.rank);
}

/** How much wider or narrower streets are than at ten metres a pixel. */
export function widening(view: View): number {
  return Math.min(4, Math.max(0.35, Math.sqrt(view.scale / TEN_METRES)));
}

/** At more than twenty metres a pixel small streets would only blacken the map. */
const NEAR = TEN_METRES / 2;
const MOST_TILES = 400;

/** Every street where the map is near enough to show them. */
export class Tiles {
  /** Null: on its way, or nothing came; it is asked for again when the map is opened anew. */
  private readonly kept = new Map<string, Line[] | null>();
  private shown: { key: string; lines: Line[] } = { key: '', lines: [] };

  constructor(
    private readonly zoom: number,
    private readonly arrived: () => void,
  ) {}

  /** All streets in view; null while some are on their way, or from far away. Asks for what is missing. */
  lines(view: View): Line[] | null {
    if (view.scale < NEAR) return null;
    const names = tilesIn(view, this.zoom);
    for (const name of names) if (!this.kept.has(name)) void this.ask(name);
    const found = names.map((name) => this.kept.get(name));
    if (found.some((lines) => !lines)) return null;
    const key = names.join(' ');
    if (this.shown.key !== key) {
      const lines = found.flatMap((one) => one ?? []);
      this.shown = { key, lines: lines.sort((one, other) => one.rank - other.rank) };
    }
    return this.shown.lines;
  }

  private async ask(name: string) {
    this.kept.set(name, null);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > MOST_TILES && oldest !== undefined) this.kept.delete(oldest);
    const answer = await fetch(`/v1/streets/${name}`).catch(() => null);
    if (!answer?.ok) return;
    const document = (await answer.json()) as { features: Feature[] };
    this.kept.set(name, linesOf(document.features));
    this.arrived();
  }
}

/** The tiles that a view touches, as their addresses end. */
export function tilesIn(view: View, zoom: number): string[] {
  return squaresIn(view, zoom).map(nameOf);
}

function corners(all: [number, number][]): { lat: number; lon: number }[] {
  const least = { lat: Infinity, lon: Infinity };
  const most = { lat: -Infinity, lon: -Infinity };
  for (const [lon, lat] of all) {
    least.lat = Math.min(least.lat, lat);
    least.lon = Math.min(least.lon, lon);
    most.lat = Math.max(most.lat, lat);
    most.lon = Math.max(most.lon, lon);
  }
  return all.length === 0 ? [] : [least, most];
}

function line({ properties, geometry }: Feature): Line | null {
  const [first, ...others] = geometry?.type === 'LineString' ? geometry.coordinates : [];
  if (!first || others.length === 0) return null;
  const from = project({ lon: first[0], lat: first[1] });
  const points = new Float32Array(2 * others.length);
  let length = 0;
  let before = { x: 0, y: 0 };
  others.forEach(([lon, lat], index) => {
    const { x, y } = project({ lon, lat });
    const here = { x: x - from.x, y: y - from.y };
    points.set([here.x, here.y], 2 * index);
    length += Math.hypot(here.x - before.x, here.y - before.y);
    before = here;
  });
  const kind = properties?.class ?? properties?.highway ?? '';
  return { name: properties?.name ?? '', rank: RANKS[kind] ?? 0, points, from, length };
}

export function drawStreets(context: CanvasRenderingContext2D, lines: Line[], view: View, colours: Colours) {
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, view.width, view.height);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  const zoom = widening(view);
  const paths = new Map<number, Path2D>();
  for (const one of lines) {
    if (one.rank === 0 && view.scale < TEN_METRES / 4) continue;
    const path = paths.get(one.rank) ?? new Path2D();
    paths.set(one.rank, path);
    trace(path, one, view);
  }
  for (const [rank, path] of paths) {
    if (rank === WATER) {
      stroke(context, path, colours.water, Math.max(4, 22 * (view.scale / TEN_METRES)));
      continue;
    }
    const width = (WIDTHS[rank] ?? 1) * zoom;
    stroke(context, path, colours.casing, width + 1.5);
    stroke(context, path, colours.street, width);
  }
  drawNames(context, lines, view, colours);
}

function trace(path: Path2D, { from, points }: Line, view: View) {
  const left = (from.x - view.x) * view.scale + view.width / 2;
  const top = (from.y - view.y) * view.scale + view.height / 2;
  path.moveTo(left, top);
  for (let index = 0; index + 1 < points.length; index += 2) {
    path.lineTo(left + (points[index] ?? 0) * view.scale, top + (points[index + 1] ?? 0) * view.scale);
  }
}

function stroke(context: CanvasRenderingContext2D, path: Path2D, colour: string, width: number) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

/** Each name once, along the middle stretch of its longest line that is seen. */
export function drawNames(context: CanvasRenderingContext2D, lines: Line[], view: View, colours: Colours) {
  if (view.scale < TEN_METRES / 2) return;
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const said = new Set<string>();
  const taken: { x: number; y: number }[] = [];
  for (const one of [...lines].sort((a, b) => b.rank - a.rank || b.length - a.length)) {
    if (!one.name || one.rank === WATER || said.has(one.name) || one.length * view.scale < 90) continue;
    const spot = middle(one, view);
    if (!spot || taken.some((other) => Math.hypot(other.x - spot.x, other.y - spot.y) < 70)) continue;
    said.add(one.name);
    taken.push(spot);
    context.save();
    context.translate(spot.x, spot.y);
    context.rotate(spot.angle);
    context.lineWidth = 3;
    context.strokeStyle = colours.ground;
    context.strokeText(one.name, 0, 0);
    context.fillStyle = colours.name;
    context.fillText(one.name, 0, 0);
    context.restore();
  }
}

/** The middle of the first stretch that is seen for long enough, searched from the line's middle outwards. */
function middle({ from, points }: Line, view: View): { x: number; y: number; angle: number } | null {
  const count = points.length / 2;
  const [left, top] = [(from.x - view.x) * view.scale + view.width / 2, (from.y - view.y) * view.scale + view.height / 2];
  const at = (index: number) => ({
    x: left + (index < 0 ? 0 : (points[2 * index] ?? 0)) * view.scale,
    y: top + (index < 0 ? 0 : (points[2 * index + 1] ?? 0)) * view.scale,
  });
  for (let step = 0; step < count; step += 1) {
    const index = Math.floor(count / 2) + (step % 2 === 0 ? step / 2 : -(step + 1) / 2);
    if (index < 0 || index >= count) continue;
    const seen = clipped(at(index - 1), at(index), view);
    if (!seen) continue;
    const [a, b] = seen;
    if (Math.hypot(b.x - a.x, b.y - a.y) < 90) continue;
    let angle = Math.atan2(b.y - a.y, b.x - a.x);
    if (angle > Math.PI / 2) angle -= Math.PI;
    if (angle < -Math.PI / 2) angle += Math.PI;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, angle };
  }
  return null;
}

interface Spot {
  x: number;
  y: number;
}

/** The part of a stretch that lies within the view, less a margin. */
function clipped(a: Spot, b: Spot, view: View): [Spot, Spot] | null {
  const margin = 12;
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  let [enters, leaves] = [0, 1];
  const walls = [
    [-dx, a.x - margin],
    [dx, view.width - margin - a.x],
    [-dy, a.y - margin],
    [dy, view.height - margin - a.y],
  ] as const;
  for (const [along, room] of walls) {
    if (along === 0 && room < 0) return null;
    if (along < 0) enters = Math.max(enters, room / along);
    if (along > 0) leaves = Math.min(leaves, room / along);
  }
  if (enters >= leaves) return null;
  const on = (part: number) => ({ x: a.x + dx * part, y: a.y + dy * part });
  return [on(enters), on(leaves)];
}
