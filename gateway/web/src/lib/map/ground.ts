// What lies under everything that a map draws: our own streets, or tiles of the server's file or of a
// provider. One asks the server which, and draws it.

import type { Datum, MapView, TilesView } from '../../wire';
import { fromSystem } from '../datum';
import type { Point } from '../place';
import { askPictures, drawPictures } from './pictures';
import { addressOf } from './pictures';
import { Pyramid, type Piece } from './pyramid';
import { drawStreets, loadStreets, Tiles, type Colours } from './streets';
import type { View } from './view';

const DAY: Colours = {
  ground: '#eef2f3',
  water: '#b9d9ec',
  casing: '#cdd5d8',
  street: '#ffffff',
  name: '#4b5b63',
  green: '#d7e8d2',
  building: '#e0e4e6',
};
const NIGHT: Colours = {
  ground: '#1b2327',
  water: '#16394f',
  casing: '#2b363b',
  street: '#3c4a50',
  name: '#a9b8be',
  green: '#1f3328',
  building: '#252f34',
};
/** Over a provider's bright pictures at night. */
const SHADE = 'rgb(10 16 20 / 0.45)';
/** As pictures and as vector tiles are usually made. */
const SIDES = { raster: 256, vector: 512 };

export interface Ground {
  kind: 'streets' | 'raster' | 'vector';
  system: Datum;
  attribution: string;
  /** 审图号 */
  approval: string;
  /** How far it goes, south-west and north-east in WGS-84; empty where nobody says. */
  bounds: Point[];
  /** Answers how many squares were drawn with tiles of their own. */
  draw: (context: CanvasRenderingContext2D, view: View, ratio: number, isNight: boolean) => number;
}

/** `arrived` is called when there is more to draw than before. */
export async function loadGround(arrived: () => void): Promise<Ground> {
  const answer = await fetch('/v1/map').catch(() => null);
  const map = answer?.ok ? ((await answer.json()) as MapView) : {};
  const said = { attribution: map.attribution ?? '', approval: map.approval_number ?? '' };
  return map.tiles ? { ...said, ...(await tiles(map.tiles, arrived)) } : streets(said, arrived);
}

async function streets(said: { attribution: string; approval: string }, arrived: () => void): Promise<Ground> {
  const map = await loadStreets();
  const near = map?.tileZoom == null ? null : new Tiles(map.tileZoom, arrived);
  return {
    kind: 'streets',
    system: 'wgs84',
    attribution: map?.attribution || said.attribution,
    approval: said.approval,
    bounds: map?.bounds ?? [],
    draw: (context, view, _ratio, isNight) => {
      const colours = isNight ? NIGHT : DAY;
      drawStreets(context, near?.lines(view) ?? map?.lines ?? [], view, colours);
      return 0;
    },
  };
}

async function tiles(view: TilesView, arrived: () => void): Promise<Omit<Ground, 'attribution' | 'approval'>> {
  const { kind, coordinates: system } = view;
  const bounds = (view.bounds ?? []).map(([lon = 0, lat = 0]) => fromSystem({ lat, lon }, system));
  const draw = kind === 'raster' ? pictures(view, arrived) : await shapes(view, arrived);
  return { kind, system, bounds, draw };
}

/** Several arrive at once: they are drawn together. */
function together(arrived: () => void): () => void {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      arrived();
    });
  };
}

function pictures(map: TilesView, arrived: () => void): Ground['draw'] {
  const pyramid = new Pyramid({
    minZoom: map.min_zoom,
    maxZoom: map.max_zoom,
    side: map.tile_size ?? SIDES.raster,
    ask: (square) => askPictures(map.layers, square, map.subdomains),
    arrived: together(arrived),
  });
  return (context, view, ratio, isNight) => {
    const pieces = pyramid.pieces(view);
    blank(context, view, isNight);
    drawPictures(context, pieces, view, ratio);
    if (isNight) {
      context.fillStyle = SHADE;
      context.fillRect(0, 0, view.width, view.height);
    }
    return whole(pieces);
  };
}

/** What reads vector tiles is loaded where a map has them. */
async function shapes(map: TilesView, arrived: () => void): Promise<Ground['draw']> {
  const { askShapes, drawShapes } = await import('./shapes');
  const pyramid = new Pyramid({
    minZoom: map.min_zoom,
    maxZoom: map.max_zoom,
    side: SIDES.vector,
    ask: (square) => askShapes(addressOf(map.layers[0] ?? '', square), square),
    arrived: together(arrived),
  });
  return (context, view, _ratio, isNight) => {
    const pieces = pyramid.pieces(view);
    blank(context, view, isNight);
    drawShapes(context, pieces, view, isNight ? NIGHT : DAY);
    return whole(pieces);
  };
}

export function blank(context: CanvasRenderingContext2D, view: View, isNight: boolean) {
  context.fillStyle = (isNight ? NIGHT : DAY).ground;
  context.fillRect(0, 0, view.width, view.height);
}

function whole<T>(pieces: Piece<T>[]): number {
  return pieces.filter(({ onto, from }) => onto.zoom === from.zoom).length;
}
