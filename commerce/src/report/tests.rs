use jiff::civil::date;
use vocabulary::{MerchantId, Money, OrderId, SkuId, StoreId, Timestamp};

use super::*;
use crate::ledger::{Entry, FeeAmount, Occasion, Posting, SaleLine, Served, Tender, TimesOfPart};

fn line(units: i64, goods: i64) -> SaleLine {
    SaleLine {
        line: 1,
        sku: SkuId::from_bits(7),
        units,
        list: Money::fen(goods),
        discounts: Vec::new(),
        goods: Money::fen(goods),
        fees: vec![FeeAmount {
            kind: "delivery".into(),
            amount: Money::fen(106),
            tax_rate: 60,
            tax: Money::fen(6),
        }],
        tax_class: "standard".into(),
        tax_rate: 130,
        tax: Money::fen(goods * 13 / 113),
        platform_fee: Money::ZERO,
    }
}

fn posting(hour: u8, entry: Entry) -> Posting {
    let (store, merchant) = (StoreId::from_bits(1), MerchantId::from_bits(2));
    let at = Timestamp::from_millis(1);
    Posting {
        seq: 1,
        part: 0,
        occasion: Occasion { at, day: date(2026, 11, 18), hour, store, merchant },
        order: OrderId::from_bits(9),
        channel: "app".into(),
        external_id: None,
        tier: None,
        entry,
    }
}

fn sold(hour: u8, units: i64, goods: i64, accept_s: u32) -> Posting {
    let times = TimesOfPart { accept_s: Some(accept_s), ..TimesOfPart::default() };
    let served = Some(Served { times, on_time: accept_s < 60 });
    posting(hour, Entry::Sold { lines: vec![line(units, goods)], served })
}

#[test]
fn a_book_adds_up_what_is_posted_in_any_order() {
    let postings = [
        sold(9, 2, 11_300, 20),
        sold(10, 1, 5_650, 70),
        posting(10, Entry::Returned { lines: vec![line(1, 5_650).reversed()] }),
        posting(11, Entry::Received { tender: Tender::Cash, amount: Money::fen(700) }),
        posting(12, Entry::Kept { amount: Money::fen(30) }),
    ];
    let mut book = DayBook::default();
    postings.iter().for_each(|posting| book.post(posting));
    let mut backwards = DayBook::default();
    postings.iter().rev().for_each(|posting| backwards.post(posting));
    assert_eq!(book, backwards);
    assert_eq!((book.all.sales, book.all.units, book.all.returned_units), (2, 2, 1));
    assert_eq!((book.all.goods, book.all.returned_goods), (Money::fen(11_300), Money::fen(5_650)));
    assert_eq!(book.all.tax, Money::fen(1_306));
    assert_eq!(book.fees_of("delivery"), Money::fen(106));
    assert_eq!(book.by_hour[&10].goods, Money::ZERO);
    assert_eq!(book.receipts[&Tender::Cash].received, Money::fen(700));
    assert_eq!(book.service.on_time_permille(), Some(500));
    let mut twice = book.clone();
    twice.merge(&book);
    assert_eq!((twice.all.goods, twice.kept), (Money::fen(22_600), Money::fen(60)));
}

#[test]
fn quantiles_are_those_of_the_sorted_list() {
    let mut seen = Durations::default();
    assert_eq!(seen.median(), None);
    for seconds in [30, 10, 20, 40, 100, 60, 70, 80, 90, 50] {
        seen.add(seconds);
    }
    assert_eq!((seen.median(), seen.p90(), seen.permille(1_000)), (Some(50), Some(90), Some(100)));
}
