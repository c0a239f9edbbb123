use vocabulary::{Grams, Quantity, SkuId};

use super::*;
use crate::book::{BookCommand, PriceBook};
use crate::catalog::Sku;
use crate::fixtures::*;
use crate::price::{Bearer, PriceSource, ShareSource};
use crate::{FeeKind, Permille, TaxClass};

/// Milk at 10.00, rice at 30.00 from store 7 for 27.00, tea at 9.99 not sold at store 7.
fn chain() -> PriceBook {
    let shelf = crate::PriceGrant { may_delist: true, ..grant("g") };
    book_of([
        BookCommand::PutSku(sku(1, 1_000)),
        BookCommand::PutSku(Sku { tax_class: TaxClass::Reduced, ..sku(2, 3_000) }),
        BookCommand::PutSku(sku(3, 999)),
        BookCommand::PutGrant(shelf),
        set_price(7, 2, 2_700),
        BookCommand::DelistAtStore { store: store(7), sku: sku_id(3) },
        BookCommand::PutContract(contract("mt", 900)),
    ])
}

fn fen(amounts: impl IntoIterator<Item = Money>) -> Vec<i64> {
    amounts.into_iter().map(Money::as_fen).collect()
}

#[test]
fn a_basket_is_priced_with_its_delivery_fee_and_tax() {
    let quote = quote(&chain(), &basket(&[(1, 2), (3, 1)])).unwrap();
    assert_eq!(quote.goods_total, Money::fen(2_999));
    assert_eq!(quote.payable_total, Money::fen(3_499));
    assert_eq!(quote.lines[0].tax, Money::fen(230), "13 % inside 20.00");
    assert_eq!(fen(quote.lines.iter().map(PricedLine::fee_total)), [333, 167]);
    assert_eq!(fen(quote.lines[0].unit_paid()), [1_167, 1_166]);
    assert_eq!(quote.fees[0].tax, Money::fen(28), "6 % inside 5.00");
    assert_eq!(quote.expires_at, NOW.after(Seconds::minutes(15)));
    assert!(!quote.is_expired(NOW) && quote.is_expired(quote.expires_at));
    assert_eq!(quote.book_version, 7);
}

#[test]
fn a_pinned_store_gives_its_own_price_and_carries_the_difference() {
    let book = chain();
    let request = QuoteRequest { store: Some(store(7)), ..basket(&[(1, 1), (2, 2)]) };
    let quote = quote(&book, &request).unwrap();
    let rice = &quote.lines[1];
    assert_eq!(rice.price_source, PriceSource::StorePrice { store: store(7) });
    assert_eq!((rice.list_price, rice.unit_price), (Money::fen(3_000), Money::fen(2_700)));
    let [share] = rice.shares[..] else { panic!("one share, not {:?}", rice.shares) };
    assert_eq!((share.source, share.bearer), (ShareSource::StorePrice, Bearer::Store));
    assert_eq!(rice.shares_for(0..1)[0].amount, Money::fen(300));
    assert_eq!(rice.shares_for(1..2)[0].amount, Money::fen(300));
    assert!(quote.lines[0].shares.is_empty());
}

#[test]
fn a_price_above_the_list_leaves_the_surplus_to_the_store() {
    let mut book = chain();
    tell(&mut book, set_price(7, 1, 1_100)).unwrap();
    let request = QuoteRequest { store: Some(store(7)), ..basket(&[(1, 3)]) };
    let quote = quote(&book, &request).unwrap();
    assert_eq!(quote.lines[0].shares[0].amount, Money::fen(-300));
    assert_eq!(quote.goods_total, Money::fen(3_300));
    assert_eq!(quote.verify_totals(), Ok(()));
}

#[test]
fn enough_goods_waive_the_delivery_fee_and_headquarters_carries_it() {
    let quote = quote(&chain(), &basket(&[(1, 4)])).unwrap();
    assert_eq!(quote.payable_total, quote.goods_total);
    let [fee] = &quote.fees[..] else { panic!("one fee, not {:?}", quote.fees) };
    assert_eq!((fee.kind, fee.amount), (FeeKind::Delivery, Money::ZERO));
    assert_eq!((fee.shares[0].bearer, fee.shares[0].amount), (Bearer::Hq, Money::fen(500)));
    assert!(quote.lines[0].fees.is_empty());
}

#[test]
fn lines_of_one_sku_are_merged_where_the_first_stood() {
    let merged = quote(&chain(), &basket(&[(3, 1), (1, 2), (3, 4)])).unwrap();
    assert_eq!(merged, quote(&chain(), &basket(&[(3, 5), (1, 2)])).unwrap());
}

#[test]
fn free_goods_carry_a_fee_by_their_units() {
    let free = |number| BookCommand::PutSku(sku(number, 0));
    let quote = quote(&book_of([free(1), free(2)]), &basket(&[(1, 1), (2, 4)])).unwrap();
    assert_eq!(fen(quote.lines.iter().map(PricedLine::paid)), [100, 400]);
}

