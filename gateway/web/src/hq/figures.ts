// Reports as pictures: what is drawn of them, and today's figures as sockets tell them.

import type { Drawing, Series } from '../lib/charts';
import type { FiguresView, SalesRow, ServiceView, TimesView, TodayView } from '../wire';

export const STEPS = ['accept', 'pick', 'pickup_wait', 'delivery'] as const;
export type Step = (typeof STEPS)[number];
const COLOURS: Record<Step, Series['colour']> = { accept: 'primary', pick: 'accent', pickup_wait: 'error', delivery: 'secondary' };
/** More bars than this are not told apart. */
const MOST_BARS = 40;
/** Of a store whose hours name no zone. */
const HOME = 'Asia/Shanghai';

/** Whose clock the days and hours of a report go by; null where several clocks do. */
export function zoneOf(stores: { id: string; hours: Record<string, unknown> }[], chosen: string): string | null {
  const counted = chosen ? stores.filter((store) => store.id === chosen) : stores;
  const zones = new Set(counted.map((store) => String(store.hours['time_zone'] ?? HOME)));
  return zones.size === 1 ? ([...zones][0] ?? null) : null;
}

/** 4:05, or a dash before anything was seen. */
export function clock(seconds: number | null | undefined): string {
  if (seconds == null) return '–';
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function span({ median_s, p90_s }: TimesView): string {
  return median_s == null ? '–' : `${clock(median_s)} / ${clock(p90_s)}`;
}

export function share(permille: number | null | undefined): string {
  return permille == null ? '–' : `${(permille / 10).toFixed(1)}%`;
}

/** Every hour from the first to the last that sold, so that the quiet ones are seen too. */
export function hours<R extends { key: string; figures: Pick<FiguresView, 'goods_fen'> }>(rows: R[]): [string, number][] {
  const sold = new Map(rows.map((row) => [Number(row.key), row.figures.goods_fen]));
  const known = [...sold.keys()];
  if (known.length === 0) return [];
  const [first, last] = [Math.min(...known), Math.max(...known)];
  return Array.from({ length: last - first + 1 }, (_none, step) => [`${first + step}:00`, sold.get(first + step) ?? 0]);
}

export function salesDrawing(by: string, rows: SalesRow[], name: string, format: Drawing['format']): Drawing {
  const bars: [string, number][] =
    by === 'hour' ? hours(rows) : rows.slice(0, MOST_BARS).map((row) => [row.name ?? row.key, row.figures.goods_fen]);
  const kind = by === 'day' && bars.length > 2 ? 'line' : 'bars';
  return {
    labels: bars.map(([label]) => label),
    series: [{ name, kind, colour: 'primary', values: bars.map(([, value]) => value) }],
    format,
  };
}

export interface Served {
  label: string;
  service: ServiceView;
}

export function timesDrawing(rows: Served[], word: (step: Step) => string): Drawing {
  return {
    labels: rows.map((row) => row.label),
    series: STEPS.map((step) => ({
      name: word(step),
      kind: 'line' as const,
      colour: COLOURS[step],
      values: rows.map((row) => row.service[step].median_s ?? null),
    })),
    format: clock,
  };
}

export function onTimeDrawing(rows: Served[], name: string): Drawing {
  return {
    labels: rows.map((row) => row.label),
    series: [{ name, kind: 'bars', colour: 'primary', values: rows.map((row) => row.service.on_time_permille ?? null) }],
    format: share,
  };
}

/** The rows that a socket tells of today, as the report of the same breakdown has them. */
export function todaysRows(today: TodayView, by: string, storeName: (id: string) => string): SalesRow[] | null {
  const list = `/v1/ledger?from=${today.day}&to=${today.day}&kind=goods`;
  switch (by) {
    case 'hour':
      return today.by_hour.map(({ hour, figures }) => {
        const key = String(hour).padStart(2, '0');
        return { key, figures, list: `${list}&hour=${key}` };
      });
    case 'store':
      return today.by_store.map(({ store, figures }) => ({ key: store, name: storeName(store), figures, list: `${list}&store=${store}` }));
    case 'day':
      return [{ key: today.day, figures: today.total, list }];
    default:
      return null;
  }
}
