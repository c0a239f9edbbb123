use proptest::prelude::*;
use vocabulary::{Money, Timestamp};

use super::*;
use crate::fixtures::*;
use crate::{Invalid, Permille, PriceRefusal, RateChange, Skus, Stores, TaxClass};

fn chain() -> PriceBook {
    book_of([
        BookCommand::PutSku(sku(1, 1_000)),
        BookCommand::PutSku(Sku { category: "drink".into(), ..sku(2, 999) }),
        BookCommand::PutGrant(grant("everybody")),
    ])
}

fn price_at(book: &PriceBook, at: u128, number: u128) -> (i64, PriceSource) {
    let priced = book.price_of(Some(store(at)), sku_id(number)).unwrap();
    (priced.price.as_fen(), priced.source)
}

#[test]
fn a_store_prices_inside_its_grant() {
    let mut book = chain();
    tell(&mut book, set_price(7, 1, 900)).unwrap();
    assert_eq!(price_at(&book, 7, 1), (900, PriceSource::StorePrice { store: store(7) }));
    assert_eq!(price_at(&book, 8, 1), (1_000, PriceSource::ListPrice));
    assert_eq!(book.price_of(None, sku_id(1)).unwrap().price, Money::fen(1_000));
    let own = book.store_prices().next().unwrap();
    assert_eq!((own.set_by, own.set_at), (context().by, context().now));
}

#[test]
fn a_price_outside_the_grant_is_refused_with_the_allowed_range() {
    let mut book = chain();
    let refusal = tell(&mut book, set_price(7, 2, 799)).unwrap_err();
    let allowed = PriceRange { lowest: Money::fen(800), highest: Money::fen(1_198) };
    let given = Money::fen(799);
    assert_eq!(refusal, PriceRefusal::OutsideGrant { given, allowed }.into());
    assert_eq!(
        refusal.to_string(),
        "¥7.99 is outside the grant: give a price from ¥8.00 to ¥11.98"
    );
    assert!(tell(&mut book, set_price(7, 2, 800)).is_ok());
    assert!(tell(&mut book, set_price(7, 2, 1_199)).is_err());
}

#[test]
fn without_a_grant_there_is_no_store_price() {
    let mut book = book_of([BookCommand::PutSku(sku(1, 1_000))]);
    let nobody = PriceRefusal::NoGrant { store: store(7), sku: sku_id(1) };
    assert_eq!(tell(&mut book, set_price(7, 1, 1_000)), Err(nobody.into()));
    let unknown = PriceRefusal::UnknownSku { sku: sku_id(9) };
    assert_eq!(tell(&mut book, set_price(7, 9, 1)), Err(unknown.into()));
}

#[test]
fn a_grant_reaches_only_its_stores_and_skus() {
    let stores = Stores::Only([store(7)].into());
    let of = |skus| PriceGrant { stores: stores.clone(), skus, ..grant("g") };
    let by_category = of(Skus::Category("drink".into()));
    assert!(by_category.covers(store(7), &Sku { category: "drink".into(), ..sku(2, 1) }));
    assert!(!by_category.covers(store(8), &Sku { category: "drink".into(), ..sku(2, 1) }));
    assert!(!by_category.covers(store(7), &sku(1, 1)));
    let by_name = of(Skus::Only([sku_id(1)].into()));
    assert!(by_name.covers(store(7), &sku(1, 1)) && !by_name.covers(store(7), &sku(2, 1)));
}

#[test]
fn overlapping_grants_add_up() {
    let mut book = chain();
    let cheap = PriceGrant { floor: Permille(500), ceiling: Permille(1_000), ..grant("cheap") };
    tell(&mut book, BookCommand::PutGrant(cheap)).unwrap();
    let range = book.granted_range(store(7), &sku(1, 1_000)).unwrap();
    assert_eq!(range, PriceRange { lowest: Money::fen(500), highest: Money::fen(1_200) });
}

#[test]
fn a_store_price_lapses_with_its_grant_and_returns_with_it() {
    let mut book = chain();
    tell(&mut book, set_price(7, 1, 900)).unwrap();
    let narrow = PriceGrant { floor: Permille(950), ..grant("everybody") };
    tell(&mut book, BookCommand::PutGrant(narrow)).unwrap();
    assert_eq!(price_at(&book, 7, 1), (1_000, PriceSource::ListPrice));
    tell(&mut book, BookCommand::RevokeGrant { name: "everybody".into() }).unwrap();
    assert_eq!(price_at(&book, 7, 1), (1_000, PriceSource::ListPrice));
    tell(&mut book, BookCommand::PutGrant(grant("everybody"))).unwrap();
    assert_eq!(price_at(&book, 7, 1).0, 900);
    let clear = BookCommand::ClearStorePrice { store: store(7), sku: sku_id(1) };
    tell(&mut book, clear).unwrap();
    assert_eq!(price_at(&book, 7, 1).0, 1_000);
}

#[test]
fn a_moved_list_price_takes_the_store_price_out_of_its_grant() {
    let mut book = chain();
    tell(&mut book, set_price(7, 1, 900)).unwrap();
    tell(&mut book, BookCommand::PutSku(Sku { version: 1, ..sku(1, 2_000) })).unwrap();
    assert_eq!(price_at(&book, 7, 1), (2_000, PriceSource::ListPrice));
}

#[test]
fn stores_take_goods_off_their_shelf_only_where_they_may() {
    let mut book = chain();
    let (at, sku) = (store(7), sku_id(1));
    let delist = BookCommand::DelistAtStore { store: at, sku };
    let refused = PriceRefusal::MayNotDelist { store: at, sku };
    assert_eq!(tell(&mut book, delist.clone()), Err(refused.into()));
    let free = PriceGrant { may_delist: true, ..grant("free") };
    tell(&mut book, BookCommand::PutGrant(free)).unwrap();
    tell(&mut book, delist).unwrap();
    assert!(!book.sells(at, sku) && book.sells(store(8), sku));
    tell(&mut book, BookCommand::RelistAtStore { store: at, sku }).unwrap();
    assert!(book.sells(at, sku));
}

