//! Each rule by itself, then rules that meet.

mod documents;

use vocabulary::{CouponId, Money};

use super::*;
use crate::fixtures::*;
use crate::{
    Bearer, BookCommand, Permille, PriceBook, Quote, QuotePolicy, QuoteRefusal, QuoteRequest,
    Quoted, ShareSource, Stores,
};

/// Milk at 10.00, rice at 30.00, tea at 9.99; and whatever fees the default policy has.
fn shop() -> PriceBook {
    book_of([(1, 1_000), (2, 3_000), (3, 999)].map(|(id, fen)| BookCommand::PutSku(sku(id, fen))))
}

fn price(campaigns: Vec<Campaign>, request: &QuoteRequest) -> Quoted {
    priced_for(campaigns, None, request)
}

fn priced_for(
    campaigns: Vec<Campaign>,
    member: Option<&MemberStanding>,
    request: &QuoteRequest,
) -> Quoted {
    let book = shop();
    let campaigns = campaigns_of(&book, campaigns);
    let quoted = quoted(&book, &campaigns, member, request).unwrap();
    assert_eq!(quoted.quote.verify_totals(), Ok(()));
    quoted
}

/// What was taken off each line, in fen.
fn offs(quote: &Quote) -> Vec<i64> {
    let off = |line: &crate::PricedLine| {
        let discounts = line.shares.iter().filter(|share| share.source.is_discount());
        discounts.map(|share| share.amount.as_fen()).sum()
    };
    quote.lines.iter().map(off).collect()
}

fn reasons(quoted: &Quoted) -> Vec<(u128, &'static str)> {
    let declined = quoted.explanation.not_applied.iter();
    declined.map(|known| (known.subject.campaign.bits(), known.reason.code())).collect()
}

fn applied(quoted: &Quoted) -> Vec<(u128, i64)> {
    let applied = quoted.explanation.applied.iter();
    applied.map(|known| (known.subject.campaign.bits(), known.amount.as_fen())).collect()
}

fn only(number: u128) -> Scope {
    Scope { goods: Goods::Skus([sku_id(number)].into()), ..Scope::default() }
}

fn with_coupons(numbers: &[u128], lines: &[(u128, u32)]) -> QuoteRequest {
    let coupons = numbers.iter().map(|number| CouponId::from_bits(*number)).collect();
    QuoteRequest { coupons, ..basket(lines) }
}

#[test]
fn a_limited_time_price_is_taken_off_each_unit() {
    let fixed = Discount::LimitedTime(UnitDiscount::FixedPrice(Money::fen(799)));
    let quoted =
        price(vec![Campaign { scope: only(1), ..campaign(1, fixed) }], &basket(&[(1, 3), (2, 1)]));
    assert_eq!(offs(&quoted.quote), [603, 0]);
    let [share] = quoted.quote.lines[0].shares[..] else { panic!("one share") };
    assert_eq!(share.source, ShareSource::LimitedTime(campaign_id(1)));
    assert_eq!((share.bearer, share.amount), (Bearer::Hq, Money::fen(603)));
    assert_eq!(quoted.explanation.applied[0].lines, [(sku_id(1), Money::fen(603))]);
}

#[test]
fn a_fixed_price_above_the_price_changes_nothing() {
    let fixed = Discount::LimitedTime(UnitDiscount::FixedPrice(Money::fen(1_200)));
    let quoted = price(vec![Campaign { scope: only(1), ..campaign(1, fixed) }], &basket(&[(1, 1)]));
    assert_eq!(reasons(&quoted), [(1, "nothing_left")]);
    assert_eq!(quoted.quote.goods_total, Money::fen(1_000));
}

#[test]
fn a_begun_fen_of_a_percentage_is_left_to_pay() {
    let quoted = price(vec![campaign(1, percent_off(150))], &basket(&[(3, 2)]));
    assert_eq!(offs(&quoted.quote), [298], "149.85 fen off each of two");
}

