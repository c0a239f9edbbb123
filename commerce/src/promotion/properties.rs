//! What holds for every set of campaigns over every basket.

use proptest::prelude::*;
use vocabulary::{CouponId, Money};

use super::*;
use crate::fixtures::*;
use crate::{
    Bearer, BookCommand, Permille, PriceBook, PricedLine, Quote, QuoteRequest, ShareSource,
};

/// Cheap enough for a hundred thousand: they are asked of whole baskets.
const CASES: u32 = 100_000;
const SKUS: u128 = 6;

fn discount() -> impl Strategy<Value = Discount> {
    let tiers = prop::collection::vec((1i64..4_000, 1i64..2_000), 1..3).prop_map(|steps| {
        let mut tiers: Vec<SpendTier> = Vec::new();
        let (mut spend, mut off) = (0, 0);
        for (more_spend, more_off) in steps {
            (spend, off) = (spend + more_spend.max(more_off), off + more_off);
            tiers.push(SpendTier { spend: Money::fen(spend), off: Money::fen(off) });
        }
        Discount::SpendAndSave(SpendAndSave::Tiers(tiers))
    });
    let every = (1i64..3_000, 1i64..3_000, prop::option::of(3_000i64..6_000)).prop_map(
        |(spend, off, most)| {
            let (spend, off) = (Money::fen(spend.max(off)), Money::fen(off));
            let most = most.map(Money::fen);
            Discount::SpendAndSave(SpendAndSave::Every { spend, off, most })
        },
    );
    let ticket = (1i64..2_000, 0i64..4_000).prop_map(|(off, threshold)| {
        let threshold = if threshold < off { 0 } else { threshold };
        coupon(CouponValue::Amount(Money::fen(off)), threshold)
    });
    let share = (1u32..=1_000, prop::option::of(1i64..2_000)).prop_map(|(off, most)| {
        let (off, most) = (Permille(off), most.map(Money::fen));
        coupon(CouponValue::Percent { off, most }, 0)
    });
    let unit = prop_oneof![
        (0i64..2_000).prop_map(|fen| UnitDiscount::FixedPrice(Money::fen(fen))),
        (1u32..=1_000).prop_map(|part| UnitDiscount::PercentOff(Permille(part))),
        (1i64..2_000).prop_map(|fen| UnitDiscount::AmountOff(Money::fen(fen))),
    ];
    let unit = unit.prop_map(Discount::LimitedTime);
    prop_oneof![2 => unit, 1 => tiers, 1 => every, 1 => ticket, 1 => share]
}

/// Its goods: all, one category of everything, or some SKUs as bits.
fn rule() -> impl Strategy<Value = (Discount, u8, u32, u8, u32)> {
    (discount(), 0u8..64, 0u32..4, 0u8..5, 1u32..1_000)
}

fn rules() -> impl Strategy<Value = Vec<(Discount, u8, u32, u8, u32)>> {
    prop::collection::vec(rule(), 0..6)
}

fn campaigns(rules: &[(Discount, u8, u32, u8, u32)]) -> Vec<Campaign> {
    let all = (1..).zip(rules).map(|(number, (discount, goods, priority, stacking, hq))| {
        let skus = (1..=SKUS).filter(|sku| (goods >> (sku - 1)) & 1 == 1).map(sku_id);
        let goods = if *goods == 0 { Goods::All } else { Goods::Skus(skus.collect()) };
        let part = |bearer, permille| BearerPart { bearer, permille: Permille(permille) };
        Campaign {
            scope: Scope { goods, ..Scope::default() },
            priority: *priority,
            stacking: match stacking {
                0 => Stacking::Exclusive,
                1 => Stacking::Group("a".into()),
                _ => Stacking::Stackable,
            },
            bearers: vec![part(Bearer::Hq, *hq), part(Bearer::Store, 1_000 - hq)],
            budget: (*priority == 3).then_some(Budget { uses: Some(9), amount: None }),
            ..campaign(number, discount.clone())
        }
    });
    all.collect()
}

fn basket_lines() -> impl Strategy<Value = Vec<(i64, u32)>> {
    let price = prop_oneof![1 => Just(0i64), 1 => Just(1), 8 => 2i64..3_000];
    prop::collection::vec((price, 1u32..8), 1..SKUS as usize)
}

fn book(lines: &[(i64, u32)]) -> PriceBook {
    let skus = (1..).zip(lines).map(|(number, (fen, _))| BookCommand::PutSku(sku(number, *fen)));
    book_of(skus)
}

fn request(lines: &[(i64, u32)], rules: usize, points: u64) -> QuoteRequest {
    let lines: Vec<(u128, u32)> = (1..).zip(lines).map(|(number, line)| (number, line.1)).collect();
    let coupons = (1..=rules as u128).map(CouponId::from_bits).collect();
    QuoteRequest { coupons, points, ..basket(&lines) }
}

fn price(all: Vec<Campaign>, lines: &[(i64, u32)], points: u64) -> crate::Quoted {
    let book = book(lines);
    let (count, tickets) = (all.len(), all.iter().filter(|campaign| campaign.coupon().is_some()));
    let held: Vec<u128> = tickets.map(|campaign| campaign.id.bits()).collect();
    let campaigns = campaigns_of(&book, all);
    let request = request(lines, count, points);
    let request = QuoteRequest {
        coupons: request.coupons.into_iter().filter(|id| held.contains(&id.bits())).collect(),
        ..request
    };
    quoted(&book, &campaigns, Some(&standing(10_000, &held)), &request).unwrap()
}

