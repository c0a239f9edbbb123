// What is wrong with a store that somebody is about to create, field by field. Pure, so that it can be tested.

import type { Point } from '../lib/place';
import { spansOf } from './hours';

export type Field = 'name' | 'place' | 'hours' | 'area' | 'prep' | 'capacity' | 'modes';
export type Mistake = 'noName' | 'noSpot' | 'wrongHours' | 'wrongRadius' | 'wrongPrep' | 'wrongCapacity' | 'noMode';

export interface Draft {
  name: string;
  spot: string;
  hours: string;
  radius: number | null;
  prep: number | null;
  capacity: number | null;
  modes: string[];
}

const within = (given: number | null, least: number, most: number) => given !== null && given >= least && given <= most;

/** `lat,lon` as somebody types it; null where it is no place on the earth. */
export function spotOf(text: string): Point | null {
  const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  const [lat, lon] = [Number(found?.[1]), Number(found?.[2])];
  return found && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

export function mistakesOf(draft: Draft): Partial<Record<Field, Mistake>> {
  const spans = spansOf(draft.hours);
  return {
    ...(draft.name.trim() === '' && { name: 'noName' as const }),
    ...(!spotOf(draft.spot) && { place: 'noSpot' as const }),
    ...((!spans || spans.length === 0) && { hours: 'wrongHours' as const }),
    ...(!within(draft.radius, 100, 100_000) && { area: 'wrongRadius' as const }),
    ...(!within(draft.prep, 0, 1_440) && { prep: 'wrongPrep' as const }),
    ...((!within(draft.capacity, 0, 100_000) || !Number.isInteger(draft.capacity)) && { capacity: 'wrongCapacity' as const }),
    ...(draft.modes.length === 0 && { modes: 'noMode' as const }),
  };
}

const FIELDS: Record<string, Field> = {
  name: 'name',
  place: 'place',
  hours: 'hours',
  area: 'area',
  prep_time_s: 'prep',
  capacity_per_window: 'capacity',
  modes: 'modes',
};

/** Which field of the form the server's path is about; null where the form has none. */
export function fieldOf(path: string | undefined): Field | null {
  return FIELDS[/^[a-z_]+/.exec(path ?? '')?.[0] ?? ''] ?? null;
}
