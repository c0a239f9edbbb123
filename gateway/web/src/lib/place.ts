// Points on the earth: how far apart, where on our own map, and how navigators are told of them.

import { inSystem } from './datum';

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

/** Links that open a navigator on a phone, each in the system that it wants. */
export function navigators(to: Point, name: string): { app: 'amap' | 'baidu' | 'tencent' | 'apple'; url: string }[] {
  const gcj = inSystem(to, 'gcj02');
  const bd = inSystem(to, 'bd09');
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
