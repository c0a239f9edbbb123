//! Bad histories, planted: the referee must catch each, and say nothing about the good one.

use serde_json::{Value, json};

use super::{Frame, FrameKind, Referee};
use crate::feed::Event;

/// Writes histories as a partition would, one event a second.
#[derive(Default)]
struct Pen {
    events: Vec<Event>,
}

impl Pen {
    fn write(mut self, entity_kind: &str, entity: &str, body: Value) -> Self {
        let seq = self.events.len() as u64 + 1;
        let of_entity = |event: &&Event| event.entity_kind == entity_kind && event.entity == entity;
        let entity_seq = self.events.iter().filter(of_entity).count() as u64 + 1;
        self.events.push(Event {
            seq,
            entity_kind: entity_kind.to_owned(),
            entity: entity.to_owned(),
            entity_seq,
            at_ms: seq as i64 * 1_000,
            kind: body["kind"].as_str().unwrap().to_owned(),
            body,
        });
        self
    }

    fn order(self, body: Value) -> Self {
        self.write("order", "o1", body)
    }

    fn stock(self, body: Value) -> Self {
        self.write("inventory", "s1", body)
    }

    fn store(self, body: Value) -> Self {
        self.write("store", "s1", body)
    }

    fn courier(self, courier: &str, body: Value) -> Self {
        self.write("courier", courier, body)
    }

    /// The rules that are broken, in the order in which they were.
    fn judge(&self) -> Vec<String> {
        let mut referee = Referee::new(0);
        self.events.iter().for_each(|event| referee.see(event));
        referee.finish(self.events.len() as i64 * 1_000 + 500);
        referee.findings().violations.into_iter().map(|violation| violation.rule).collect()
    }

    #[track_caller]
    fn breaks(&self, rule: &str) {
        let broken = self.judge();
        assert!(broken.iter().any(|found| found == rule), "{rule} was not noticed: {broken:?}");
    }
}

fn units(count: u32) -> Value {
    json!([{"line": 1, "sku": "milk", "units": count}])
}

fn placed(paid: i64, payable: i64) -> Value {
    let line = json!({"line": 1, "sku": "milk", "quantity": 2, "list_price": 500,
        "unit_price": 500, "paid": paid,
        "fees": [{"source": "delivery", "bearer": "shopper", "amount": paid - 1000}]});
    json!({"kind": "order_placed", "terms": {"mode": "delivery", "payable": payable, "lines": [line]},
        "parts": [{"fulfillment_order": "f1", "reservation": "r1",
            "plan": {"store": "s1", "promised_by": 9_000_000, "lines": units(2)}}]})
}

/// A stocked store and an order that is open, its goods committed.
fn opened() -> Pen {
    Pen::default()
        .stock(json!({"kind": "stock_adjusted", "sku": "milk", "delta": 5, "damaged": 0}))
        .order(placed(1_400, 1_400))
        .stock(json!({"kind": "units_held", "reservation": "r1", "order": "o1", "lines": units(2)}))
        .order(json!({"kind": "stock_held", "reservation": "r1"}))
        .order(json!({"kind": "holds_confirmed", "payment": "p1", "payment_due": 900_000}))
        .order(json!({"kind": "payment_secured", "payment": "p1"}))
        .order(json!({"kind": "order_opened"}))
        .stock(json!({"kind": "reservation_committed", "reservation": "r1"}))
}

fn share(kind: &str) -> Value {
    json!({"kind": kind, "fulfillment_order": "f1", "delivery": "d1", "attempt": 1, "courier": "c1",
        "offer": "x1", "share": {"order": "o1", "state": {"accept_by": 900_000}}})
}

