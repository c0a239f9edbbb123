//! A whole partition under paused time on the journal in memory: the same code that serves.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at once")]

mod city;
#[path = "../../../persistence/tests/cluster/mod.rs"]
mod cluster;
mod road;
mod twins;

use std::time::Duration;

use actors::{CommandError, Conflict, Topic};
use city::{City, on_paused_time};
use dispatch::order::{CancelReason, FulfillmentMode, OrderCommand, PaymentMethod};
use dispatch::store::{HandOverTo, RejectReason, StoreCommand};
use dispatch::{Message, Refusal};
use vocabulary::OrderId;

#[test]
fn an_order_is_placed_packed_carried_and_delivered() {
    on_paused_time(async {
        let city = City::start(1).await;
        let placed = city.place(&[(0, 2)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        assert_eq!(placed.parts.len(), 1);
        let order = placed.order;
        let part = placed.parts[0].clone();
        city.store(
            part.store,
            StoreCommand::Accept { fulfillment_order: part.fulfillment_order, ready_in: None },
        )
        .await
        .unwrap();
        let (courier, offer) = city.next_offer().await;
        city.accept(courier, offer).await.unwrap();
        city.store(part.store, StoreCommand::Pack { fulfillment_order: part.fulfillment_order })
            .await
            .unwrap();
        city.store(
            part.store,
            StoreCommand::HandOver {
                fulfillment_order: part.fulfillment_order,
                to: HandOverTo::Courier { courier },
            },
        )
        .await
        .unwrap();
        city.deliver(order, courier).await.unwrap();
        assert_eq!(city.status(order).await, "completed");
        assert_eq!(city.reserved(part.store, 0).await, 0);
        assert_eq!(city.on_hand(part.store, 0).await, 98);
        city.check_state_rows_are_the_fold_of_events().await;
    });
}

#[test]
fn a_round_planned_on_a_thread_of_its_own_offers_as_one_in_place_does() {
    let offered = async |city: City| {
        let placed = city.place(&[(0, 1)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        let fulfillment_order = placed.parts[0].fulfillment_order;
        let accept = StoreCommand::Accept { fulfillment_order, ready_in: None };
        city.store(placed.parts[0].store, accept).await.unwrap();
        city.next_offer().await.0
    };
    let elsewhere =
        on_paused_time(async { offered(City::start_with_rounds_elsewhere(2).await).await });
    let in_place = on_paused_time(async { offered(City::start(2).await).await });
    assert_eq!(elsewhere, in_place);
}

#[test]
fn a_repeated_placing_gets_the_first_answer_and_another_body_is_a_conflict() {
    on_paused_time(async {
        let city = City::start(1).await;
        let first = city.place(&[(0, 1)], PaymentMethod::Online, "k1").await.unwrap();
        let again = city.place(&[(0, 1)], PaymentMethod::Online, "k1").await.unwrap();
        assert_eq!(first, again);
        let other = city.place(&[(0, 2)], PaymentMethod::Online, "k1").await;
        assert_eq!(other, Err(CommandError::Conflict(Conflict::IdempotencyKey)));
        assert_eq!(city.reserved_everywhere(0).await, 1, "held once");
    });
}

#[test]
fn an_old_answer_is_forgotten_with_its_key_and_a_younger_one_is_not() {
    on_paused_time(async {
        let hours = |count: u64| Duration::from_secs(count * 3_600);
        let city = City::start(1).await;
        let old = city.pause_under("old", 1).await.unwrap();
        tokio::time::sleep(hours(3)).await;
        let young = city.pause_under("young", 1).await.unwrap();
        assert_eq!(city.forget_keys().await, 0, "nothing is old enough");
        tokio::time::sleep(hours(25)).await;
        assert_eq!(city.forget_keys().await, 1);
        assert_eq!(city.metrics().keys_forgotten.get(), 1);
        assert_eq!(city.pause_under("young", 1).await, Ok(young));
        assert_ne!(city.pause_under("old", 2).await.unwrap(), old, "a key like any other");
        tokio::time::sleep(hours(3)).await;
        // Recovery forgets what is too old as well: the key is free, and can be recorded again.
        let city = city.restart().await;
        assert_eq!(city.metrics().keys_forgotten.get(), 1);
        city.pause_under("young", 2).await.unwrap();
        let again = city.pause_under("old", 1).await;
        assert_eq!(again, Err(CommandError::Conflict(Conflict::IdempotencyKey)));
        assert_eq!(city.metrics().recoveries.get(), 0);
    });
}

#[test]
fn the_city_counts_who_is_in_which_state_as_it_changes() {
    on_paused_time(async {
        let city = City::start(2).await;
        let placed = city.place(&[(0, 1)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        city.place(&[(0, 1)], PaymentMethod::Online, "k2").await.unwrap();
        let count = |city: &City, state| city.metrics().orders.counts().get(state).copied();
        assert_eq!(count(&city, "open"), Some(1));
        assert_eq!(count(&city, "pending_payment"), Some(1));
        assert_eq!(city.metrics().stores.counts().get("open"), Some(&2));
        let city = city.restart().await;
        assert_eq!(count(&city, "open"), Some(1), "counted anew");
        assert_eq!(city.metrics().stores.counts().get("open"), Some(&2));
        let cancel = OrderCommand::Cancel { reason: CancelReason::ShopperRequest, note: None };
        city.command(Message::Order(placed.order, Box::new(cancel))).await.unwrap();
        assert_eq!(count(&city, "open"), Some(0));
    });
}

#[test]
fn a_basket_that_no_store_can_fill_is_refused_and_keeps_nothing() {
    on_paused_time(async {
        let city = City::start(1).await;
        let refused = city.place(&[(0, 9_000)], PaymentMethod::Online, "k1").await;
        assert!(matches!(refused, Err(CommandError::Refused(Refusal::Unfillable { .. }))));
        let again = city.place(&[(0, 9_000)], PaymentMethod::Online, "k1").await;
        assert_eq!(again, refused, "the same key gets the same refusal");
        assert_eq!(city.reserved_everywhere(0).await, 0);
    });
}

#[test]
fn unpaid_orders_give_their_stock_back_in_time() {
    on_paused_time(async {
        let city = City::start(1).await;
        let placed = city.place(&[(0, 5)], PaymentMethod::Online, "k1").await.unwrap();
        assert_eq!(city.status(placed.order).await, "pending_payment");
        assert_eq!(city.reserved_everywhere(0).await, 5);
        tokio::time::sleep(Duration::from_secs(901)).await;
        assert_eq!(city.status(placed.order).await, "expired");
        assert_eq!(city.reserved_everywhere(0).await, 0);
    });
}

#[test]
fn a_rejected_share_goes_to_another_store_and_corrects_the_stock() {
    on_paused_time(async {
        let city = City::start(2).await;
        let placed = city.place(&[(0, 3)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        let part = placed.parts[0].clone();
        city.store(
            part.store,
            StoreCommand::Reject {
                fulfillment_order: part.fulfillment_order,
                lines: Vec::new(),
                reason: RejectReason::NotInStock,
            },
        )
        .await
        .unwrap();
        let stores = city.stores_of(placed.order).await;
        assert!(stores.iter().any(|store| *store != part.store), "sourced elsewhere: {stores:?}");
        assert_eq!(city.on_hand(part.store, 0).await, 0, "the shelf was empty");
        city.check_state_rows_are_the_fold_of_events().await;
    });
}

#[test]
fn a_cancelled_order_frees_everything() {
    on_paused_time(async {
        let city = City::start(2).await;
        let placed = city.place(&[(0, 3)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        let cancel = OrderCommand::Cancel { reason: CancelReason::ShopperRequest, note: None };
        city.command(Message::Order(placed.order, Box::new(cancel))).await.unwrap();
        assert_eq!(city.status(placed.order).await, "cancelled");
        assert_eq!(city.reserved_everywhere(0).await, 0);
    });
}

#[test]
fn a_restart_finds_everything_where_it_was() {
    on_paused_time(async {
        let city = City::start(2).await;
        let paid = city.place(&[(0, 3)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        let open = city.place(&[(1, 2)], PaymentMethod::Online, "k2").await.unwrap();
        let before = city.digest().await;
        let city = city.restart().await;
        assert_eq!(city.digest().await, before, "recovery writes nothing by itself");
        assert_eq!(city.status(paid.order).await, "open");
        assert_eq!(city.status(open.order).await, "pending_payment");
        assert_eq!(city.reserved_everywhere(0).await, 3);
        let again = city.place(&[(0, 3)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        assert_eq!(again, paid, "keys outlive the restart");
        tokio::time::sleep(Duration::from_secs(901)).await;
        assert_eq!(city.status(open.order).await, "expired", "timers outlive the restart");
    });
}

#[test]
fn equal_seeds_give_equal_journals() {
    let run = || {
        on_paused_time(async {
            let city = City::start(3).await;
            for number in 0..20u32 {
                let key = format!("k{number}");
                let lines = [(number as usize % 3, 1 + number % 2)];
                city.place(&lines, PaymentMethod::CashOnDelivery, &key).await.unwrap();
            }
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            city.digest().await
        })
    };
    assert_eq!(run(), run());
}

#[test]
fn a_listener_gets_a_snapshot_and_then_every_change() {
    on_paused_time(async {
        let city = City::start(1).await;
        let placed = city.place(&[(0, 1)], PaymentMethod::CashOnDelivery, "k1").await.unwrap();
        city.listen(Topic::Board(placed.parts[0].store)).await;
        city.place(&[(0, 1)], PaymentMethod::CashOnDelivery, "k2").await.unwrap();
        let heard = city.heard().await;
        assert_eq!(heard, ["recovered 1", "snapshot of 1", "board of 1"]);
    });
}

#[test]
fn an_order_that_has_left_memory_is_still_shown_to_a_listener() {
    on_paused_time(async {
        let city = City::start(1).await;
        let placed = city.place(&[(0, 1)], PaymentMethod::Online, "k1").await.unwrap();
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert_eq!(city.status(placed.order).await, "expired");
        let city = city.restart().await;
        city.listen(Topic::Order(placed.order)).await;
        city.listen(Topic::Order(OrderId::from_bits(1))).await;
        let heard = city.heard().await;
        assert_eq!(heard, ["recovered 2", "snapshot of 1", "no such topic"]);
    });
}

#[test]
fn a_pickup_is_collected_with_its_code_and_nothing_else() {
    on_paused_time(async {
        let city = City::start(1).await;
        let placed = city
            .place_with(&[(0, 1)], PaymentMethod::ChannelPaid, "k1", |order| {
                order.mode = FulfillmentMode::Pickup;
                order.destination = None;
            })
            .await
            .unwrap();
        let part = placed.parts[0].clone();
        let fulfillment_order = part.fulfillment_order;
        city.store(part.store, StoreCommand::Accept { fulfillment_order, ready_in: None })
            .await
            .unwrap();
        city.store(part.store, StoreCommand::Pack { fulfillment_order }).await.unwrap();
        let hand_over = |code: &str| StoreCommand::HandOver {
            fulfillment_order,
            to: HandOverTo::Shopper { code: code.into() },
        };
        let wrong = city.store(part.store, hand_over("000000")).await;
        assert!(
            matches!(wrong, Err(CommandError::Refused(Refusal::CodeWrong { .. }))),
            "{wrong:?}"
        );
        city.store(part.store, hand_over(city::PICKUP_CODE)).await.unwrap();
        assert_eq!(city.status(placed.order).await, "completed");
    });
}
