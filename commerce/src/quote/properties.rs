//! Money properties of quotes over random catalogs, baskets, grants and fees.

use proptest::prelude::*;
use vocabulary::Grams;

use super::*;
use crate::book::{BookCommand, PriceBook};
use crate::catalog::Sku;
use crate::fixtures::*;
use crate::price::{Bearer, PriceGrant};
use crate::{CarriageFee, Permille, TaxClass};

/// One SKU: list price, store price in thousandths of it, partner's price alike, weight, units.
type Item = (i64, i64, Option<i64>, u32, u32);

fn item() -> impl Strategy<Value = Item> {
    let price = prop_oneof![Just(0i64), Just(1), 2i64..20_000, Just(100_000_000)];
    let partner = prop::option::of(0i64..=1_500);
    (price, 0i64..=3_000, partner, 0u32..=3_000, prop_oneof![1u32..5, Just(9_999)])
}

fn carriage() -> impl Strategy<Value = CarriageFee> {
    let parts = (0i64..2_000, 0u32..5_000, 0i64..500, 1u32..2_000, prop::option::of(0i64..50_000));
    parts.prop_map(|(base, base_weight, step, step_weight, free_from)| CarriageFee {
        base: Money::fen(base),
        base_weight: Grams(base_weight),
        step: Money::fen(step),
        step_weight: Grams(step_weight),
        free_from: free_from.map(Money::fen),
    })
}

fn policy() -> impl Strategy<Value = QuotePolicy> {
    (carriage(), carriage(), 0i64..1_000).prop_map(|(delivery, express, packing)| QuotePolicy {
        expires_after: Seconds(600),
        fees: FeePolicy {
            delivery,
            express,
            packing: Money::fen(packing),
            waiver_bearer: Bearer::Hq,
            carriage_tax_class: TaxClass::Service,
            packing_tax_class: TaxClass::Standard,
        },
        points: PointsPolicy::default(),
    })
}

fn mode() -> impl Strategy<Value = FulfillmentMode> {
    use FulfillmentMode::{Delivery, Express, Pickup};
    prop::sample::select(vec![Delivery, Pickup, Express])
}

fn book(items: &[Item], policy: QuotePolicy) -> PriceBook {
    let wide = PriceGrant { floor: Permille(0), ceiling: Permille(3_000), ..grant("wide") };
    let mut book = book_of([
        BookCommand::PutGrant(wide),
        BookCommand::PutContract(contract("mt", 0)),
        BookCommand::PutQuotePolicy(policy),
    ]);
    for (number, (list, store_permille, _, weight, _)) in (1..).zip(items) {
        let weight = Grams(*weight);
        tell(&mut book, BookCommand::PutSku(Sku { weight, ..sku(number, *list) })).unwrap();
        // At the highest list price a higher store price is refused; the list price then holds.
        let _refused = tell(&mut book, set_price(7, number, list * store_permille / 1_000));
    }
    book
}

fn request(items: &[Item], mode: FulfillmentMode) -> QuoteRequest {
    let lines: Vec<(u128, u32)> = (1..).zip(items).map(|(number, item)| (number, item.4)).collect();
    let mut request =
        QuoteRequest { channel: channel("mt"), mode, store: Some(store(7)), ..basket(&lines) };
    for (line, item) in request.lines.iter_mut().zip(items) {
        let price = item.2.map(|permille| (item.0 * permille / 1_000).min(100_000_000));
        line.channel_price = price.map(Money::fen);
    }
    request
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> i128 {
    amounts.into_iter().map(|amount| i128::from(amount.as_fen())).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn units_and_shares_add_up_to_what_is_paid(
        items in prop::collection::vec(item(), 1..12),
        mode in mode(),
        policy in policy(),
    ) {
        let quote = quote(&book(&items, policy), &request(&items, mode)).unwrap();
        prop_assert_eq!(quote.verify_totals(), Ok(()));
        let payable = i128::from(quote.payable_total.as_fen());
        let units = quote.lines.iter().flat_map(PricedLine::unit_paid);
        prop_assert_eq!(sum(units), payable, "all units together give back what was paid");
        for line in &quote.lines {
            let count = line.quantity.get();
            let unit_paid = line.unit_paid();
            prop_assert_eq!(unit_paid.len(), count as usize);
            prop_assert!(unit_paid.iter().all(|unit| !unit.is_negative()));
            let half = count / 2;
            let parts = [line.paid_for(0..half), line.paid_for(half..count)];
            prop_assert_eq!(sum(parts), sum([line.paid()]), "two refunds make a whole one");
            let halves = line.shares_for(0..half).into_iter().zip(line.shares_for(half..count));
            for (share, (first, second)) in line.shares.iter().zip(halves) {
                prop_assert_eq!(sum([first.amount, second.amount]), sum([share.amount]));
            }
            let listed = i128::from(line.list_price.as_fen()) * i128::from(count);
            let borne = sum(line.shares.iter().map(|share| share.amount));
            prop_assert_eq!(listed - borne, sum([line.goods]));
        }
    }

    #[test]
    fn each_fee_is_shared_by_worth_within_a_fen(
        items in prop::collection::vec(item(), 1..12),
        mode in mode(),
        policy in policy(),
    ) {
        let quote = quote(&book(&items, policy), &request(&items, mode)).unwrap();
        let goods_total = i128::from(quote.goods_total.as_fen());
        for fee in &quote.fees {
            let amount = i128::from(fee.amount.as_fen());
            let part_of = |line: &PricedLine| {
                sum(line.fees.iter().filter(|share| share.kind == fee.kind).map(|s| s.amount))
            };
            prop_assert_eq!(quote.lines.iter().map(part_of).sum::<i128>(), amount);
            for line in quote.lines.iter().filter(|_| goods_total > 0) {
                let exact = amount * i128::from(line.goods.as_fen());
                prop_assert!((part_of(line) * goods_total - exact).abs() < goods_total);
            }
        }
    }

    #[test]
    fn a_quote_survives_text_and_equal_baskets_get_equal_quotes(
        items in prop::collection::vec(item(), 1..8),
        mode in mode(),
        policy in policy(),
    ) {
        let (book, request) = (book(&items, policy), request(&items, mode));
        let first = quote(&book, &request).unwrap();
        let text = serde_json::to_string(&first).unwrap();
        prop_assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), first.clone());
        prop_assert_eq!(quote(&book, &request).unwrap(), first);
    }

    #[test]
    fn no_basket_makes_it_panic(
        lines in prop::collection::vec(
            (0u128..6, 1u32..=9_999, prop::option::of(any::<i64>())),
            0..210,
        ),
        mode in mode(),
        pinned in prop::option::of(7u128..9),
        partner in any::<bool>(),
    ) {
        let items = [(1_000, 900, None, 500, 1), (0, 0, None, 0, 1), (100_000_000, 1, None, 1, 1)];
        let book = book(&items, QuotePolicy::default());
        let asked: Vec<(u128, u32)> = lines.iter().map(|line| (line.0, line.1)).collect();
        let mut request = QuoteRequest { mode, store: pinned.map(store), ..basket(&asked) };
        request.channel = channel(if partner { "mt" } else { "app" });
        for (line, (_, _, price)) in request.lines.iter_mut().zip(&lines) {
            line.channel_price = price.map(Money::fen);
        }
        match quote(&book, &request) {
            Ok(quote) => prop_assert_eq!(quote.verify_totals(), Ok(())),
            Err(refusal) => prop_assert!(!refusal.to_string().is_empty()),
        }
    }
}