/// From the store's bell to a granted courier.
fn granted() -> Pen {
    let made = |courier: &str, offer: &str| {
        json!({"kind": "offer_made", "expires_at": 900_000,
            "offer": {"offer": offer, "delivery": "d1", "attempt": 1, "courier": courier}})
    };
    opened()
        .courier("c1", json!({"kind": "configured", "settings": {"capacity": 1}}))
        .courier("c2", json!({"kind": "configured", "settings": {"capacity": 1}}))
        .order(share("fulfillment_requested"))
        .store(share("fulfillment_order_assigned"))
        .order(share("fulfillment_assigned"))
        .store(share("fulfillment_order_accepted"))
        .order(share("fulfillment_accepted"))
        .order(json!({"kind": "delivery_created", "delivery": "d1", "fulfillment_order": "f1"}))
        .order(share("delivery_offered"))
        .courier("c1", made("c1", "x1"))
        .courier("c2", made("c2", "x2"))
        .courier("c1", json!({"kind": "offer_accepted", "offer": "x1", "delivery": "d1"}))
        .order(share("delivery_assigned"))
        .courier("c1", json!({"kind": "offer_granted", "offer": "x1", "delivery": "d1"}))
}

/// All the way to the door.
fn delivered() -> Pen {
    granted()
        .store(share("fulfillment_order_packed"))
        .order(share("fulfillment_ready"))
        .store(share("fulfillment_order_handed_over"))
        .stock(json!({"kind": "reservation_consumed", "reservation": "r1", "lines": units(2)}))
        .order(share("fulfillment_handed_over"))
        .order(share("delivery_picked_up"))
        .order(share("delivery_delivered"))
        .courier("c1", json!({"kind": "task_done", "delivery": "d1"}))
        .store(share("fulfillment_order_completed"))
        .order(share("fulfillment_completed"))
        .order(json!({"kind": "order_completed", "return_until": 0}))
}

#[test]
fn a_good_history_is_left_alone() {
    assert_eq!(delivered().judge(), Vec::<String>::new());
    assert_eq!(granted().judge(), Vec::<String>::new());
}

#[test]
fn asking_and_rating_have_their_time() {
    let asks = || json!({"kind": "order_reminded", "count": 1});
    let rates = || json!({"kind": "order_rated", "words": {"store_stars": 5}});
    assert_eq!(delivered().order(rates()).judge(), Vec::<String>::new());
    granted().order(rates()).breaks("order_path");
    delivered().order(asks()).breaks("order_path");
}

#[test]
fn a_hole_in_the_feed_is_noticed() {
    let mut pen = delivered();
    pen.events.remove(4);
    pen.breaks("no_hole_in_the_feed");
    pen.breaks("no_hole_in_a_history");
}

#[test]
fn promising_more_than_there_is_is_noticed() {
    let hold = json!({"kind": "units_held", "reservation": "r2", "order": "o2", "lines": units(4)});
    opened().stock(hold).breaks("no_oversell");
    let safety = json!({"kind": "safety_stock_set", "sku": "milk", "units": 2});
    let hold = json!({"kind": "units_held", "reservation": "r2", "order": "o2", "lines": units(2)});
    opened().stock(safety).stock(hold).breaks("no_oversell");
}

#[test]
fn a_reservation_that_ends_twice_is_noticed() {
    let release = json!({"kind": "reservation_released", "reservation": "r1", "lines": units(2)});
    delivered().stock(release.clone()).breaks("reservation_ends_once");
    opened().stock(release.clone()).stock(release).breaks("reservation_ends_once");
    let expired = json!({"kind": "reservation_expired", "reservation": "r1", "lines": units(2)});
    opened().stock(expired).breaks("reservation_ends_once");
    let short = json!({"kind": "reservation_consumed", "reservation": "r1", "lines": units(1)});
    opened().stock(short).breaks("reservation_whole");
}

#[test]
fn uncovered_units_without_a_shortfall_are_noticed() {
    let sale = json!({"kind": "sold_at_till", "sku": "milk", "units": 4, "reference": "t"});
    let next = json!({"kind": "listing_set", "sku": "milk", "listed": true});
    opened().stock(sale.clone()).breaks("shortfall_raised");
    opened().stock(sale).stock(next).breaks("shortfall_raised");
    let wrong = json!({"kind": "stock_counted", "sku": "milk", "on_hand": 9, "delta": 1});
    opened().stock(wrong).breaks("stock_conservation");
}

