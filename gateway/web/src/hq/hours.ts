// Opening hours as headquarters types them: `08:00-12:00 14:00-22:00` a day, and a date with its hours,
// or alone for a day off, on each line of the exceptions. Pure, so that it can be tested.

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Day = (typeof DAYS)[number];

export interface Span {
  open: string;
  close: string;
}

export interface Hours {
  time_zone: string;
  weekly: Partial<Record<Day, Span[]>>;
  exceptions?: Record<string, Span[]>;
  [other: string]: unknown;
}

export function textOf(spans: Span[] = []): string {
  return spans.map(({ open, close }) => `${open}-${close}`).join(' ');
}

const SPAN = /^([01]\d|2[0-3]):([0-5]\d)[-–—~]((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** The spans of a text; nothing where one of them is none. An empty text is a day off. */
export function spansOf(text: string): Span[] | null {
  const parts = text.split(/[\s,，;；]+/).filter(Boolean);
  const spans = parts.map((part) => {
    const found = SPAN.exec(part);
    return found?.[3] ? { open: `${found[1]}:${found[2]}`, close: found[3] } : null;
  });
  return spans.every((span): span is Span => span !== null) ? spans : null;
}

export function datesOf(exceptions: Record<string, Span[]> = {}): string {
  return Object.entries(exceptions)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([date, spans]) => `${date} ${textOf(spans)}`.trim())
    .join('\n');
}

/** Exceptions by date, or the first line that is none. */
export function exceptionsOf(text: string): { exceptions: Record<string, Span[]>; wrong: number | null } {
  const exceptions: Record<string, Span[]> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const found = /^\s*(\d{4}-\d{2}-\d{2})(?:\s+(.*))?$/.exec(line);
    const spans = spansOf(found?.[2] ?? '');
    if (!found?.[1] || !isDate(found[1]) || !spans) return { exceptions, wrong: index + 1 };
    exceptions[found[1]] = spans;
  }
  return { exceptions, wrong: null };
}

function isDate(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
