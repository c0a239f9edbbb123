// Numbers, money and times as people of a language read them. `locale` is a BCP 47 tag.

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function kept<F extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => F): F {
  const known = formats.get(key) as F | undefined;
  if (known) return known;
  const made = make();
  formats.set(key, made);
  return made;
}

/** 14:05 */
export function time(at: number, locale: string): string {
  const make = () => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return kept(`time ${locale}`, make).format(at);
}

/** 22 Nov, 14:05 */
/** By a zone's clock, or this device's. */
export function moment(at: number, locale: string, timeZone?: string): string {
  const make = () =>
    new Intl.DateTimeFormat(locale, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(timeZone && { timeZone }),
    });
  return kept(`moment ${locale} ${timeZone ?? ''}`, make).format(at);
}

export function money(fen: number, locale: string): string {
  const make = () => new Intl.NumberFormat(locale, { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol' });
  return kept(`money ${locale}`, make).format(fen / 100);
}

export function metres(metres: number): string {
  return metres < 1_000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1_000).toFixed(1)} km`;
}

/** 12:05, or -3:20 when it is past. Hours are added when there are some. */
export function countdown(ms: number): string {
  const whole = Math.floor(Math.abs(ms) / 1_000);
  const [hours, minutes, seconds] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  const text = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  return ms < 0 && whole > 0 ? `-${text}` : text;
}

/** What one order or one courier is called, the same on every page: the end of its id. */
export function called(id: string): string {
  return `#${id.slice(-6).toUpperCase()}`;
}

/** Somebody with a name: two of one name are told apart. */
export function named(name: string | null | undefined, id: string): string {
  return name ? `${name} ${called(id)}` : called(id);
}