#[test]
fn spend_and_save_takes_the_highest_tier_reached_over_the_lines() {
    let tier = |spend, off| SpendTier { spend: Money::fen(spend), off: Money::fen(off) };
    let tiers = SpendAndSave::Tiers(vec![tier(5_000, 500), tier(10_000, 1_500)]);
    let rule = campaign(1, Discount::SpendAndSave(tiers));
    let ask = |milk| price(vec![rule.clone()], &basket(&[(1, milk), (2, 1)]));
    assert_eq!(offs(&ask(7).quote), [1_050, 450], "100.00 gives 15.00, by worth 70 to 30");
    let between = ask(4);
    assert_eq!(applied(&between), [(1, 500)]);
    let next = between.explanation.applied[0].next.unwrap();
    assert_eq!((next.by, next.spend), (Money::fen(3_000), Money::fen(10_000)));
    let below = ask(1);
    assert_eq!(offs(&below.quote), [0, 0]);
    let short = &below.explanation.not_applied[0];
    assert_eq!(short.reason.to_string(), "¥10.00 short of ¥50.00");
}

#[test]
fn every_full_amount_saves_again_up_to_a_limit() {
    let rule = |most| {
        let (spend, off) = (Money::fen(2_000), Money::fen(300));
        let every = SpendAndSave::Every { spend, off, most };
        vec![campaign(1, Discount::SpendAndSave(every))]
    };
    assert_eq!(applied(&price(rule(None), &basket(&[(1, 5)]))), [(1, 600)]);
    let capped = price(rule(Some(Money::fen(500))), &basket(&[(1, 5)]));
    assert_eq!(applied(&capped), [(1, 500)]);
    assert_eq!(capped.explanation.applied[0].next, None);
}

#[test]
fn stages_follow_each_other_and_each_counts_what_the_one_before_left() {
    let ten_off = Campaign { scope: only(2), ..campaign(1, percent_off(100)) };
    let save = campaign(2, spend_and_save(5_000, 1_000));
    let ticket = campaign(3, coupon(CouponValue::Amount(Money::fen(500)), 4_000));
    let quoted = priced_for(
        vec![ticket, save, ten_off],
        Some(&standing(10_000, &[3])),
        &QuoteRequest { points: 10_000, ..with_coupons(&[3], &[(1, 3), (2, 1)]) },
    );
    // 60.00: rice 3.00 off, 57.00; then 10.00 off, 47.00; then 5.00 off, 42.00; half by points.
    assert_eq!(applied(&quoted), [(1, 300), (2, 1_000), (3, 500)]);
    let spent = quoted.explanation.points.unwrap();
    assert_eq!((spent.points, spent.amount), (2_100, Money::fen(2_100)));
    assert_eq!(quoted.quote.goods_total, Money::fen(2_100));
    let uses = quoted.quote.uses.unwrap();
    assert_eq!((uses.coupons, uses.points), (vec![CouponId::from_bits(3)], 2_100));
}

#[test]
fn the_first_in_declared_order_excludes_the_others() {
    let one = |number, priority, stacking| Campaign {
        priority,
        stacking,
        ..campaign(number, percent_off(100))
    };
    let group = || Stacking::Group("summer".into());
    let quoted = price(
        vec![one(1, 5, group()), one(2, 3, group()), one(3, 9, Stacking::Stackable)],
        &basket(&[(1, 1)]),
    );
    assert_eq!(applied(&quoted), [(2, 100), (3, 100)]);
    assert_eq!(reasons(&quoted), [(1, "excluded")]);
    let alone = price(
        vec![
            Campaign { scope: only(1), ..one(1, 0, Stacking::Exclusive) },
            campaign(2, spend_and_save(1_000, 100)),
        ],
        &basket(&[(1, 1), (2, 1)]),
    );
    assert_eq!(offs(&alone.quote), [100, 100], "only the rice counts for the second");
    let reason = price(
        vec![one(1, 0, Stacking::Exclusive), campaign(2, spend_and_save(100, 50))],
        &basket(&[(1, 1)]),
    );
    let by = campaign_id(1);
    assert_eq!(reason.explanation.not_applied[0].reason, Reason::Excluded { by });
}

