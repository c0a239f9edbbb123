import { expect, test } from 'vitest';
import { BLANK, body, type Draft } from '../src/hq/campaigns';

const draft: Draft = {
  ...BLANK,
  name: ' 满39减3 ',
  kind: 'tiers',
  spend: 39,
  off: 3.1,
  permille: 100,
  category: '',
  from: '2026-11-01T00:00',
  until: '2026-11-08T00:00',
  stacking: 'stackable',
  priority: 2,
  hqPermille: 600,
};

test('yuan become fen, and what headquarters does not carry is the store’s', () => {
  const made = body(draft);
  expect(made.name).toBe('满39减3');
  expect(made.discount).toEqual({ spend_and_save: { tiers: [{ spend_fen: 3_900, off_fen: 310 }] } });
  expect(made.scope).toEqual({});
  expect(made.bearers).toEqual([
    { bearer: 'hq', permille: 600 },
    { bearer: 'store', permille: 400 },
  ]);
  expect(made.ends_at - made.starts_at).toBe(7 * 86_400_000);
});

test('each kind says what it takes off, and nobody carries nothing', () => {
  const of = (kind: Draft['kind']) => body({ ...draft, kind, hqPermille: 1_000, category: '乳品' });
  expect(of('percent_off').discount).toEqual({ limited_time: { percent_off: { permille: 100 } } });
  expect(of('amount_off').discount).toEqual({ limited_time: { amount_off: { off_fen: 310 } } });
  expect(of('fixed_price').discount).toEqual({ limited_time: { fixed_price: { price_fen: 310 } } });
  expect(of('every').discount).toEqual({ spend_and_save: { every: { spend_fen: 3_900, off_fen: 310 } } });
  expect(of('every').bearers).toEqual([{ bearer: 'hq', permille: 1_000 }]);
  expect(of('every').scope).toEqual({ categories: ['乳品'] });
});

test('a coupon is claimed while its campaign lasts, at most so often, and a budget is what was typed', () => {
  const of = body({ ...draft, kind: 'coupon_amount', perMember: 2, validDays: 14, budgetUses: 500, stores: ['s'], membersOnly: true });
  expect(of.discount).toEqual({
    coupon: {
      value: { amount: { off_fen: 310 } },
      threshold_fen: 3_900,
      per_member: 2,
      claim_from_at: of.starts_at,
      claim_until_at: of.ends_at,
      valid_days: 14,
    },
  });
  expect(of.budget).toEqual({ uses: 500 });
  expect(of.scope).toEqual({ stores: ['s'], members_only: true });
  const part = body({ ...draft, kind: 'coupon_percent', off: 0, budgetYuan: 12.5 });
  expect(part.discount).toMatchObject({ coupon: { value: { percent: { permille: 100 } } } });
  expect(part.budget).toEqual({ amount_fen: 1_250 });
  expect(body(draft).budget).toBeUndefined();
});