#[test]
fn a_partner_prices_lines_where_its_contract_says_so() {
    let ask = |name: &str, fen: i64| {
        let mut request = QuoteRequest { channel: channel(name), ..basket(&[(1, 2)]) };
        request.lines[0].channel_price = Some(Money::fen(fen));
        quote(&chain(), &request)
    };
    let quote = ask("mt", 900).unwrap();
    let line = &quote.lines[0];
    assert_eq!(line.price_source, PriceSource::ChannelContract { channel: channel("mt") });
    assert_eq!((line.shares[0].bearer, line.shares[0].amount), (Bearer::Platform, Money::fen(200)));
    assert_eq!(ask("mt", 899).unwrap_err().code(), "channel_price_outside_contract");
    assert_eq!(ask("mt", i64::MAX).unwrap_err().code(), "channel_price_outside_contract");
    assert_eq!(ask("app", 1_000).unwrap_err().code(), "channel_may_not_price");
}

fn refused(request: &QuoteRequest) -> QuoteRefusal {
    quote(&chain(), request).unwrap_err()
}

#[test]
fn bad_baskets_get_no_price() {
    use QuoteRefusal::*;
    let sku = SkuId::from_bits(3);
    assert_eq!(refused(&basket(&[])), EmptyBasket);
    assert_eq!(refused(&basket(&[(1, 1); 201])), TooManyLines { given: 201 });
    assert_eq!(refused(&basket(&[(9, 1)])), UnknownSku { sku: sku_id(9) });
    let pinned = QuoteRequest { store: Some(store(7)), ..basket(&[(3, 1)]) };
    assert_eq!(refused(&pinned), NotSoldAtStore { sku, store: store(7) });
    let many = basket(&[(3, Quantity::MAX), (3, 1)]);
    assert_eq!(refused(&many), TooManyUnits { sku, given: 10_000 });
    let nowhere = QuoteRequest { mode: FulfillmentMode::Pickup, ..basket(&[(1, 1)]) };
    assert_eq!(refused(&nowhere), PickupNeedsStore);
    let mut twice = basket(&[(3, 1), (3, 1)]);
    twice.lines[1].channel_price = Some(Money::fen(999));
    assert_eq!(refused(&twice), TwoPrices { sku });
}

#[test]
fn what_is_no_longer_sold_is_refused() {
    let mut book = chain();
    let gone = Sku { version: 1, delisted: true, ..sku(1, 1_000) };
    tell(&mut book, BookCommand::PutSku(gone)).unwrap();
    let refusal = quote(&book, &basket(&[(1, 1)])).unwrap_err();
    assert_eq!(refusal, QuoteRefusal::Delisted { sku: sku_id(1) });
}

#[test]
fn the_largest_basket_can_still_be_counted() {
    let skus = (1..=200).map(|number| {
        BookCommand::PutSku(Sku {
            list_price: Sku::HIGHEST_PRICE,
            weight: Sku::HEAVIEST,
            ..sku(number, 0)
        })
    });
    let mut policy = QuotePolicy::default();
    policy.fees.express.step = Sku::HIGHEST_PRICE;
    policy.fees.express.step_weight = Grams(1_000);
    let book = book_of(skus.chain([BookCommand::PutQuotePolicy(policy)]));
    let lines: Vec<(u128, u32)> = (1..=200).map(|number| (number, Quantity::MAX)).collect();
    let request = QuoteRequest { mode: FulfillmentMode::Express, ..basket(&lines) };
    let quote = quote(&book, &request).unwrap();
    assert_eq!(quote.verify_totals(), Ok(()));
    assert!(quote.payable_total > quote.goods_total);
}

#[test]
fn a_figure_that_was_changed_is_noticed() {
    let honest = quote(&chain(), &basket(&[(1, 2), (3, 1)])).unwrap();
    assert_eq!(honest.verify_totals(), Ok(()));
    let changes: [fn(&mut Quote); 12] = [
        |quote| quote.payable_total = Money::fen(1),
        |quote| quote.goods_total = Money::fen(2_998),
        |quote| quote.lines[0].goods = Money::fen(1_999),
        |quote| quote.lines[0].unit_price = Money::fen(999),
        |quote| quote.lines[0].list_price = Money::fen(1_001),
        |quote| quote.lines[0].quantity = Quantity::new(3).unwrap(),
        |quote| quote.lines[0].tax = Money::ZERO,
        |quote| quote.lines[0].fees[0].amount = Money::fen(334),
        |quote| quote.fees[0].amount = Money::fen(499),
        |quote| quote.fees[0].tax_rate = Permille(0),
        |quote| quote.fees.clear(),
        |quote| quote.lines[1].sku = quote.lines[0].sku,
    ];
    for (position, change) in changes.iter().enumerate() {
        let mut changed = honest.clone();
        change(&mut changed);
        assert!(changed.verify_totals().is_err(), "change {position} went unnoticed");
    }
}

#[test]
fn a_quote_travels_as_compact_text_and_unknown_fields_are_refused() {
    let quote = quote(&chain(), &basket(&[(1, 2), (3, 1)])).unwrap();
    let text = serde_json::to_string(&quote).unwrap();
    assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), quote);
    assert!(text.len() < 900, "{} bytes: {text}", text.len());
    let more = text.replacen("\"goods_total\"", "\"gift\":1,\"goods_total\"", 1);
    assert!(serde_json::from_str::<Quote>(&more).is_err());
}

#[test]
fn quote_policies_have_bounds() {
    let soon = QuotePolicy { expires_after: Seconds(59), ..QuotePolicy::default() };
    assert_eq!(soon.check().unwrap_err().field, "expires_after");
    let mut odd = QuotePolicy::default();
    odd.fees.delivery.step_weight = Grams(0);
    assert_eq!(odd.check().unwrap_err().field, "fees.delivery.step_weight");
}
