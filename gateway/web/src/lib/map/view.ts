// What part of the earth a map shows, and how points come onto its pixels.

import type { Datum } from '../../wire';
import { fromSystem, inSystem } from '../datum';
import { project, unproject, type Point } from '../place';

export interface View {
  /** The middle, in the unit square of Web Mercator. */
  x: number;
  y: number;
  /** Pixels that the whole earth is wide. */
  scale: number;
  width: number;
  height: number;
  /** In which the ground is drawn. Places are WGS-84, and are converted here and nowhere else. */
  system: Datum;
}

/** Where a place lies on a map of that system, in the unit square of Web Mercator. */
export function placed(place: Point, system: Datum): { x: number; y: number } {
  return project(inSystem(place, system));
}

export const NEAREST = 2 ** 27;
const FARTHEST = 2 ** 14;

export function toScreen(view: View, place: Point): { x: number; y: number } {
  const { x, y } = placed(place, view.system);
  return { x: (x - view.x) * view.scale + view.width / 2, y: (y - view.y) * view.scale + view.height / 2 };
}

export function toPlace(view: View, x: number, y: number): Point {
  const [across, down] = [(x - view.width / 2) / view.scale + view.x, (y - view.height / 2) / view.scale + view.y];
  return fromSystem(unproject(across, down), view.system);
}

export function moved(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale };
}

/** Zooms by a factor; the point under the finger stays there. */
export function zoomed(view: View, factor: number, atX: number, atY: number): View {
  const scale = Math.min(NEAREST, Math.max(FARTHEST, view.scale * factor));
  const [dx, dy] = [atX - view.width / 2, atY - view.height / 2];
  const x = view.x + dx / view.scale - dx / scale;
  const y = view.y + dy / view.scale - dy / scale;
  return { ...view, x, y, scale };
}

/** The view that shows all places with room around them. */
export function fitted(view: View, places: Point[], nearest = 2 ** 24): View {
  const points = places.map((place) => placed(place, view.system));
  if (points.length === 0) return view;
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = 0.8;
  const wide = (view.width * room) / Math.max(right - left, 1e-9);
  const high = (view.height * room) / Math.max(bottom - top, 1e-9);
  const scale = Math.min(nearest, wide, high);
  return { ...view, x: (left + right) / 2, y: (top + bottom) / 2, scale };
}
