// What headquarters writes of a courier, as a form shows it. Pure, so that it can be tested.

import type { CourierBody } from '../wire';

export const VEHICLES = ['walk', 'bicycle', 'ebike', 'car'] as const;
export type Vehicle = (typeof VEHICLES)[number];

export interface CourierForm {
  name: string;
  mode: Vehicle;
  capacity: number;
  kilograms: number;
  /** `30.6, 114.3`, or nothing. */
  home: string;
}

export function formOf(body: CourierBody): CourierForm {
  return {
    name: body.display_name,
    mode: (body.mode ?? 'ebike') as Vehicle,
    capacity: body.capacity ?? 3,
    kilograms: (body.max_weight_g ?? 20_000) / 1_000,
    home: body.home ? `${body.home.lat}, ${body.home.lon}` : '',
  };
}

/** Null where the text is no place. */
export function placeOf(text: string): { lat: number; lon: number } | null {
  const [lat, lon, ...rest] = text.split(/[,，\s]+/).filter(Boolean).map(Number);
  if (lat === undefined || lon === undefined || rest.length > 0) return null;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** `before` keeps what the form does not show. */
export function bodyOf(form: CourierForm, before: Partial<CourierBody>, version: number): CourierBody {
  const { home: _home, ...kept } = before;
  const home = form.home.trim() ? placeOf(form.home) : null;
  return {
    ...kept,
    display_name: form.name.trim(),
    mode: form.mode,
    capacity: form.capacity,
    max_weight_g: Math.round(form.kilograms * 1_000),
    ...(home && { home }),
    version,
  } as CourierBody;
}

/** What somebody else changed between two versions: the field, as it was, as it is. */
export function changes(before: CourierForm, now: CourierForm): [keyof CourierForm, string, string][] {
  const fields = Object.keys(before) as (keyof CourierForm)[];
  return fields.filter((field) => before[field] !== now[field]).map((field) => [field, String(before[field]), String(now[field])]);
}

/** An id born now, in the slot of another one's city. */
export function newId(now: number, like: string | undefined, chance: Uint8Array): string {
  const time = Math.floor(now).toString(16).padStart(12, '0').slice(-12);
  const digits = [...chance].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const slot = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/.test(like ?? '') ? (like ?? '').slice(14, 21) : '7000-80';
  return `${time.slice(0, 8)}-${time.slice(8)}-${slot}${digits.slice(0, 2)}-${digits.slice(2, 14)}`;
}