#[test]
fn a_delisted_sku_is_sold_and_priced_nowhere_but_still_has_its_price() {
    let mut book = chain();
    let gone = Sku { version: 1, delisted: true, ..sku(1, 1_000) };
    tell(&mut book, BookCommand::PutSku(gone)).unwrap();
    assert!(!book.sells(store(7), sku_id(1)));
    let refused = PriceRefusal::Delisted { sku: sku_id(1) };
    assert_eq!(tell(&mut book, set_price(7, 1, 1_000)), Err(refused.into()));
    assert_eq!(book.price_of(None, sku_id(1)).unwrap().price, Money::fen(1_000));
}

#[test]
fn two_people_do_not_overwrite_each_other() {
    let mut book = chain();
    tell(&mut book, BookCommand::PutSku(Sku { version: 1, ..sku(1, 1_100) })).unwrap();
    let late = tell(&mut book, BookCommand::PutSku(Sku { version: 1, ..sku(1, 1_200) }));
    let stale = BookRefusal::StaleVersion { sku: sku_id(1), given: 1, current: 2 };
    assert_eq!(late, Err(stale));
    assert_eq!(book.catalog().get(sku_id(1)).unwrap().list_price, Money::fen(1_100));
}

#[test]
fn grants_and_contracts_are_checked_and_must_exist_to_be_ended() {
    let mut book = chain();
    let field = |result: Result<BookEvent, BookRefusal>| match result {
        Err(BookRefusal::Invalid(Invalid { field, .. })) => field,
        other => panic!("expected an invalid field, not {other:?}"),
    };
    let put = BookCommand::PutGrant;
    let too_high = PriceGrant { floor: Permille(1_001), ..grant("g") };
    assert_eq!(field(tell(&mut book, put(too_high))), "floor");
    let too_low = PriceGrant { ceiling: Permille(999), ..grant("g") };
    assert_eq!(field(tell(&mut book, put(too_low))), "ceiling");
    let nowhere = PriceGrant { stores: Stores::Only([].into()), ..grant("g") };
    assert_eq!(field(tell(&mut book, put(nowhere))), "stores");
    let nothing = PriceGrant { skus: Skus::Only([].into()), ..grant("g") };
    assert_eq!(field(tell(&mut book, put(nothing))), "skus");
    let contract = contract("mt", 1_001);
    assert_eq!(field(tell(&mut book, BookCommand::PutContract(contract))), "floor");
    let unknown = tell(&mut book, BookCommand::RevokeGrant { name: "none".into() });
    assert_eq!(unknown.unwrap_err().code(), "unknown_grant");
    let unknown = tell(&mut book, BookCommand::EndContract { channel: channel("none") });
    assert_eq!(unknown.unwrap_err().code(), "unknown_contract");
}

#[test]
fn a_refused_command_changes_nothing_and_every_event_raises_the_version() {
    let mut book = chain();
    assert_eq!(book.version(), 3);
    let before = book.clone();
    assert!(tell(&mut book, set_price(7, 1, 1)).is_err());
    assert_eq!(book, before);
}

#[test]
fn a_book_is_the_same_after_events_or_a_snapshot_went_through_text() {
    let mut book = chain();
    let day = Timestamp::from_millis(2_000_000_000_000);
    let commands = [
        set_price(7, 1, 900),
        BookCommand::PutGrant(PriceGrant { may_delist: true, ..grant("free") }),
        BookCommand::DelistAtStore { store: store(7), sku: sku_id(2) },
        BookCommand::PutContract(contract("mt", 900)),
        BookCommand::PutQuotePolicy(QuotePolicy::default()),
        BookCommand::AnnounceTaxRate {
            class: TaxClass::Standard,
            change: RateChange { from: day, rate: Permille(120) },
        },
    ];
    let mut replayed = book.clone();
    for command in commands {
        let text = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<BookCommand>(&text).unwrap(), command);
        let event = serde_json::to_string(&tell(&mut book, command).unwrap()).unwrap();
        replayed.apply(&serde_json::from_str(&event).unwrap());
    }
    assert_eq!(replayed, book);
    let text = serde_json::to_string(&book).unwrap();
    assert_eq!(serde_json::from_str::<PriceBook>(&text).unwrap(), book);
}

proptest! {
    #[test]
    fn no_store_price_outside_a_grant_is_ever_charged(
        list in 0i64..5_000,
        floor in 0u32..=1_000,
        ceiling in 1_000u32..=10_000,
        fen in -10i64..60_000,
        later_list in 0i64..5_000,
    ) {
        let bounds = PriceGrant {
            floor: Permille(floor),
            ceiling: Permille(ceiling),
            ..grant("g")
        };
        let mut book =
            book_of([BookCommand::PutSku(sku(1, list)), BookCommand::PutGrant(bounds)]);
        let is_inside = fen * 1_000 >= list * i64::from(floor)
            && fen * 1_000 <= list * i64::from(ceiling);
        prop_assert_eq!(tell(&mut book, set_price(7, 1, fen)).is_ok(), is_inside);
        tell(&mut book, BookCommand::PutSku(Sku { version: 1, ..sku(1, later_list) })).unwrap();
        let charged = price_at(&book, 7, 1).0;
        prop_assert!(charged * 1_000 >= later_list * i64::from(floor));
        prop_assert!(charged * 1_000 <= later_list * i64::from(ceiling));
    }
}
