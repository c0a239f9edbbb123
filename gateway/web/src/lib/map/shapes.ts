// Vector tiles: water, green, houses and streets of the schemas that are in use (Protomaps,
// OpenMapTiles, Shortbread), told by the names of their layers. Whatever is not named here is not
// drawn, and borders of any kind are not.

import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { nameOf, onScreen, type Piece, type Square } from './pyramid';
import { drawNames, RANKS, TEN_METRES, WATER, widening, WIDTHS, type Colours, type Line } from './streets';
import type { View } from './view';

/** Units that a tile is wide here, whatever its own extent is. */
const UNITS = 4096;
const POINTS = { line: 2, area: 3 };

type Fill = 'water' | 'green' | 'building';
const FILLS: Fill[] = ['green', 'water', 'building'];

/** One tile, ready to be drawn. */
export interface Shapes {
  fills: Map<Fill, Path2D>;
  /** By rank. */
  streets: Map<number, Path2D>;
  names: Line[];
}

const WATERS = new Set(['water', 'ocean', 'water_polygons', 'waterway', 'water_lines']);
const GREENS = new Set(['landuse', 'landcover', 'land', 'park', 'sites']);
const BUILDINGS = new Set(['building', 'buildings']);
const STREETS = new Set(['roads', 'transportation', 'streets']);
const NAMES = new Set(['roads', 'transportation_name', 'street_labels']);
const GREEN_KINDS = new Set(
  'park forest wood grass grassland garden meadow scrub nature_reserve national_park village_green golf_course pitch recreation_ground public_park protected_area'.split(' '),
);
/** Ways that are no streets. */
const NO_STREETS = new Set('rail railway transit subway light_rail tram monorail funicular ferry aerialway taxiway runway pier'.split(' '));
/** What the schemas call classes, beside OSM's own words. */
const MORE_RANKS: Record<string, number> = { highway: 3, major_road: 2, medium_road: 1 };

export async function askShapes(address: string, square: Square): Promise<Shapes | null> {
  const answer = await fetch(address);
  if (!answer.ok) return null;
  const bytes = answer.status === 204 ? new ArrayBuffer(0) : await answer.arrayBuffer();
  return shapesOf(new Uint8Array(bytes), square);
}

export function shapesOf(bytes: Uint8Array, square: Square): Shapes {
  const shapes: Shapes = { fills: new Map(), streets: new Map(), names: [] };
  const { layers } = new VectorTile(new PbfReader(bytes));
  for (const [name, layer] of Object.entries(layers)) {
    for (let index = 0; index < layer.length; index += 1) take(shapes, name, layer.feature(index), square);
  }
  return shapes;
}

function take(shapes: Shapes, layer: string, feature: VectorTileFeature, square: Square) {
  const { type, properties } = feature;
  const kinds = [properties.kind_detail, properties.class, properties.kind, properties.subclass].map(String);
  if (type === POINTS.area) {
    const fill = fillOf(layer, kinds);
    if (fill) trace(pathOf(shapes.fills, fill), feature);
  } else if (type === POINTS.line) {
    const rank = rankOf(layer, kinds);
    if (rank !== null) trace(pathOf(shapes.streets, rank), feature);
    const { name } = properties;
    if (NAMES.has(layer) && typeof name === 'string' && name !== '') shapes.names.push(...linesOf(feature, name, rank, square));
  }
}

/** What an area is drawn as; null: not at all. */
export function fillOf(layer: string, kinds: string[]): Fill | null {
  if (WATERS.has(layer)) return 'water';
  if (BUILDINGS.has(layer)) return 'building';
  const isGreen = GREENS.has(layer) && (layer === 'park' || kinds.some((kind) => GREEN_KINDS.has(kind)));
  return isGreen ? 'green' : null;
}

/** How wide a line is drawn; null: not at all. */
export function rankOf(layer: string, kinds: string[]): number | null {
  if (WATERS.has(layer)) return WATER;
  if (!STREETS.has(layer) || kinds.some((kind) => NO_STREETS.has(kind))) return null;
  const ranks = kinds.map((kind) => RANKS[kind] ?? MORE_RANKS[kind]);
  return ranks.find((rank) => rank !== undefined) ?? 0;
}

function pathOf<K>(paths: Map<K, Path2D>, key: K): Path2D {
  const path = paths.get(key) ?? new Path2D();
  paths.set(key, path);
  return path;
}

function trace(path: Path2D, feature: VectorTileFeature) {
  const factor = UNITS / feature.extent;
  for (const ring of feature.loadGeometry()) {
    ring.forEach(({ x, y }, index) => {
      if (index === 0) path.moveTo(x * factor, y * factor);
      else path.lineTo(x * factor, y * factor);
    });
  }
}

function linesOf(feature: VectorTileFeature, name: string, rank: number | null, { zoom, x, y }: Square): Line[] {
  const unit = 1 / 2 ** zoom / feature.extent;
  return feature.loadGeometry().flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return [];
    const from = { x: x / 2 ** zoom + first.x * unit, y: y / 2 ** zoom + first.y * unit };
    const points = new Float32Array(others.flatMap((point) => [(point.x - first.x) * unit, (point.y - first.y) * unit]));
    const all = [first, ...others];
    const length = others.reduce((sum, point, index) => sum + point.dist(all[index] ?? point) * unit, 0);
    return [{ name, rank: rank ?? 0, points, from, length }];
  });
}

export function drawShapes(context: CanvasRenderingContext2D, pieces: Piece<Shapes>[], view: View, colours: Colours) {
  for (const fill of FILLS) {
    context.fillStyle = colours[fill];
    for (const piece of pieces) {
      const path = piece.content.fills.get(fill);
      if (path) within(context, piece, view, () => context.fill(path, 'evenodd'));
    }
  }
  context.lineCap = 'round';
  context.lineJoin = 'round';
  const strokes = (rank: number, colour: string, width: number) => {
    context.strokeStyle = colour;
    for (const piece of pieces) {
      const path = piece.content.streets.get(rank);
      if (!path) continue;
      within(context, piece, view, (unit) => {
        context.lineWidth = width / unit;
        context.stroke(path);
      });
    }
  };
  strokes(WATER, colours.water, Math.max(1.5, 6 * (view.scale / TEN_METRES)));
  WIDTHS.forEach((width, rank) => {
    if (rank === 0 && view.scale < TEN_METRES / 4) return;
    strokes(rank, colours.casing, width * widening(view) + 1.5);
    strokes(rank, colours.street, width * widening(view));
  });
  const tiles = new Map(pieces.map(({ from, content }) => [nameOf(from), content]));
  drawNames(context, [...tiles.values()].flatMap((tile) => tile.names), view, colours);
}

/** Draws in a tile's own units, cut to the square that it stands in for. */
function within<T>(context: CanvasRenderingContext2D, piece: Piece<T>, view: View, draw: (unit: number) => void) {
  const { left, top, size } = onScreen(piece.from, view);
  context.save();
  if (piece.from.zoom !== piece.onto.zoom) {
    const cut = onScreen(piece.onto, view);
    context.beginPath();
    context.rect(cut.left, cut.top, cut.size, cut.size);
    context.clip();
  }
  context.translate(left, top);
  context.scale(size / UNITS, size / UNITS);
  draw(size / UNITS);
  context.restore();
}