#[test]
fn more_than_everything_is_shared_in_proportion() {
    let quoted = price(
        vec![campaign(1, percent_off(900)), campaign(2, percent_off(300))],
        &basket(&[(1, 1)]),
    );
    assert_eq!(quoted.quote.goods_total, Money::ZERO);
    assert_eq!(applied(&quoted), [(1, 750), (2, 250)]);
}

#[test]
fn bearers_share_what_is_taken_off() {
    let part = |bearer, permille| BearerPart { bearer, permille: Permille(permille) };
    let bearers = vec![part(Bearer::Hq, 500), part(Bearer::Merchant, 500)];
    let rule = Campaign { bearers, ..campaign(1, spend_and_save(1_000, 101)) };
    let quoted = price(vec![rule], &basket(&[(1, 1)]));
    let shares: Vec<(Bearer, i64)> = quoted.quote.lines[0]
        .shares
        .iter()
        .map(|share| (share.bearer, share.amount.as_fen()))
        .collect();
    assert_eq!(shares, [(Bearer::Hq, 51), (Bearer::Merchant, 50)]);
}

#[test]
fn campaigns_hold_for_their_time_store_channel_member_and_goods() {
    let off = || campaign(1, percent_off(100));
    let scoped = |scope| Campaign { scope, ..off() };
    let stores = Scope { stores: Stores::Only([store(7)].into()), ..Scope::default() };
    let channels = Channels::Only([channel("mt")].into());
    let channels = Scope { channels, ..Scope::default() };
    let members = Members::Tiers([TierCode::new("gold").unwrap()].into());
    let members = Scope { members, ..Scope::default() };
    let goods = Scope { goods: Goods::Categories(["drink".into()].into()), ..Scope::default() };
    let except = Scope { except: [sku_id(1)].into(), ..Scope::default() };
    let later = Campaign { starts_at: NOW.after(vocabulary::Seconds(1)), ..off() };
    let over = Campaign { ends_at: NOW, ..off() };
    let silent = [scoped(stores.clone()), scoped(channels), scoped(goods), scoped(except)];
    for campaign in silent.into_iter().chain([later, over]) {
        let quoted = price(vec![campaign.clone()], &basket(&[(1, 1)]));
        assert_eq!(applied(&quoted), [], "{campaign:?}");
        assert_eq!(reasons(&quoted), [], "{campaign:?}");
    }
    let at_store = QuoteRequest { store: Some(store(7)), ..basket(&[(1, 1)]) };
    assert_eq!(applied(&price(vec![scoped(stores)], &at_store)), [(1, 100)]);
    assert_eq!(reasons(&price(vec![scoped(members.clone())], &basket(&[(1, 1)]))), [(1, "tier")]);
    let gold = standing(0, &[]);
    let quoted = priced_for(vec![scoped(members)], Some(&gold), &basket(&[(1, 1)]));
    assert_eq!(applied(&quoted), [(1, 100)]);
    assert_eq!(quoted.quote.uses.map(|uses| uses.member), Some(gold.member));
}

#[test]
fn a_line_that_a_partner_priced_takes_no_campaign() {
    let book = book_of([
        BookCommand::PutSku(sku(1, 1_000)),
        BookCommand::PutContract(contract("mt", 500)),
    ]);
    let campaigns = campaigns_of(&book, [campaign(1, percent_off(100))]);
    let mut request = QuoteRequest { channel: channel("mt"), ..basket(&[(1, 1)]) };
    request.lines[0].channel_price = Some(Money::fen(900));
    let quoted = quoted(&book, &campaigns, None, &request).unwrap();
    assert_eq!(quoted.quote.goods_total, Money::fen(900));
}

