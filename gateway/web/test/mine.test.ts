import { expect, test } from 'vitest';
import { dropMine, keepMine, mine } from '../src/lib/mine';

function shelf(text: string | null = null) {
  let kept = text;
  return { getItem: () => kept, setItem: (_key: string, value: string) => void (kept = value) };
}
const DAY = 86_400_000;
const order = (name: string, at: number) => ({ order: name, url: `/track/${name}#token=t`, at });

test('the last five orders of this browser are kept, youngest first, each once', () => {
  const here = shelf();
  for (let at = 1; at <= 6; at += 1) keepMine(here, order(`o${at}`, at), at);
  keepMine(here, order('o4', 7), 7);
  expect(mine(here, 8).map((known) => known.order)).toEqual(['o4', 'o6', 'o5', 'o3', 'o2']);
});

test('a link that opens nothing any more is dropped, by its age or once it was refused', () => {
  const here = shelf();
  keepMine(here, order('old', 0), 0);
  keepMine(here, order('young', 60 * DAY), 60 * DAY);
  expect(mine(here, 89 * DAY)).toHaveLength(2);
  expect(mine(here, 90 * DAY).map((known) => known.order)).toEqual(['young']);
  dropMine(here, 'young', 90 * DAY);
  expect(mine(here, 90 * DAY)).toEqual([]);
});

test('what is no list of ours, or leads elsewhere, is nothing', () => {
  for (const text of ['{', '{}', 'null', '7']) expect(mine(shelf(text), 0)).toEqual([]);
  expect(mine(shelf(JSON.stringify([{ order: 'x', url: 'https://elsewhere/track/', at: 0 }])), 0)).toEqual([]);
});
