use jiff::civil::date;
use proptest::prelude::*;
use vocabulary::{MerchantId, Money, OrderId, SkuId, StoreId, Timestamp};

use super::*;
use crate::Permille;
use crate::tax::tax_contained;

const HOME: StoreId = StoreId::from_bits(1);
const OTHER: StoreId = StoreId::from_bits(2);
const NOON: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// One zone for all stores; the store's number is its merchant's.
struct OneZone;

impl Calendar for OneZone {
    fn occasion(&self, store: StoreId, at: Timestamp) -> Occasion {
        let merchant = MerchantId::from_bits(store.bits());
        Occasion { at, day: date(2026, 11, 18), hour: 12, store, merchant }
    }

    fn platform_fee(&self, _channel: &str, _placed_at: Timestamp) -> Permille {
        Permille(50)
    }
}

fn fen(amount: i64) -> Money {
    Money::fen(amount)
}

fn share(source: &str, bearer: &str, amount: i64) -> Discount {
    Discount { source: source.into(), bearer: bearer.into(), amount: fen(amount) }
}

/// Three units of 10.00 with 1.00 off and 0.50 of carriage.
fn three() -> LineTerms {
    let paid = fen(2_950);
    LineTerms {
        line: 1,
        sku: SkuId::from_bits(7),
        quantity: 3,
        list_price: fen(1_000),
        discounts: vec![share("campaign", "hq", 70), share("store_price", "store", 30)],
        fees: vec![FeeAmount {
            kind: "delivery".into(),
            amount: fen(50),
            tax_rate: 60,
            tax: fen(3),
        }],
        paid,
        tax_class: "standard".into(),
        tax_rate: 130,
        tax: tax_contained(fen(2_900), Permille(130)),
        platform_fee: fen(145),
    }
}

fn account(lines: Vec<LineTerms>) -> Account {
    Account::open(OrderTerms {
        order: OrderId::from_bits(9),
        channel: "app".into(),
        external_id: None,
        tier: None,
        tender: Tender::Online,
        home: HOME,
        lines,
    })
}

fn units(units: u32) -> Vec<UnitsOfLine> {
    vec![UnitsOfLine { line: 1, units }]
}

fn sold(part: u32, store: StoreId, count: u32) -> Fact {
    Fact::Sold { part, store, units: units(count), served: None }
}

#[test]
fn the_pieces_of_a_line_add_up_in_every_amount() {
    let line = three();
    let pieces: Vec<SaleLine> = (0..3).map(|unit| line.units(unit, unit + 1)).collect();
    let whole = line.units(0, 3);
    let sum = |amount: fn(&SaleLine) -> Money| -> Money { pieces.iter().map(amount).sum() };
    assert_eq!(sum(|piece| piece.goods), whole.goods);
    assert_eq!(sum(|piece| piece.tax), line.tax);
    assert_eq!(sum(|piece| piece.platform_fee), line.platform_fee);
    assert_eq!(sum(SaleLine::discount_total), fen(100));
    assert_eq!(sum(SaleLine::fee_total), fen(50));
    for piece in &pieces {
        assert_eq!(piece.list.as_fen() - piece.discount_total().as_fen(), piece.goods.as_fen());
    }
}

#[test]
fn a_discount_that_nobody_declared_is_headquarters() {
    let line = LineTerms { discounts: Vec::new(), ..three() }.explained();
    assert_eq!(line.discounts, [share("unexplained", "hq", 100)]);
    assert_eq!(three().explained(), three());
}

#[test]
fn platform_fees_are_rounded_once_and_shared_by_worth() {
    // 5 % of 10.10 is 50.5 fen: half a fen to the even side, the last fen to the larger remainder.
    let shares = platform_fees(Permille(50), &[fen(337), fen(336), fen(337)]);
    assert_eq!(shares, [fen(17), fen(16), fen(17)]);
    assert_eq!(platform_fees(Permille(50), &[Money::ZERO]), [Money::ZERO]);
}

#[test]
fn an_order_split_over_two_stores_with_a_return_ends_with_nothing_held() {
    let mut account = account(vec![three()]);
    let post = |account: &mut Account, fact| account.post(&fact, NOON, &OneZone);
    post(&mut account, Fact::Received { amount: fen(2_950) });
    let first = post(&mut account, sold(0, HOME, 1));
    assert_eq!(first[0].0.store, HOME);
    assert_eq!(account.balance().held(), fen(1_967));
    // One unit is nowhere to be had: the order gives back its first unit share.
    let amount = three().paid_for(0, 1);
    let why = Why::NotSold;
    assert_eq!(post(&mut account, Fact::GivenBack { units: units(1), amount, why }), []);
    post(&mut account, Fact::PaidBack { amount });
    post(&mut account, sold(1, OTHER, 1));
    assert_eq!(account.balance().held(), Money::ZERO);
    // What the first store sold comes back to it.
    let (amount, why) = (three().paid_for(1, 2), Why::Returned);
    let back = post(&mut account, Fact::GivenBack { units: units(1), amount, why });
    assert_eq!((back.len(), back[0].0.store, back[0].1.lines()[0].units), (1, HOME, -1));
    assert_eq!(account.balance().held(), amount);
    post(&mut account, Fact::PaidBack { amount });
    assert_eq!(account.balance().held(), Money::ZERO);
}

