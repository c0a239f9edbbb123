//! What may be sold, what a rejection tells, and who loses when the shelf is emptier than thought.

use super::*;
use crate::store::RejectReason;

fn answer(decision: &Decision<InventoryEvent>) -> Result<(), HoldRefusal> {
    match told(decision).as_slice() {
        [OrderCommand::AnswerHold { answer, .. }] => *answer,
        other => panic!("one answer expected, not {other:?}"),
    }
}

#[test]
fn a_hold_takes_all_its_lines_or_none() {
    let mut shelf = Shelf::with(&[(MILK, 5), (RICE, 5)]);
    shelf.tell(InventoryCommand::SetSafetyStock { sku: RICE, units: 2 });
    let refused = shelf.hold(1, &[units(1, MILK, 5), units(2, RICE, 4)]);
    assert_eq!(
        answer(&refused),
        Err(HoldRefusal { sku: RICE, available: 3, wanted: 4 }),
        "safety stock is not for sale"
    );
    assert!(refused.events.is_empty());
    assert_eq!(answer(&shelf.hold(2, &[units(1, MILK, 5), units(2, RICE, 3)])), Ok(()));
    assert_eq!(
        (shelf.inventory.available(MILK), shelf.inventory.available(RICE)),
        (Some(0), Some(0))
    );
}

#[test]
fn two_lines_of_one_product_are_added_up() {
    let mut shelf = Shelf::with(&[(MILK, 5)]);
    let refused = shelf.hold(1, &[units(1, MILK, 3), units(2, MILK, 3)]);
    assert_eq!(answer(&refused), Err(HoldRefusal { sku: MILK, available: 5, wanted: 6 }));
}

#[test]
fn an_unlisted_or_unknown_product_is_not_for_sale() {
    let mut shelf = Shelf::with(&[(MILK, 5)]);
    shelf.tell(InventoryCommand::SetListed { sku: MILK, listed: false });
    for sku in [MILK, RICE] {
        let refused = shelf.hold(1, &[units(1, sku, 1)]);
        assert_eq!(answer(&refused), Err(HoldRefusal { sku, available: 0, wanted: 1 }));
        assert_eq!(shelf.inventory.available(sku), None);
    }
    assert!(
        shelf.tell(InventoryCommand::SetListed { sku: MILK, listed: false }).events.is_empty(),
        "said twice, recorded once"
    );
}

#[test]
fn a_rejection_corrects_the_stock_by_its_reason() {
    // 10 on hand, 4 reserved for this order and 3 for another; 2 of the 4 are rejected.
    for (reason, on_hand, damaged) in [
        (RejectReason::NotInStock, 5, 0),
        (RejectReason::Mismatch, 8, 0),
        (RejectReason::Damaged, 8, 2),
        (RejectReason::TooBusy, 10, 0),
        (RejectReason::Closing, 10, 0),
        (RejectReason::Timeout, 10, 0),
        (RejectReason::Other, 10, 0),
    ] {
        let mut shelf = Shelf::with(&[(MILK, 10)]);
        shelf.hold(1, &[units(1, MILK, 4)]);
        shelf.commit(1);
        shelf.hold(2, &[units(1, MILK, 3)]);
        shelf.tell(InventoryCommand::ReleaseLines {
            reservation: reservation(1),
            lines: vec![units(1, MILK, 2)],
            reason: ReleaseReason::Rejected(reason),
        });
        let level = shelf.level(MILK);
        assert_eq!(
            (level.on_hand, level.damaged, level.reserved),
            (on_hand, damaged, 5),
            "{reason:?}"
        );
        assert_eq!(shelf.status(1), "committed");
        assert_eq!(shelf.movements[&MILK], on_hand, "{reason:?}");
    }
}

#[test]
fn not_in_stock_never_raises_the_stock() {
    let mut shelf = Shelf::with(&[(MILK, 4)]);
    shelf.hold(1, &[units(1, MILK, 4)]);
    shelf.observe(Observation::Counted { sku: MILK, on_hand: 0 });
    let reason = ReleaseReason::Rejected(RejectReason::NotInStock);
    shelf.tell(InventoryCommand::Release { reservation: reservation(1), reason });
    assert_eq!(shelf.level(MILK).on_hand, 0);
}

