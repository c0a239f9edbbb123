import { expect, test } from 'vitest';
import { hung } from '../src/hq/tree';
import type { CategoryView } from '../src/wire';

const of = (code: string, parent?: string, position = 0): CategoryView => ({ code, name: code, position, sku_count: 0, ...(parent && { parent }) });

test('what is below hangs under what is above, in its order, and nothing is lost', () => {
  const tree = hung([of('milk', 'dairy', 2), of('food'), of('yoghurt', 'dairy', 1), of('dairy', 'food'), of('stray', 'gone', 9)]);
  expect(tree.map(({ code, depth }) => `${'·'.repeat(depth)}${code}`)).toEqual(['food', '·dairy', '··yoghurt', '··milk', 'stray']);
});