#[test]
fn histories_that_are_no_paths_are_noticed() {
    opened().order(json!({"kind": "order_expired"})).breaks("order_path");
    opened().store(share("fulfillment_order_handed_over")).breaks("fulfillment_order_path");
    granted().order(share("delivery_delivered")).breaks("delivery_path");
    let expired = json!({"kind": "offer_expired", "offer": "x1", "delivery": "d1"});
    granted().courier("c1", expired).breaks("offer_path");
    let skipped = json!({"kind": "delivery_advanced", "delivery": "d1", "attempt": 1,
        "courier": "c1", "stage": "arrived_at_dropoff"});
    granted().order(skipped).breaks("delivery_path");
    let again = json!({"kind": "delivery_advanced", "delivery": "d1", "attempt": 2,
        "courier": "c1", "stage": "arrived_at_pickup"});
    granted().order(again).breaks("attempt_order");
    let refunded = json!({"kind": "return_refunded", "return_id": "b1"});
    delivered().order(refunded).breaks("return_path");
    let parcel = json!({"kind": "parcel_advanced", "parcel": "k1", "status": "delivered"});
    opened().order(parcel).breaks("parcel_path");
}

#[test]
fn two_winners_of_one_attempt_are_noticed() {
    let second = json!({"kind": "offer_accepted", "offer": "x2", "delivery": "d1"});
    let grant = json!({"kind": "offer_granted", "offer": "x2", "delivery": "d1"});
    let both = granted().courier("c2", second).courier("c2", grant);
    both.breaks("one_winner_per_attempt");
    both.breaks("grant_follows_the_order");
    granted().order(share("delivery_assigned")).breaks("one_winner_per_attempt");
}

#[test]
fn timers_that_fire_early_or_never_are_noticed() {
    let expired = json!({"kind": "offer_expired", "offer": "x2", "delivery": "d1"});
    granted().courier("c2", expired.clone()).breaks("no_timer_fires_early");
    let late = |body: Value| {
        let mut pen = granted().courier("c2", body);
        if let Some(last) = pen.events.last_mut() {
            last.at_ms = 2_000_000;
        }
        pen
    };
    late(json!({"kind": "offer_declined", "offer": "x2"})).breaks("no_timer_is_forgotten");
    let sound = late(expired).judge();
    assert!(!sound.iter().any(|rule| rule.starts_with("no_timer")), "{sound:?}");
}

#[test]
fn full_hands_are_noticed() {
    let offer = json!({"kind": "offer_made", "offer": {"offer": "x9", "delivery": "d9",
        "attempt": 1}});
    let accept = json!({"kind": "offer_accepted", "offer": "x9", "delivery": "d9"});
    granted().courier("c1", offer).courier("c1", accept).breaks("courier_capacity");
    granted().courier("c2", json!({"kind": "task_done", "delivery": "d1"})).breaks("task_in_hand");
}

