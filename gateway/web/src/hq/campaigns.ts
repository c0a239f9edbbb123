// From the words of a form to a campaign's document, and back to words of what it gives.

import type { BearerBody, BudgetBody, CampaignBody, CouponBody, DiscountBody, ScopeBody } from '../wire';

export const KINDS = ['percent_off', 'amount_off', 'fixed_price', 'tiers', 'every', 'coupon_amount', 'coupon_percent'] as const;
export type Kind = (typeof KINDS)[number];

/** What headquarters types: yuan, thousandths, and moments as the browser's own fields give them. */
export interface Draft {
  name: string;
  kind: Kind;
  spend: number;
  off: number;
  permille: number;
  category: string;
  from: string;
  until: string;
  stacking: 'stackable' | 'exclusive';
  priority: number;
  hqPermille: number;
  /** Empty: all. */
  stores: string[];
  membersOnly: boolean;
  /** How many coupons one member may ever claim, and for how many days each holds. */
  perMember: number;
  validDays: number;
  /** Empty: no limit. */
  budgetUses: number | null;
  budgetYuan: number | null;
}

export const BLANK: Draft = {
  name: '',
  kind: 'tiers',
  spend: 39,
  off: 3,
  permille: 100,
  category: '',
  from: '',
  until: '',
  stacking: 'stackable',
  priority: 0,
  hqPermille: 1_000,
  stores: [],
  membersOnly: false,
  perMember: 1,
  validDays: 30,
  budgetUses: null,
  budgetYuan: null,
};

export const isCoupon = (kind: Kind) => kind === 'coupon_amount' || kind === 'coupon_percent';
export const isPart = (kind: Kind) => kind === 'percent_off' || kind === 'coupon_percent';
/** Kinds that ask for a sum to be spent. */
export const isOfSum = (kind: Kind) => kind === 'tiers' || kind === 'every' || isCoupon(kind);

const fen = (yuan: number) => Math.round(yuan * 100);
const moment = (text: string) => new Date(text).getTime();

function coupon(draft: Draft, value: CouponBody['value']): DiscountBody {
  return {
    coupon: {
      value,
      threshold_fen: fen(draft.spend),
      per_member: draft.perMember,
      claim_from_at: moment(draft.from),
      claim_until_at: moment(draft.until),
      valid_days: draft.validDays,
    },
  };
}

function discount(draft: Draft): DiscountBody {
  const { kind, spend, off, permille } = draft;
  const [spend_fen, off_fen] = [fen(spend), fen(off)];
  switch (kind) {
    case 'percent_off':
      return { limited_time: { percent_off: { permille } } };
    case 'amount_off':
      return { limited_time: { amount_off: { off_fen } } };
    case 'fixed_price':
      return { limited_time: { fixed_price: { price_fen: off_fen } } };
    case 'tiers':
      return { spend_and_save: { tiers: [{ spend_fen, off_fen }] } };
    case 'every':
      return { spend_and_save: { every: { spend_fen, off_fen } } };
    case 'coupon_amount':
      return coupon(draft, { amount: { off_fen } });
    case 'coupon_percent':
      return coupon(draft, { percent: { permille, ...(off > 0 && { most_fen: off_fen }) } });
  }
}

function scope({ category, stores, membersOnly }: Draft): ScopeBody {
  const named = category.trim();
  return {
    ...(named && { categories: [named] }),
    ...(stores.length > 0 && { stores }),
    ...(membersOnly && { members_only: true }),
  };
}

function budget({ budgetUses, budgetYuan }: Draft): BudgetBody | null {
  if (budgetUses == null && budgetYuan == null) return null;
  return { ...(budgetUses != null && { uses: budgetUses }), ...(budgetYuan != null && { amount_fen: fen(budgetYuan) }) };
}

export function body(draft: Draft): CampaignBody {
  const bearers: BearerBody[] = [
    { bearer: 'hq', permille: draft.hqPermille },
    { bearer: 'store', permille: 1_000 - draft.hqPermille },
  ];
  const limit = budget(draft);
  return {
    name: draft.name.trim(),
    discount: discount(draft),
    scope: scope(draft),
    starts_at: moment(draft.from),
    ends_at: moment(draft.until),
    priority: draft.priority,
    stacking: draft.stacking,
    bearers: bearers.filter((part) => part.permille > 0),
    ...(limit && { budget: limit }),
  };
}