#[test]
fn a_fee_for_calling_off_is_kept() {
    let mut account = account(vec![three()]);
    account.post(&Fact::Received { amount: fen(2_950) }, NOON, &OneZone);
    let fact = Fact::GivenBack { units: units(3), amount: fen(2_450), why: Why::Cancelled };
    let posted = account.post(&fact, NOON, &OneZone);
    assert_eq!(posted[0].1, Entry::Kept { amount: fen(500) });
    account.post(&Fact::PaidBack { amount: fen(2_450) }, NOON, &OneZone);
    assert_eq!(account.balance().held(), Money::ZERO);
}

/// What may happen to one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Sold(u32),
    Unfillable,
    /// Called off by the shopper, who gets all but so many fen of what it cost.
    CalledOff(i64),
    SoldAndReturned(u32),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        (0u32..3).prop_map(Fate::Sold),
        Just(Fate::Unfillable),
        (0i64..300).prop_map(Fate::CalledOff),
        (0u32..3).prop_map(Fate::SoldAndReturned),
    ]
}

/// Every test run tries as many orders as an optimised one: they are cheap.
const CASES: u32 = 100_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    /// Apportionment through split, partial cancel and refund: units of one line in any order of
    /// fates. In the end what is earned and kept is what was paid less what the order gave back, and
    /// every amount of the postings adds up with it.
    #[test]
    fn whatever_becomes_of_its_units_an_order_ends_with_nothing_held(
        fates in prop::collection::vec(fate(), 1..7),
        price in 1i64..5_000,
        off in (0i64..1_000, 0i64..1_000),
        fees in (0i64..900, 0i64..90),
    ) {
        let quantity = fates.len() as u32;
        let list = price * i64::from(quantity);
        let (hq, store) = (off.0.min(list), off.1.min(list - off.0.min(list)));
        let goods = list - hq - store;
        let fee = |kind: &str, amount| FeeAmount {
            kind: kind.into(), amount: fen(amount), tax_rate: 60,
            tax: tax_contained(fen(amount), Permille(60)),
        };
        let line = LineTerms {
            quantity,
            list_price: fen(price),
            discounts: vec![share("campaign", "hq", hq), share("store_price", "store", store)],
            fees: vec![fee("delivery", fees.0), fee("packing", fees.1)],
            paid: fen(goods + fees.0 + fees.1),
            tax: tax_contained(fen(goods), Permille(130)),
            platform_fee: fen(goods / 20),
            ..three()
        };
        let paid = line.paid;
        let mut account = account(vec![line.clone()]);
        let mut posted = account.post(&Fact::Received { amount: paid }, NOON, &OneZone);
        let mut back = 0;
        let mut give_back = |account: &mut Account, why, fee| {
            let worth = line.paid_for(back, back + 1);
            let amount = fen(worth.as_fen() - worth.as_fen().min(fee));
            back += 1;
            let fact = Fact::GivenBack { units: units(1), amount, why };
            let mut posted = account.post(&fact, NOON, &OneZone);
            posted.extend(account.post(&Fact::PaidBack { amount }, NOON, &OneZone));
            posted
        };
        for fate in &fates {
            match fate {
                Fate::Sold(part) | Fate::SoldAndReturned(part) => {
                    let store = StoreId::from_bits(u128::from(*part) + 1);
                    posted.extend(account.post(&sold(*part, store, 1), NOON, &OneZone));
                }
                Fate::Unfillable => posted.extend(give_back(&mut account, Why::NotSold, 0)),
                Fate::CalledOff(fee) => {
                    posted.extend(give_back(&mut account, Why::Cancelled, *fee));
                }
            }
            if matches!(fate, Fate::SoldAndReturned(_)) {
                posted.extend(give_back(&mut account, Why::Returned, 0));
            }
        }
        let balance = *account.balance();
        prop_assert_eq!(balance.held(), Money::ZERO);
        prop_assert_eq!(
            balance.earned.as_fen() + balance.kept.as_fen(),
            paid.as_fen() - balance.paid_back.as_fen()
        );
        let lines: Vec<&SaleLine> = posted.iter().flat_map(|(_, entry)| entry.lines()).collect();
        let earned: Money = lines.iter().map(|line| line.paid()).sum();
        prop_assert_eq!(earned, balance.earned);
        for line in lines {
            let goods = line.list.as_fen() - line.discount_total().as_fen();
            prop_assert_eq!(goods, line.goods.as_fen());
        }
    }
}
