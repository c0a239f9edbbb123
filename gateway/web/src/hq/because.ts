/** A recorded reason in words: its name, and the figures it was lost by. */

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