#[test]
fn coupons_are_a_members_and_one_of_a_kind_is_used() {
    let book = shop();
    let value = CouponValue::Percent { off: Permille(200), most: Some(Money::fen(300)) };
    let campaigns = campaigns_of(&book, [campaign(1, coupon(value, 0))]);
    let request = with_coupons(&[1], &[(1, 2)]);
    let ask = |member: Option<&MemberStanding>, request| quoted(&book, &campaigns, member, request);
    assert_eq!(ask(None, &request), Err(QuoteRefusal::NeedsMember));
    let coupon = CouponId::from_bits(1);
    let nobodys = ask(Some(&standing(0, &[])), &request);
    assert_eq!(nobodys, Err(QuoteRefusal::UnknownCoupon { coupon }));
    let member = standing(0, &[1]);
    let used = ask(Some(&member), &request).unwrap();
    assert_eq!(applied(&used), [(1, 300)], "a fifth of 20.00, 3.00 at most");
    let mut expired = member.clone();
    expired.coupons[0].expires_at = NOW;
    assert_eq!(reasons(&ask(Some(&expired), &request).unwrap()), [(1, "over")]);
    let mut two = member.clone();
    two.coupons.push(HeldCoupon { id: CouponId::from_bits(2), ..member.coupons[0] });
    let request = with_coupons(&[1, 2], &[(1, 2)]);
    let both = ask(Some(&two), &request).unwrap();
    assert_eq!((applied(&both), reasons(&both)), (vec![(1, 300)], vec![(1, "one_per_kind")]));
    let many: Vec<u128> = (1..=21).collect();
    let request = with_coupons(&many, &[(1, 2)]);
    let refused = ask(Some(&two), &request);
    assert_eq!(refused, Err(QuoteRefusal::TooManyCoupons { given: 21 }));
}

#[test]
fn points_pay_whole_fen_and_no_more_than_there_are() {
    let points = PointsPolicy { points_per_fen: 3, most: Permille(100), bearer: Bearer::Hq };
    let policy = QuotePolicy { points, ..QuotePolicy::default() };
    let book = book_of([BookCommand::PutSku(sku(1, 1_000)), BookCommand::PutQuotePolicy(policy)]);
    let campaigns = Campaigns::default();
    let ask = |points| {
        let request = QuoteRequest { points, ..basket(&[(1, 1)]) };
        quoted(&book, &campaigns, Some(&standing(1_000, &[])), &request)
    };
    let uses = |points| ask(points).unwrap().quote.uses.unwrap().points;
    assert_eq!(uses(8), 6, "two points are no fen");
    assert_eq!(uses(1_000), 300, "a tenth of 10.00");
    let refused = ask(1_001);
    assert_eq!(refused, Err(QuoteRefusal::NotEnoughPoints { given: 1_001, available: 1_000 }));
}

#[test]
fn what_has_a_budget_is_drawn_and_what_is_used_up_is_left_out() {
    let book = shop();
    let budget = Some(Budget { uses: Some(10), amount: None });
    let campaigns = campaigns_of(&book, [Campaign { budget, ..campaign(1, percent_off(100)) }]);
    let request = basket(&[(1, 1)]);
    let quote = quoted(&book, &campaigns, None, &request).unwrap().quote;
    let amount = Money::fen(100);
    assert_eq!(quote.budgets, [BudgetDraw { campaign: campaign_id(1), amount }]);
    let facts = crate::Facts {
        book: &book,
        campaigns: &campaigns,
        member: None,
        exhausted: &[campaign_id(1)].into(),
    };
    let id = vocabulary::QuoteId::from_bits(2);
    let later = crate::price_basket(&facts, &request, id, NOW).unwrap();
    assert_eq!(reasons(&later), [(1, "budget_used_up")]);
    assert!(later.quote.budgets.is_empty());
}