#[test]
fn money_that_does_not_add_up_is_noticed() {
    let pen = Pen::default().order(placed(1_400, 1_500));
    pen.breaks("lines_are_payable");
    let mut crooked = placed(1_400, 1_400);
    crooked["terms"]["lines"][0]["fees"] = json!([]);
    Pen::default().order(crooked).breaks("line_adds_up");
    let with_share = |source: &str, amount: i64| {
        let mut placed = placed(1_400, 1_400);
        placed["terms"]["lines"][0]["shares"] =
            json!([{"source": source, "bearer": "hq", "amount": amount}]);
        Pen::default().order(placed)
    };
    with_share("coupon:c1", 100).breaks("line_adds_up");
    with_share("store_price", 100).breaks("shares_are_discounts");
    with_share("points", -100).breaks("discounts_take_off");
    let mut lost = placed(1_400, 1_400);
    lost["parts"][0]["plan"]["lines"] = units(1);
    Pen::default().order(lost).breaks("parts_are_the_order");
    let refund = |key: &str, amount: i64, count: u32| {
        let lines = units(count);
        json!({"kind": "refund_decided", "refund": key, "amount": amount, "lines": lines})
    };
    opened().order(refund("b1", 1_500, 1)).breaks("refunds_within_payment");
    opened().order(refund("b1", 700, 1)).order(refund("b1", 700, 1)).breaks("refund_once");
    let twice = opened().order(refund("b1", 700, 2)).order(refund("b2", 1, 1));
    twice.breaks("units_given_back_once");
    opened().order(refund("b1", 699, 1)).breaks("units_give_back_their_share");
    let pen = Pen::default()
        .write("payment", "p1", json!({"kind": "created", "amount": 100}))
        .write("payment", "p1", json!({"kind": "captured", "amount": 101}));
    pen.breaks("payment_adds_up");
}

/// Delivered, and so much was taken for it.
fn paid(captured: i64) -> Pen {
    let created = json!({"kind": "created", "order": "o1", "method": "online", "amount": 1_400});
    delivered().write("payment", "p1", created).write(
        "payment",
        "p1",
        json!({"kind": "captured", "amount": captured}),
    )
}

#[test]
fn books_that_do_not_close_are_noticed() {
    assert_eq!(paid(1_400).judge(), Vec::<String>::new());
    paid(1_399).breaks("books_balance");
    let refund = json!({"kind": "refunded", "refund": "b1", "amount": 1_401});
    paid(1_400).write("payment", "p1", refund).breaks("paid_back_within_received");
    let returned = json!({"kind": "refund_decided", "refund": "b1", "amount": 700,
        "lines": units(1), "why": {"kind": "returned"}});
    let confirmed = json!({"kind": "refund_confirmed", "refund": "b1"});
    let unpaid = paid(1_400).order(returned.clone()).order(confirmed.clone());
    unpaid.breaks("books_balance");
    let back = json!({"kind": "refunded", "refund": "b1", "amount": 700});
    let sound = paid(1_400).order(returned).write("payment", "p1", back).order(confirmed);
    assert_eq!(sound.judge(), Vec::<String>::new());
    let settled = |list: i64, goods: i64, fees: i64, payout: i64| {
        let mut referee = Referee::new(0);
        sound.events.iter().for_each(|event| referee.see(event));
        let row = json!({"store": "s1", "day": "1970-01-01", "list_fen": list,
            "discounts_fen": list - goods, "goods_fen": goods, "delivery_fees_fen": fees,
            "packing_fees_fen": 0, "payout_fen": payout});
        referee.settled(&[row], 0);
        let found = referee.findings().violations.into_iter();
        found.map(|violation| violation.rule).collect::<Vec<_>>()
    };
    assert_eq!(settled(500, 500, 200, 500), Vec::<String>::new());
    assert_eq!(settled(501, 501, 200, 501), ["settlement_is_the_ledger"]);
    assert_eq!(settled(500, 500, 200, 499), ["settlement_adds_up"]);
    // A discount that nobody gave, hidden in the fees.
    assert_eq!(settled(500, 490, 210, 490), ["settlement_is_the_ledger"]);
}

#[test]
fn orders_that_nobody_ends_are_noticed() {
    let stuck = opened().order(json!({"kind": "lines_short", "fulfillment_order": "f1",
        "lines": units(2)}));
    stuck.breaks("every_order_ends_or_waits");
    Pen::default().order(placed(1_400, 1_400)).breaks("every_order_ends_or_waits");
    let mut late = opened();
    if let Some(last) = late.events.last_mut() {
        last.at_ms = 5_000_000;
    }
    let judge = |mut referee: Referee| {
        late.events.iter().take(5).for_each(|event| referee.see(event));
        referee.finish(5_000_000);
        referee.findings().violations
    };
    assert_eq!(judge(Referee::new(0))[0].rule, "every_order_ends_or_waits");
    assert_eq!(judge(Referee::at_pace(0, 2_000.0)), [], "at that pace it is not late yet");
    let over = opened().order(json!({"kind": "order_cancelled", "fee": 0}));
    over.breaks("no_hold_outlives_its_order");
}

