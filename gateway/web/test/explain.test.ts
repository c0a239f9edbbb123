import { expect, test } from 'vitest';
import { explained } from '../src/shop/explain';
import type { QuoteView } from '../src/wire';

test('each line says what was taken off it and by what, whoever carries it', () => {
  const quote = {
    lines: [
      {
        sku: 's',
        name: '牛奶',
        quantity: 3,
        list_price_fen: 1_000,
        goods_fen: 2_500,
        shares: [
          { source: 'spend_and_save:c', bearer: 'hq', amount_fen: 180 },
          { source: 'spend_and_save:c', bearer: 'store', amount_fen: 120 },
          { source: 'points', bearer: 'hq', amount_fen: 200 },
        ],
      },
    ],
    explanation: { applied: [{ campaign: 'c', name: '满减' }], not_applied: [] },
  } as unknown as QuoteView;
  expect(explained(quote)).toEqual([
    {
      sku: 's',
      title: '3× 牛奶',
      listFen: 3_000,
      parts: [
        { source: 'spend_and_save:c', name: '满减', offFen: 300 },
        { source: 'points', name: undefined, offFen: 200 },
      ],
      goodsFen: 2_500,
    },
  ]);
});