fn fen(amounts: impl IntoIterator<Item = Money>) -> i64 {
    amounts.into_iter().map(Money::as_fen).sum()
}

/// What everybody carries of everything, sorted, as far as it does not depend on an order.
fn carried(quote: &Quote) -> Vec<(u128, ShareSource, Bearer, i64)> {
    let shares = quote.lines.iter().flat_map(|line| {
        let shares = line.shares.iter();
        shares.map(|share| (line.sku.bits(), share.source, share.bearer, share.amount.as_fen()))
    });
    let mut shares: Vec<_> = shares.collect();
    shares.sort();
    shares
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 10_000, ..ProptestConfig::with_cases(CASES) })]

    /// Stacking: whatever campaigns there are, nothing falls below zero and everything adds up.
    #[test]
    fn no_stack_of_campaigns_goes_below_zero(
        rules in rules(),
        lines in basket_lines(),
        points in 0u64..5_000,
    ) {
        let quoted = price(campaigns(&rules), &lines, points);
        let quote = &quoted.quote;
        prop_assert_eq!(quote.verify_totals(), Ok(()));
        let worth: i64 = lines.iter().map(|(fen, units)| fen * i64::from(*units)).sum();
        let applied = fen(quoted.explanation.applied.iter().map(|applied| applied.amount));
        let points = fen(quoted.explanation.points.map(|spent| spent.amount));
        prop_assert_eq!(worth - applied - points, fen([quote.goods_total]));
        for applied in &quoted.explanation.applied {
            prop_assert!(applied.amount > Money::ZERO && applied.amount <= applied.counted);
            prop_assert_eq!(fen(applied.lines.iter().map(|line| line.1)), fen([applied.amount]));
        }
        for line in &quote.lines {
            prop_assert!(!line.goods.is_negative());
            prop_assert!(line.shares.iter().all(|share| share.amount > Money::ZERO));
        }
        // Each campaign is either used or explained, once.
        let used: std::collections::BTreeSet<_> =
            quoted.explanation.applied.iter().map(|known| known.subject.campaign).collect();
        for known in &quoted.explanation.not_applied {
            prop_assert!(!used.contains(&known.subject.campaign));
        }
    }

    /// Declared stackable: their order among each other does not matter, to the fen and the bearer.
    #[test]
    fn the_order_of_stackable_campaigns_is_irrelevant(
        rules in rules(),
        lines in basket_lines(),
        priorities in prop::collection::vec(0u32..10, 6),
    ) {
        let stackable = |mut all: Vec<Campaign>| {
            all.iter_mut().for_each(|campaign| campaign.stacking = Stacking::Stackable);
            all
        };
        let one = stackable(campaigns(&rules));
        let mut other = one.clone();
        for (campaign, priority) in other.iter_mut().zip(priorities) {
            campaign.priority = priority;
        }
        let (one, other) = (price(one, &lines, 0), price(other, &lines, 0));
        prop_assert_eq!(carried(&one.quote), carried(&other.quote));
        prop_assert_eq!(one.quote.payable_total, other.quote.payable_total);
    }

    /// Apportionment through split, partial cancel and refund: however the units of a line are
    /// divided over stores and given back in pieces, each piece gives back its own share of
    /// everything, and the pieces add up to the line.
    #[test]
    fn units_give_back_exactly_their_share_in_any_pieces(
        rules in rules(),
        lines in basket_lines(),
        points in 0u64..5_000,
        cuts in prop::collection::vec(0u32..8, 0..4),
    ) {
        let quote = price(campaigns(&rules), &lines, points).quote;
        let mut paid_back = 0;
        for line in &quote.lines {
            let units = line.quantity.get();
            let mut edges: Vec<u32> = cuts.iter().map(|cut| cut % (units + 1)).collect();
            edges.extend([0, units]);
            edges.sort_unstable();
            let mut shares_back = vec![0; line.shares.len()];
            for piece in edges.windows(2).map(|edge| edge[0]..edge[1]) {
                let (paid, shares) = (line.paid_for(piece.clone()), line.shares_for(piece.clone()));
                prop_assert!(!paid.is_negative());
                prop_assert!(shares.iter().all(|share| !share.amount.is_negative()));
                let list = line.list_price.as_fen() * i64::from(piece.end - piece.start);
                let fees = fen([paid]) - (list - fen(shares.iter().map(|share| share.amount)));
                prop_assert!(fees >= 0, "a unit gives back less than it paid for its goods");
                paid_back += fen([paid]);
                for (sum, share) in shares_back.iter_mut().zip(shares) {
                    *sum += share.amount.as_fen();
                }
            }
            let shares: Vec<i64> = line.shares.iter().map(|share| share.amount.as_fen()).collect();
            prop_assert_eq!(shares_back, shares);
            let single: Vec<i64> = line.unit_paid().into_iter().map(Money::as_fen).collect();
            let (least, most) = (single.iter().min(), single.iter().max());
            prop_assert!(most.zip(least).is_none_or(|(most, least)| most - least <= 1));
        }
        prop_assert_eq!(paid_back, fen([quote.payable_total]), "all units together give all back");
        let fees = quote.lines.iter().map(PricedLine::fee_total);
        prop_assert_eq!(fen(fees), fen(quote.fees.iter().map(|fee| fee.amount)));
    }
}