#[test]
fn units_beyond_the_reservation_are_ignored() {
    let mut shelf = Shelf::with(&[(MILK, 10)]);
    shelf.hold(1, &[units(1, MILK, 4)]);
    let release = |lines| InventoryCommand::ReleaseLines {
        reservation: reservation(1),
        lines,
        reason: ReleaseReason::Changed,
    };
    assert!(shelf.tell(release(vec![units(2, MILK, 1), units(1, RICE, 1)])).events.is_empty());
    let all = shelf.tell(release(vec![units(1, MILK, 9)]));
    assert_eq!(kinds(&all), ["reservation_released"]);
    assert_eq!(shelf.level(MILK).reserved, 0);
}

#[test]
fn the_youngest_hold_loses_first_and_the_oldest_commitment_last() {
    let mut shelf = Shelf::with(&[(MILK, 8)]);
    for number in 1..=4 {
        shelf.hold(number, &[units(1, MILK, 2)]);
        shelf.wait(Seconds(10));
    }
    shelf.commit(4);
    shelf.commit(1);
    for (on_hand, losers) in
        [(7, vec![(3, 1)]), (5, vec![(3, 1), (2, 1)]), (1, vec![(2, 1), (4, 2), (1, 1)])]
    {
        let decision = shelf.observe(Observation::Counted { sku: MILK, on_hand });
        let raised: Vec<OrderCommand> = losers
            .iter()
            .map(|(number, lost)| OrderCommand::CoverShortfall {
                reservation: reservation(*number),
                lines: vec![units(1, MILK, *lost)],
            })
            .collect();
        // Two commitments of one instant: the later id is the younger one.
        assert_eq!(told(&decision), raised, "{on_hand} on hand");
        assert_eq!(shelf.level(MILK).reserved, on_hand);
        shelf.wait(Seconds(10));
    }
    assert_eq!(
        [1, 2, 3, 4].map(|number| shelf.status(number)),
        ["committed", "released", "released", "released"]
    );
}

#[test]
fn a_till_that_repeats_itself_sells_once() {
    let mut shelf = Shelf::with(&[(MILK, 50)]);
    let sale = |receipt: u32| Observation::PosSale {
        sku: MILK,
        units: 1,
        reference: format!("till-1/{receipt}"),
        sold_at: None,
    };
    for receipt in [1, 2, 1, 3, 2, 3] {
        shelf.observe(sale(receipt));
    }
    assert_eq!(shelf.level(MILK).on_hand, 47);
    assert_eq!(shelf.recovered(), shelf.inventory, "also after a restart");
}

#[test]
fn a_till_may_sell_what_was_never_recorded() {
    let mut shelf = Shelf::empty();
    let (reference, sold_at) = ("r".into(), None);
    shelf.observe(Observation::PosSale { sku: MILK, units: 3, reference, sold_at });
    assert_eq!(shelf.level(MILK).on_hand, -3);
    assert_eq!(shelf.inventory.available(MILK), Some(0));
    shelf.observe(Observation::Counted { sku: MILK, on_hand: 4 });
    assert_eq!(shelf.movements[&MILK], 4);
}

#[test]
fn a_sale_told_late_moves_the_shelf_unless_it_was_counted_since() {
    let mut shelf = Shelf::with(&[(MILK, 50)]);
    let counted_at = shelf.now;
    shelf.wait(Seconds(60));
    let told = |at: Timestamp, reference: &str| Observation::PosSale {
        sku: MILK,
        units: 2,
        reference: reference.into(),
        sold_at: Some(at),
    };
    let (before, after) = (counted_at.before(Seconds(5)), counted_at.after(Seconds(5)));
    for (sold_at, left, reference) in [(after, 48, "a"), (before, 48, "b"), (counted_at, 46, "c")] {
        let decision = shelf.observe(told(sold_at, reference));
        assert_eq!(kinds(&decision), ["sold_at_till"], "recorded in any case");
        assert_eq!(shelf.level(MILK).on_hand, left, "{reference}");
    }
    let tomorrow = shelf.now.after(Seconds(86_400));
    let decision = shelf.observe(told(tomorrow, "d"));
    let InventoryEvent::SoldAtTill { sold_at, .. } = &decision.events[0] else { panic!() };
    assert_eq!(*sold_at, Some(shelf.now), "a till's clock that runs ahead is not believed");
    assert!(shelf.observe(told(before, "b")).events.is_empty(), "a repetition is harmless");
    assert_eq!(shelf.recovered(), shelf.inventory);
    assert_eq!(shelf.movements[&MILK], 44);
}

