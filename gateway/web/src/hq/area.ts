// Where a store delivers, as the wire says it, as points on a map, and as lines of text that a keyboard
// can write.

import { pointOf, type Point } from '../lib/place';

export type AreaBody =
  | { type: 'Radius'; center: Point; radius_m: number }
  | { type: 'Polygon'; coordinates: [number, number][][] };

const METRES_PER_DEGREE = 111_195;
const CORNERS = 72;

/** The outer ring, not closed; of a circle so many corners that it looks like one. */
export function ringOf(area: unknown): Point[] {
  const body = area as AreaBody;
  if (body.type === 'Polygon') {
    const ring = (body.coordinates[0] ?? []).map(([lon, lat]) => ({ lat, lon }));
    return ring.slice(0, -1);
  }
  const { center, radius_m } = body;
  const north = radius_m / METRES_PER_DEGREE;
  const east = north / Math.max(0.01, Math.cos((center.lat * Math.PI) / 180));
  return Array.from({ length: CORNERS }, (_, index) => {
    const angle = (2 * Math.PI * index) / CORNERS;
    return { lat: center.lat + north * Math.sin(angle), lon: center.lon + east * Math.cos(angle) };
  });
}

/** A shape through these points; holes that the area had before are kept. */
export function polygon(points: Point[], before: unknown): AreaBody {
  const body = before as AreaBody;
  const holes = body.type === 'Polygon' ? body.coordinates.slice(1) : [];
  const ring = [...points, ...points.slice(0, 1)].map(({ lat, lon }): [number, number] => [lon, lat]);
  return { type: 'Polygon', coordinates: [ring, ...holes] };
}

/** `lat,lon` a line. */
export function textOf(points: Point[]): string {
  return points.map(({ lat, lon }) => `${lat.toFixed(6)},${lon.toFixed(6)}`).join('\n');
}

/** The points of a text, or the first line that is none. */
export function pointsOf(text: string): { points: Point[]; wrong: number | null } {
  const points: Point[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const point = line.split(',').length === 2 ? pointOf(line) : null;
    if (!point || Math.abs(point.lat) > 90 || Math.abs(point.lon) > 180) return { points, wrong: index + 1 };
    points.push(point);
  }
  return { points, wrong: null };
}

/** The areas of stores in a hue each; the chosen one is filled and lies on top. */
export function areasOf(stores: { id: string; area: unknown }[], chosen: string | null) {
  const areas = stores.map((store, hue) => ({ id: store.id, ring: ringOf(store.area), hue, chosen: store.id === chosen }));
  return areas.sort((one, other) => Number(one.chosen) - Number(other.chosen));
}
