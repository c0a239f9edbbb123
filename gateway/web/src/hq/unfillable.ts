// Why no store was found, as the server wrote it, in the words of a language. Pure, so that it can be tested.

export interface UnfillableWords {
  noStore: string;
  named: (what: string) => string;
  lacks: (goods: string) => string;
  reachLacks: (goods: string) => string;
  line: (number: string, wanted: string, there: string) => string;
  together: (number: string) => string;
  moreLines: (count: string) => string;
  tooMany: (stores: string) => string;
  smallParts: string;
  reach: (stores: string, listed: string) => string;
  /** So many of the stores in reach. */
  some: (count: string, what: string) => string;
  notInCity: string;
  noDelivery: string;
  noExpress: string;
  noPickup: string;
  excluded: string;
  mode_not_offered: string;
  outside_service_area: string;
  closed: string;
  paused: string;
  screen_offline: string;
  capacity_full: string;
  none_listed: string;
  comma: string;
  stop: string;
}

/** What a store that cannot do it is doing, by the server's text. */
const DOING: Record<string, keyof UnfillableWords> = {
  'gave this back before': 'excluded',
  'does not offer this way of fulfilment': 'mode_not_offered',
  'does not serve this door': 'outside_service_area',
  'closed at that time': 'closed',
  'the store is not open at that time': 'closed',
  'takes no orders at the moment': 'paused',
  'cannot be reached': 'screen_offline',
  'can promise no more orders for that time': 'capacity_full',
  'lacks the goods': 'none_listed',
};

const WHOLE: Record<string, keyof UnfillableWords> = {
  'the named store is not in this city': 'notInCity',
  'no store delivers to this door': 'noDelivery',
  'no store is near enough to send it by express': 'noExpress',
  'no store was named to collect it from': 'noPickup',
};

/** What a newer server says in other words is shown as it came. */
export function unfillable(text: string, words: UnfillableWords): string {
  const [said = '', ...rest] = text.replace(/^no store can fulfil this basket: /, '').split('; ');
  const parts = [summary(said, words), ...rest.map((part) => reach(part, words))];
  return parts.includes(null) ? text : `${words.noStore}${parts.join(words.stop)}`;
}

function summary(said: string, words: UnfillableWords): string | null {
  const whole = WHOLE[said];
  if (whole) return words[whole] as string;
  const lacks = /^(?:the named store lacks|(stores in reach) lack) (.+)$/.exec(said);
  if (lacks) {
    const listed = goods(lacks[2] ?? '', words);
    if (listed === null) return null;
    return lacks[1] ? words.reachLacks(listed) : words.lacks(listed);
  }
  const tooMany = /^it would take more than (\d+) stores(, or parts worth too little)?$/.exec(said);
  if (tooMany) return words.tooMany(tooMany[1] ?? '') + (tooMany[2] ? words.comma + words.smallParts : '');
  const doing = DOING[said.replace(/^the named store /, '')];
  return doing ? words.named(words[doing] as string) : null;
}

function goods(text: string, words: UnfillableWords): string | null {
  const more = / and (\d+) more lines$/.exec(text);
  const lines = (more ? text.slice(0, more.index) : text).split(/, (?=line )/).map((line) => {
    const short = /^line (\d+) \((\d+) wanted, (\d+) there\)$/.exec(line);
    if (short) return words.line(short[1] ?? '', short[2] ?? '', short[3] ?? '');
    const together = /^line (\d+) \(must stay together with others\)$/.exec(line);
    return together ? words.together(together[1] ?? '') : null;
  });
  if (lines.includes(null)) return null;
  return lines.join(words.comma) + (more ? words.moreLines(more[1] ?? '') : '');
}

function reach(text: string, words: UnfillableWords): string | null {
  const found = /^of (\d+) stores in reach: (.+)$/.exec(text);
  if (!found) return null;
  const listed = (found[2] ?? '').split(', ').map((part) => {
    const [, count = '', said = ''] = /^(\d+) (.+)$/.exec(part) ?? [];
    const doing = DOING[said];
    return doing ? words.some(count, words[doing] as string) : null;
  });
  return listed.includes(null) ? null : words.reach(found[1] ?? '', listed.join(words.comma));
}