/// The table of docs/commerce.md.
#[test]
fn the_page_shows_what_a_till_tells() {
    let mut shelf = Shelf::empty();
    let begin = shelf.now;
    shelf.wait(Seconds(60));
    let counted = |on_hand| Observation::Counted { sku: MILK, on_hand };
    let sale = |number: u32, units, sold_at| Observation::PosSale {
        sku: MILK,
        units,
        reference: format!("till-1/{number}"),
        sold_at,
    };
    let steps = [
        ("a count of 5", counted(5)),
        ("sale 1 of 2 units", sale(1, 2, None)),
        ("sale 1 once more", sale(1, 2, None)),
        ("sale 2 of 1 unit, from before the count", sale(2, 1, Some(begin))),
        ("sale 3 of 4 units", sale(3, 4, None)),
        ("a count of 6", counted(6)),
    ];
    let row = |(told, observation)| {
        shelf.observe(observation);
        let sellable = shelf.inventory.available(MILK).unwrap();
        format!("| {told} | {} | {sellable} |", shelf.level(MILK).on_hand)
    };
    let table = steps.map(row).join("\n");
    let page = include_str!("../../../../docs/commerce.md");
    assert!(page.contains(&table), "docs/commerce.md should say:\n\n{table}");
}

#[test]
fn what_is_on_its_way_keeps_a_shelf_from_being_low() {
    let mut shelf = Shelf::with(&[(MILK, 12), (RICE, 12)]);
    shelf.tell(InventoryCommand::SetReorderPoint { sku: MILK, units: 10 });
    assert!(shelf.inventory.low().is_empty(), "12 are more than 10, and nobody asked about rice");
    shelf.hold(1, &[units(1, MILK, 2)]);
    assert_eq!(shelf.inventory.low().iter().collect::<Vec<_>>(), [&MILK], "two are promised");
    assert!(shelf.inventory.low_changed());
    assert_eq!(shelf.recovered(), shelf.inventory);
    shelf.inventory.told_low();
    shelf.commit(1);
    shelf.tell(InventoryCommand::Consume { reservation: reservation(1) });
    assert!(!shelf.inventory.low_changed(), "it was low before they left");
    shelf.tell(InventoryCommand::SetListed { sku: MILK, listed: false });
    assert!(shelf.inventory.low().is_empty(), "nobody orders what is not listed");
}

#[test]
fn goods_come_back_to_the_shelf_or_to_the_damaged() {
    let mut shelf = Shelf::with(&[(MILK, 1)]);
    for (sellable, units) in [(true, 2), (false, 3), (true, 0)] {
        shelf.observe(Observation::CameBack { sku: MILK, units, sellable, order: order(1) });
    }
    assert_eq!((shelf.level(MILK).on_hand, shelf.level(MILK).damaged), (3, 3));
}

#[test]
fn adjustments_move_the_stock_for_a_reason() {
    let mut shelf = Shelf::empty();
    for (delta, reason, on_hand, damaged) in
        [(9, "initial", 9, 0), (-2, "damaged", 7, 2), (-1, "expired", 6, 2), (4, "whatever", 10, 2)]
    {
        let reason = reason.into();
        shelf.observe(Observation::Adjusted { sku: MILK, delta, reason });
        assert_eq!((shelf.level(MILK).on_hand, shelf.level(MILK).damaged), (on_hand, damaged));
    }
    let idle = Observation::Adjusted { sku: MILK, delta: 0, reason: "found".into() };
    assert!(shelf.observe(idle).events.is_empty());
    let absurd = Observation::Adjusted { sku: MILK, delta: i64::MIN, reason: "lost".into() };
    let refused = shelf.try_to(InventoryCommand::Observe(absurd)).unwrap_err();
    assert_eq!(refused.code(), "invalid");
}

#[test]
fn movements_name_their_reason() {
    let adjusted = |reason: &str| InventoryEvent::StockAdjusted {
        sku: MILK,
        delta: -2,
        damaged: 0,
        reason: reason.into(),
    };
    for (event, reason) in [
        (adjusted("lost"), "lost"),
        (adjusted("a mouse"), "adjusted"),
        (InventoryEvent::StockCounted { sku: MILK, on_hand: 1, delta: -2 }, "counted"),
    ] {
        assert_eq!(movements(&event), [(MILK, -2, reason)]);
    }
}
