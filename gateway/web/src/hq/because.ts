/** A recorded reason in words: its name, and the figures it was lost by. */

import type { WaitReason } from '../wire';

type Words = Record<string, string>;

/** Figures that say when, not how much. */
const MOMENTS = ['opens_at'];

export function because(lost: unknown, words: Words, when: (at: number) => string): string {
  if (typeof lost === 'string') return words[lost] ?? lost;
  if (typeof lost !== 'object' || lost === null) return '';
  const [name, figures] = named(lost as Record<string, unknown>);
  const told = Object.entries(figures)
    .filter(([, value]) => typeof value === 'number')
    .map(([figure, value]) => {
      const text = MOMENTS.includes(figure) ? when(value as number) : String(Math.round((value as number) * 10) / 10);
      return `${words[figure] ?? figure.replaceAll('_', ' ')} ${text}`;
    });
  const said = words[name] ?? name;
  return told.length > 0 ? `${said} (${told.join(', ')})` : said;
}

/** A reason names itself in `reason`, or is the one name of an object. */
function named(lost: Record<string, unknown>): [string, Record<string, unknown>] {
  if (typeof lost.reason === 'string') {
    const { reason, ...figures } = lost;
    return [reason as string, figures];
  }
  const [name, figures] = Object.entries(lost)[0] ?? ['', {}];
  return [name, (figures ?? {}) as Record<string, unknown>];
}

/** What the zone wrote of why it asked this courier, in the words of a language. */
export interface CourierWords {
  byHand: string;
  byStore?: string;
  idle: string;
  inHand: (count: string) => string;
  away: (way: string) => string;
  waits: (time: string) => string;
  door: (time: string) => string;
  could: (count: string) => string;
  same: (who: string) => string;
  more: (who: string, seconds: string) => string;
  less: (who: string, seconds: string) => string;
  comma: string;
  stop: string;
}

const ID = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';

/** Piece by piece; what a newer server says is shown as it came. */
export function courierBecause(text: string, words: CourierWords, name: (id: string) => string): string {
  const forms: [RegExp, (...parts: string[]) => string][] = [
    [/^chosen by hand$/, () => words.byHand],
    [/^the store handed it over$/, () => words.byStore ?? 'the store handed it over'],
    [/^idle$/, () => words.idle],
    [/^(\d+) in hand$/, words.inHand],
    [/^(.+) from the store$/, words.away],
    [/^waits (.+) there$/, words.waits],
    [/^door (.+) after ready$/, words.door],
    [/^(\d+) could come$/, words.could],
    [new RegExp(`^${ID} costs the same$`), (id) => words.same(name(id ?? ''))],
    [new RegExp(`^${ID} costs (\\d+) s more$`), (id, seconds) => words.more(name(id ?? ''), seconds ?? '')],
    [new RegExp(`^${ID} costs (\\d+) s less but is wanted elsewhere$`), (id, seconds) => words.less(name(id ?? ''), seconds ?? '')],
  ];
  const piece = (said: string) => {
    for (const [form, word] of forms) {
      const found = form.exec(said);
      if (found) return word(...found.slice(1));
    }
    return said.replace(new RegExp(ID, 'g'), (id) => name(id));
  };
  return text
    .split('; ')
    .map((part) => part.split(', ').map(piece).join(words.comma))
    .join(words.stop);
}

/** What a reason says of one who was weighed and not taken; nothing where it names others. */
export function rivalry(text: string, id: string): string {
  return text.split('; ').flatMap((part) => part.split(', ')).find((piece) => piece.startsWith(`${id} costs`)) ?? '';
}

/** The couriers that a reason names. */
export function couriersIn(text: string): string[] {
  return text.match(new RegExp(ID, 'g')) ?? [];
}

/** Why a round asked nobody, in the words of a language. */
export interface WaitWords {
  too_early: (from: string) => string;
  nobody_near: string;
  nobody_fits: (count: string) => string;
  outbid: (count: string) => string;
  chosen_unavailable: (who: string) => string;
}

/** What a newer server says is shown as it came. */
export function waitBecause(why: WaitReason, words: WaitWords, name: (id: string) => string, when: (at: number) => string): string {
  switch (why.reason) {
    case 'too_early':
      return words.too_early(when(why.look_from_at));
    case 'nobody_near':
      return words.nobody_near;
    case 'nobody_fits':
      return words.nobody_fits(String(why.looked_at));
    case 'outbid':
      return words.outbid(String(why.candidates));
    case 'chosen_unavailable':
      return words.chosen_unavailable(name(why.courier));
    default:
      return (why as { reason: string }).reason;
  }
}
