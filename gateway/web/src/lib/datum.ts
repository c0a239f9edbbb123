// The systems in which maps of mainland China say where something is. Positions are WGS-84 wherever
// they are kept; they are converted once where they meet a map in another system, and once back.
// The server converts by the same rules: test/places.json is written by it.

import type { Datum } from '../wire';
import type { Point } from './place';

/** Degrees of a WGS-84 place in another system. */
export function inSystem(place: Point, system: Datum): Point {
  switch (system) {
    case 'wgs84':
      return place;
    case 'gcj02':
      return gcjOfWgs(place);
    case 'bd09':
      return bdOfGcj(gcjOfWgs(place));
  }
}

/** The WGS-84 place that degrees of another system stand for, to within a millimetre. */
export function fromSystem(degrees: Point, system: Datum): Point {
  switch (system) {
    case 'wgs84':
      return degrees;
    case 'gcj02':
      return wgsOfGcj(degrees);
    case 'bd09':
      return wgsOfGcj(gcjOfBd(degrees));
  }
}

/** South, north, west and east. */
type Frame = [number, number, number, number];

/** Everything that may be shifted; a frame, not a border. */
const SHIFTED: Frame = [3.8, 53.6, 73.4, 135.1];
/** Taiwan, Penghu, Kinmen and Matsu. */
const UNSHIFTED: Frame[] = [
  [21.7, 25.35, 119.95, 122.2],
  [23.1, 23.9, 119.2, 119.95],
  [24.37, 24.535, 118.2, 118.5],
  [25.93, 26.29, 119.905, 120.55],
  [26.29, 26.42, 120.4, 120.55],
];
/** Longitude and latitude around Hong Kong; Shenzhen begins across a river. */
const HONG_KONG: [number, number][] = [
  [113.82, 22.13],
  [113.82, 22.4],
  [113.9, 22.44],
  [113.96, 22.485],
  [114.03, 22.505],
  [114.08, 22.518],
  [114.113, 22.531],
  [114.13, 22.54],
  [114.155, 22.557],
  [114.18, 22.556],
  [114.227, 22.547],
  [114.3, 22.56],
  [114.52, 22.44],
  [114.52, 22.13],
];
/** Longitude and latitude around Macau. */
const MACAU: [number, number][] = [
  [113.53, 22.185],
  [113.53, 22.205],
  [113.541, 22.215],
  [113.557, 22.216],
  [113.61, 22.19],
  [113.61, 22.1],
  [113.552, 22.1],
  [113.545, 22.16],
];

function isInMainland(place: Point): boolean {
  const within = ([south, north, west, east]: Frame) =>
    place.lat >= south && place.lat <= north && place.lon >= west && place.lon <= east;
  return within(SHIFTED) && !UNSHIFTED.some(within) && !encloses(HONG_KONG, place) && !encloses(MACAU, place);
}

/** Whether a ray to the east leaves the ring an odd number of times. */
function encloses(ring: [number, number][], { lat, lon }: Point): boolean {
  let inside = false;
  ring.forEach(([x1, y1], index) => {
    const [x2, y2] = ring[(index + 1) % ring.length] ?? [x1, y1];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

// The shift of GCJ-02, published many times: an ellipsoid of Krasovsky and sums of sines.
const AXIS = 6_378_245;
const ECCENTRICITY = 0.006_693_421_622_965_943;

function waves(value: number, slow: number, quick: number): number {
  const sine = (factor: number) => Math.sin(value * factor * Math.PI);
  return (20 * sine(1) + 40 * sine(1 / 3)) * (2 / 3) + (slow * sine(1 / 12) + quick * sine(1 / 30)) * (2 / 3);
}

function shifted(place: Point): Point {
  const x = place.lon - 105;
  const y = place.lat - 35;
  const ripple = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3);
  const root = Math.sqrt(Math.abs(x));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple + waves(y, 160, 320);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple + waves(x, 150, 300);
  const latitude = (place.lat * Math.PI) / 180;
  const bulge = 1 - ECCENTRICITY * Math.sin(latitude) ** 2;
  const meridian = (AXIS * (1 - ECCENTRICITY)) / (bulge * Math.sqrt(bulge));
  const parallel = (AXIS / Math.sqrt(bulge)) * Math.cos(latitude);
  return {
    lat: place.lat + (north * 180) / (meridian * Math.PI),
    lon: place.lon + (east * 180) / (parallel * Math.PI),
  };
}

/** Polar degrees around 0° N 0° E, rippled and moved. */
function rippled({ lat, lon }: Point): Point {
  const turn = (Math.PI * 3000) / 180;
  const radius = Math.sqrt(lon * lon + lat * lat) + 2e-5 * Math.sin(lat * turn);
  const angle = Math.atan2(lat, lon) + 3e-6 * Math.cos(lon * turn);
  return { lat: radius * Math.sin(angle) + 0.006, lon: radius * Math.cos(angle) + 0.0065 };
}

/** What `shift` moves to the target: the shifts change slowly, so that each step wins two digits. */
function undo(shift: (place: Point) => Point, target: Point): Point {
  let guess = target;
  for (let step = 0; step < 5; step += 1) {
    const reached = shift(guess);
    guess = { lat: guess.lat + target.lat - reached.lat, lon: guess.lon + target.lon - reached.lon };
  }
  return guess;
}

/** The place in mainland China that a GCJ-02 pair stands for, if there is one. */
function sourceOf(gcj: Point): Point | null {
  const source = undo(shifted, gcj);
  return isInMainland(source) ? source : null;
}

/** Outside mainland China the systems are the same. */
export function gcjOfWgs(place: Point): Point {
  return isInMainland(place) ? shifted(place) : place;
}

export function wgsOfGcj(gcj: Point): Point {
  return sourceOf(gcj) ?? gcj;
}

export function bdOfGcj(gcj: Point): Point {
  return sourceOf(gcj) ? rippled(gcj) : gcj;
}

export function gcjOfBd(bd: Point): Point {
  const source = undo(rippled, bd);
  return sourceOf(source) ? source : bd;
}
