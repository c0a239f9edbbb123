// From the words of a form to a campaign's document.

import type { BearerBody, CampaignBody, DiscountBody } from '../wire';

export const KINDS = ['percent_off', 'amount_off', 'fixed_price', 'tiers', 'every'] as const;
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
}

const fen = (yuan: number) => Math.round(yuan * 100);

function discount({ kind, spend, off, permille }: Draft): DiscountBody {
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
  }
}

export function body(draft: Draft): CampaignBody {
  const bearers: BearerBody[] = [
    { bearer: 'hq', permille: draft.hqPermille },
    { bearer: 'store', permille: 1_000 - draft.hqPermille },
  ];
  return {
    name: draft.name.trim(),
    discount: discount(draft),
    scope: draft.category.trim() ? { categories: [draft.category.trim()] } : {},
    starts_at: new Date(draft.from).getTime(),
    ends_at: new Date(draft.until).getTime(),
    priority: draft.priority,
    stacking: draft.stacking,
    bearers: bearers.filter((part) => part.permille > 0),
  };
}
