use jiff::civil::{Date, date};
use vocabulary::{MerchantId, Money, OrderId, PrincipalId, StoreId, Timestamp};

use super::*;
use crate::Permille;
use crate::report::{DayBook, FeeKey, TaxKey, TaxSum};

const DAY: Date = date(2026, 11, 18);
const STORE: StoreId = StoreId::from_bits(1);
const MERCHANT: MerchantId = MerchantId::from_bits(2);

fn fen(amount: i64) -> Money {
    Money::fen(amount)
}

/// 120.00 of goods at list price, 20.00 off, 5.00 of delivery, 1.00 of packing.
fn book() -> DayBook {
    let mut book = DayBook::default();
    book.all.sales = 3;
    book.all.units = 5;
    book.all.list = fen(12_000);
    book.all.discounts = fen(2_000);
    book.all.goods = fen(10_000);
    book.all.fees = fen(600);
    book.all.platform_fee = fen(500);
    for (bearer, amount) in [("hq", 1_200), ("store", 500), ("platform", 300)] {
        book.discounts.insert(("campaign".into(), bearer.into()), fen(amount));
    }
    for (kind, rate, gross, tax) in [("delivery", 60, 500, 28), ("packing", 130, 100, 12)] {
        let key = FeeKey { merchant: MERCHANT, kind: kind.into(), rate };
        book.fee_tax.insert(key, TaxSum { gross: fen(gross), tax: fen(tax) });
    }
    let key = TaxKey { merchant: MERCHANT, class: "standard".into(), rate: 130 };
    book.goods_tax.insert(key, TaxSum { gross: fen(10_000), tax: fen(1_150) });
    book
}

fn adjustment(amount: i64) -> Adjustment {
    Adjustment {
        store: STORE,
        day: DAY,
        corrects: None,
        amount: fen(amount),
        reason: "broken bag".into(),
        by: PrincipalId::from_bits(3),
        at: Timestamp::from_millis(1),
        key: None,
    }
}

fn settled() -> Settlement {
    let policy = SettlementPolicy::default();
    Settlement::of((STORE, MERCHANT, DAY), &book(), &[adjustment(-150)], &policy)
}

#[test]
fn a_merchant_gets_its_goods_what_others_bear_and_its_fees_less_the_platforms() {
    let settlement = settled();
    // 100.00 + 12.00 + 3.00 + 1.00 − 5.00 − 1.50
    assert_eq!(settlement.payout, fen(10_950));
    let mut both = settlement.clone();
    both.add(&settlement);
    assert_eq!((both.payout, both.sales, both.adjustments), (fen(21_900), 6, fen(-300)));
    let policy = SettlementPolicy { delivery_fee_to: Party::Merchant, ..Default::default() };
    let settlement = Settlement::of((STORE, MERCHANT, DAY), &book(), &[], &policy);
    assert_eq!(settlement.payout, fen(10_000 + 1_500 + 600 - 500));
}

#[test]
fn a_filing_has_every_rate_once_and_adds_up_to_the_book() {
    let rows = filing(&book());
    assert_eq!(rows.len(), 3);
    let gross: Money = rows.iter().map(|row| row.gross).sum();
    assert_eq!(gross, book().all.paid());
    for row in rows {
        assert_eq!(row.net.as_fen() + row.tax.as_fen(), row.gross.as_fen());
    }
}

fn period<'a>(day: Date, closed: Option<&'a Closed>) -> Period<'a> {
    Period { day, closed, today: date(2026, 11, 19), is_read: true }
}

#[test]
fn a_day_is_closed_when_it_is_over_and_read() {
    assert_eq!(period(DAY, None).close(), Ok(()));
    let today = date(2026, 11, 19);
    let refused = period(today, None).close();
    assert_eq!(refused, Err(SettlementRefusal::DayNotOver { day: today }));
    let refused = Period { is_read: false, ..period(DAY, None) }.close();
    assert_eq!(refused, Err(SettlementRefusal::StillRead { day: DAY }));
}

#[test]
fn a_closed_day_is_corrected_on_an_open_one_only() {
    let closed = Closed {
        settlement: settled(),
        by: PrincipalId::from_bits(3),
        at: Timestamp::from_millis(1),
    };
    let yesterday = period(DAY, Some(&closed));
    let today = period(date(2026, 11, 19), None);
    assert_eq!(yesterday.adjust(None), Err(SettlementRefusal::DayClosed { day: DAY }));
    assert_eq!(today.adjust(Some(yesterday)), Ok(()));
    let open = period(date(2026, 11, 17), None);
    let refused = today.adjust(Some(open));
    assert_eq!(refused, Err(SettlementRefusal::NotClosed { corrects: open.day }));
    let tomorrow = date(2026, 11, 20);
    let refused = period(tomorrow, None).adjust(None);
    assert_eq!(refused, Err(SettlementRefusal::DayToCome { day: tomorrow }));
}

fn claim(row: u32, order: &str, amount: i64, fee: i64) -> Claim {
    Claim { row, order: order.into(), amount: fen(amount), fee: fen(fee), day: DAY }
}

fn record(order: u128, external_id: &str, amount: i64, fee: i64) -> Record {
    let external_id = Some(external_id.into());
    Record {
        order: OrderId::from_bits(order),
        external_id,
        amount: fen(amount),
        fee: fen(fee),
        day: DAY,
    }
}

#[test]
fn every_difference_is_named() {
    let records = [
        record(1, "A", 1_000, 50),
        record(2, "B", 2_000, 100),
        record(3, "C", 3_000, 150),
        record(4, "D", 4_000, 200),
        Record { day: date(2026, 11, 17), ..record(5, "E", 5_000, 250) },
    ];
    let claims = [
        claim(1, "A", 1_000, 50),
        claim(2, "B", 1_900, 100),
        claim(3, "C", 3_000, 160),
        claim(4, "E", 5_000, 250),
        claim(5, "A", 1_000, 50),
        claim(6, "X", 700, 0),
        claim(7, "X", 700, 0),
    ];
    let result = reconcile(&claims, &records, DAY, DAY);
    let order = OrderId::from_bits;
    let expected = vec![
        Difference::Amount { row: 2, order: order(2), ours: fen(2_000), theirs: fen(1_900) },
        Difference::Fee { row: 3, order: order(3), ours: fen(150), theirs: fen(160) },
        Difference::Date { row: 4, order: order(5), ours: date(2026, 11, 17), theirs: DAY },
        Difference::Doubled { row: 5, first_row: 1, order: "A".into(), theirs: fen(1_000) },
        Difference::MissingHere { row: 6, order: "X".into(), theirs: fen(700) },
        Difference::Doubled { row: 7, first_row: 6, order: "X".into(), theirs: fen(700) },
        Difference::MissingThere { order: order(4), ours: fen(4_000) },
    ];
    assert_eq!(result.differences, expected);
    assert_eq!((result.rows, result.agreed), (7, 1));
    assert_eq!((result.ours, result.our_fees), (fen(10_000), fen(500)));
    assert_eq!((result.theirs, result.their_fees), (fen(13_300), fen(610)));
}

#[test]
fn a_platform_fee_above_all_of_it_is_refused() {
    let policy = SettlementPolicy { other_channels: Permille(1_001), ..Default::default() };
    assert_eq!(policy.check().unwrap_err().field, "other_channels.fee");
    assert_eq!(SettlementPolicy::default().check(), Ok(()));
}
