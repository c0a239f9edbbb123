// Points on the earth: projection for our own map, and the shifted systems that Chinese maps want.

export interface Point {
  lat: number;
  lon: number;
}

/** `lat,lon` as links say it. */
export function pointOf(text: string | null): Point | null {
  const [lat, lon] = (text ?? '').split(',').map(Number);
  return lat !== undefined && lon !== undefined && Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null;
}

const RADIUS_M = 6_371_008.8;

/** Metres along a great circle. */
export function distance(one: Point, other: Point): number {
  const radians = Math.PI / 180;
  const lat = ((other.lat - one.lat) * radians) / 2;
  const lon = ((other.lon - one.lon) * radians) / 2;
  const cos = Math.cos(one.lat * radians) * Math.cos(other.lat * radians);
  const half = Math.sin(lat) ** 2 + cos * Math.sin(lon) ** 2;
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The unit square of Web Mercator: x to the east, y to the south. */
export function project({ lat, lon }: Point): { x: number; y: number } {
  const sin = Math.sin((lat * Math.PI) / 180);
  return { x: lon / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
}

export function unproject(x: number, y: number): Point {
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return { lat, lon: (x - 0.5) * 360 };
}

// The shift of GCJ-02, published many times: an ellipsoid of Krasovsky and sums of sines.
const AXIS = 6_378_245;
const ECCENTRICITY = 0.006_693_421_622_965_943;

function isInChina({ lat, lon }: Point): boolean {
  return lat > 0.83 && lat < 55.83 && lon > 72 && lon < 137.84;
}

function waves(value: number, slow: number, quick: number): number {
  const sine = (factor: number) => Math.sin(value * factor * Math.PI);
  return (20 * sine(1) + 40 * sine(1 / 3)) * (2 / 3) + (slow * sine(1 / 12) + quick * sine(1 / 30)) * (2 / 3);
}

export function gcjOfWgs(place: Point): Point {
  if (!isInChina(place)) return place;
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

export function bdOfGcj({ lat, lon }: Point): Point {
  const turn = (Math.PI * 3000) / 180;
  const radius = Math.sqrt(lon * lon + lat * lat) + 2e-5 * Math.sin(lat * turn);
  const angle = Math.atan2(lat, lon) + 3e-6 * Math.cos(lon * turn);
  return { lat: radius * Math.sin(angle) + 0.006, lon: radius * Math.cos(angle) + 0.0065 };
}

/** Links that open a navigator on a phone, each in the system that it wants. */
export function navigators(to: Point, name: string): { app: 'amap' | 'baidu' | 'tencent' | 'apple'; url: string }[] {
  const gcj = gcjOfWgs(to);
  const bd = bdOfGcj(gcj);
  const said = encodeURIComponent(name);
  const at = ({ lat, lon }: Point) => `${lat.toFixed(6)},${lon.toFixed(6)}`;
  const swapped = `${gcj.lon.toFixed(6)},${gcj.lat.toFixed(6)}`;
  return [
    { app: 'amap', url: `https://uri.amap.com/navigation?to=${swapped},${said}&mode=ride&coordinate=gaode` },
    {
      app: 'baidu',
      url: `https://api.map.baidu.com/direction?destination=latlng:${at(bd)}|name:${said}&mode=riding&coord_type=bd09ll&output=html&src=paidan`,
    },
    {
      app: 'tencent',
      url: `https://apis.map.qq.com/uri/v1/routeplan?type=bike&to=${said}&tocoord=${at(gcj)}&referer=paidan`,
    },
    { app: 'apple', url: `https://maps.apple.com/?daddr=${at(gcj)}&dirflg=w` },
  ];
}
