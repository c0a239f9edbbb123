// What a campaign gives, as a sentence.

import type { DiscountBody } from '../wire';
import { words } from './campaignWords';

export function terms(discount: DiscountBody, yuan: (fen: number) => string, at: (when: number) => string): string {
  const part = (permille: number) => `${permille / 10}%`;
  const most = (fen: number | null | undefined) => (fen == null ? '' : words().upTo(yuan(fen)));
  if ('limited_time' in discount) {
    const off = discount.limited_time;
    if ('fixed_price' in off) return words().fixedUnit(yuan(off.fixed_price.price_fen));
    if ('percent_off' in off) return words().partUnit(part(off.percent_off.permille));
    return words().offUnit(yuan(off.amount_off.off_fen));
  }
  if ('spend_and_save' in discount) {
    const off = discount.spend_and_save;
    if ('tiers' in off) return off.tiers.map((tier) => words().fromOn(yuan(tier.spend_fen), yuan(tier.off_fen))).join('；');
    return words().everyFull(yuan(off.every.spend_fen), yuan(off.every.off_fen)) + most(off.every.most_fen);
  }
  const { value, threshold_fen = 0, per_member, valid_days, valid_until_at, claim_from_at, claim_until_at } = discount.coupon;
  const off = 'amount' in value ? yuan(value.amount.off_fen) : part(value.percent.permille) + most(value.percent.most_fen);
  const holds = valid_days != null ? words().holds(valid_days) : valid_until_at != null ? `– ${at(valid_until_at)}` : '';
  return [words().fromOn(yuan(threshold_fen), off), words().eachMember(per_member), holds, words().claimable(at(claim_from_at), at(claim_until_at))]
    .filter(Boolean)
    .join(' · ');
}