#[test]
fn a_push_that_skips_one_is_noticed_unless_a_snapshot_says_so() {
    let mut referee = Referee::new(0);
    let mut push = |epoch, seq, kind| {
        let frame = Frame { screen: "board s1".to_owned(), epoch, seq, kind };
        referee.pushed(&frame, 0);
        referee.gap_count()
    };
    assert_eq!(push(1, 4, FrameKind::Snapshot), 0);
    assert_eq!(push(1, 5, FrameKind::Delta), 0);
    assert_eq!(push(1, 9, FrameKind::Snapshot), 0);
    assert_eq!(push(1, 10, FrameKind::Delta), 0);
    assert_eq!(push(1, 12, FrameKind::Delta), 1);
    assert_eq!(push(2, 13, FrameKind::Delta), 2, "another epoch begins with a snapshot");
    assert_eq!(referee.findings().violations[0].rule, "pushes_without_a_hole");
}

#[test]
fn a_violation_names_its_event() {
    let broken = opened().order(json!({"kind": "order_expired"}));
    let mut referee = Referee::new(0);
    broken.events.iter().for_each(|event| referee.see(event));
    let violation = &referee.findings().violations[0];
    assert_eq!(violation.subject, "o1");
    assert_eq!(
        violation.detail,
        "event 9 (order_expired): found it open, may find it pending_payment"
    );
}

/// Three bottles leave the store with five for another one.
fn sent() -> Pen {
    let three = json!([{"sku": "milk", "units": 3}]);
    Pen::default()
        .stock(json!({"kind": "stock_adjusted", "sku": "milk", "delta": 5, "damaged": 0}))
        .stock(json!({"kind": "transfer_drafted", "transfer": "t1", "to": "s2", "lines": three}))
        .stock(json!({"kind": "transfer_readied", "transfer": "t1", "lines": three}))
        .stock(json!({"kind": "transfer_shipped", "transfer": "t1", "to": "s2", "kept": three,
            "lines": three}))
        .write(
            "inventory",
            "s2",
            json!({"kind": "transfer_expected", "transfer": "t1", "from": "s1", "lines": three}),
        )
}

fn received(units: i64, missing: i64, is_last: bool) -> Value {
    json!({"kind": "transfer_received", "transfer": "t1", "is_last": is_last, "receipt": {
        "lines": [{"sku": "milk", "units": units}],
        "discrepancies": [{"sku": "milk", "units": missing, "reason": "missing"}]}})
}

#[test]
fn goods_between_stores_are_followed_unit_by_unit() {
    let good = sent().write("inventory", "s2", received(1, 0, false)).write(
        "inventory",
        "s2",
        received(1, 1, true),
    );
    assert_eq!(good.judge(), Vec::<String>::new());
    sent().write("inventory", "s2", received(3, 1, true)).breaks("received_was_shipped");
    sent().write("inventory", "s2", received(2, 0, true)).breaks("received_whole");
    sent()
        .write("inventory", "s2", received(3, 0, true))
        .write("inventory", "s2", received(3, 0, true))
        .breaks("received_was_shipped");
    let lines = json!([{"sku": "milk", "units": 3}]);
    sent()
        .stock(json!({"kind": "transfer_shipped", "transfer": "t2", "to": "s2", "kept": [],
            "lines": lines}))
        .breaks("shipped_is_expected");
    opened()
        .stock(json!({"kind": "transfer_shipped", "transfer": "t1", "to": "s2", "kept": [],
            "lines": [{"sku": "milk", "units": 4}]}))
        .breaks("no_oversell");
}
