use super::*;
use crate::store::{RejectReason, pickup_code};

fn open() -> Town {
    let mut town = Town::new();
    town.place(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]));
    town.pay();
    assert_eq!(town.order.status_text(), "open");
    town
}

fn assigned() -> Town {
    let mut town = open();
    town.accept_part(0);
    town.offer_round(&[0, 1]);
    town.accept_offer(0).unwrap();
    town
}

fn finish(town: &mut Town, part: usize, delivery: usize, who: u128) {
    town.hand_to_courier(part, who).unwrap();
    town.advance(delivery, DeliveryStep::EnRouteToDropoff).unwrap();
    town.advance(delivery, super::super::delivered()).unwrap();
}

#[track_caller]
fn ends_clean(town: &Town, status: &str) {
    assert_eq!(town.order.status_text(), status);
    assert_eq!(town.refused, Vec::<String>::new());
    town.nobody_keeps_anything_of_it();
}

#[test]
fn from_the_basket_to_the_door() {
    let mut town = assigned();
    assert!(town.couriers[&courier(1)].offers().is_empty(), "the other courier is told");
    finish(&mut town, 0, 0, 0);
    ends_clean(&town, "completed");
    assert_eq!(town.on_hand(1, 1), 7);
    assert_eq!(town.payment.captured(), Money::fen(301));
}

#[test]
fn a_split_order_is_kept_together_or_not_at_all() {
    let mut town = Town::new();
    town.at_inventory(2, InventoryCommand::Observe(counted(sku(2), 0)));
    let basket = basket(&[(1, 3), (2, 1)]);
    town.place(basket, plan(&[(1, &[(1, 3)]), (2, &[(2, 1)])]));
    assert_eq!(town.order.status_text(), "pending_payment");
    assert_eq!(town.reserved(), 4, "one other store keeps all of it, the first keeps nothing");
    town.wait(900);
    ends_clean(&town, "expired");
}

#[test]
fn two_couriers_tap_accept_and_one_wins() {
    let mut town = open();
    town.accept_part(0);
    town.offer_round(&[0, 1]);
    town.accept_offer(1).unwrap();
    assert!(town.accept_offer(0).is_err());
    assert_eq!(town.order.deliveries[0].courier(), Some(courier(1)));
    assert!(town.hand_to_courier(0, 0).is_err(), "the store expects the winner");
    finish(&mut town, 0, 0, 1);
    ends_clean(&town, "completed");
}

#[test]
fn who_is_excluded_while_asked_cannot_accept_any_more() {
    let mut town = open();
    town.accept_part(0);
    town.offer_round(&[0, 1]);
    let delivery = town.order.deliveries[0].delivery;
    let steer = Steer::Exclude { courier: courier(0) };
    let reason = "the shopper knows this courier".to_owned();
    town.order(OrderCommand::SteerDelivery { delivery, steer, reason }).unwrap();
    assert!(town.couriers[&courier(0)].offers().is_empty());
    assert!(town.accept_offer(0).is_err());
    town.accept_offer(1).unwrap();
    finish(&mut town, 0, 0, 1);
    ends_clean(&town, "completed");
}

#[test]
fn a_store_that_says_no_is_replaced() {
    let mut town = assigned();
    let (at, fulfillment_order) = town.part(0);
    let reason = RejectReason::NotInStock;
    town.at_store(at, StoreCommand::Reject { fulfillment_order, lines: Vec::new(), reason })
        .unwrap();
    assert!(town.couriers[&courier(0)].tasks().is_empty());
    assert_eq!((town.on_hand(1, 1), town.part(1).0), (0, 2));
    town.accept_part(1);
    town.offer_round(&[2]);
    town.accept_offer(2).unwrap();
    finish(&mut town, 1, 1, 2);
    ends_clean(&town, "completed");
}

#[test]
fn a_store_that_never_answers_is_replaced() {
    let mut town = open();
    town.wait(180);
    assert_eq!((town.order.parts[0].status.text(), town.part(1).0), ("rejected", 2));
}

#[test]
fn units_that_cannot_be_found_come_from_elsewhere() {
    let mut town = assigned();
    let (at, fulfillment_order) = town.part(0);
    let (lines, reason) = (units(&[(1, 1)]), RejectReason::Mismatch);
    town.at_store(at, StoreCommand::ShortPick { fulfillment_order, lines, reason }).unwrap();
    finish(&mut town, 0, 0, 0);
    assert_eq!(town.order.status_text(), "open");
    town.accept_part(1);
    town.offer_round(&[1]);
    town.accept_offer(1).unwrap();
    finish(&mut town, 1, 1, 1);
    ends_clean(&town, "completed");
    assert_eq!((town.on_hand(1, 1), town.on_hand(2, 1)), (7, 9));
}

#[test]
fn a_till_that_sells_what_was_promised_moves_the_promise() {
    let mut town = assigned();
    let sale = Observation::PosSale {
        sku: sku(1),
        units: 9,
        reference: "till-1".to_owned(),
        sold_at: None,
    };
    town.at_inventory(1, InventoryCommand::Observe(sale));
    assert_eq!(town.refused, Vec::<String>::new());
    let held: u32 = town.order.parts.iter().map(|part| part.units_of(1)).sum();
    assert_eq!((town.order.parts.len(), held), (2, 3));
    assert_eq!(town.part(1).0, 2);
}

#[test]
fn cancelling_lets_everybody_go() {
    let mut town = assigned();
    town.order(cancel(CancelReason::ShopperRequest)).unwrap();
    ends_clean(&town, "cancelled");
    assert_eq!(town.payment.refundable(), Money::ZERO);
    assert_eq!(town.on_hand(1, 1), 10);
}

#[test]
fn headquarters_moves_a_share() {
    let mut town = assigned();
    let (_, fulfillment_order) = town.part(0);
    let (to, reason) = (store(3), "flood".to_owned());
    let lines = Vec::new();
    town.order(OrderCommand::MoveFulfillment { fulfillment_order, lines, to, reason }).unwrap();
    assert_eq!((town.order.parts[0].status.text(), town.part(1).0), ("moved", 3));
    town.accept_part(1);
    town.offer_round(&[0, 1]);
    // Who lost the task by the move cools down; the other one takes it.
    town.accept_offer(1).unwrap();
    finish(&mut town, 1, 1, 1);
    ends_clean(&town, "completed");
    assert_eq!((town.on_hand(1, 1), town.on_hand(3, 1)), (10, 7));
}

#[test]
fn headquarters_moves_one_unit_and_the_courier_goes_on_with_the_rest() {
    let mut town = assigned();
    let (_, fulfillment_order) = town.part(0);
    let (to, reason, lines) = (store(3), "dented".to_owned(), units(&[(1, 1)]));
    town.order(OrderCommand::MoveFulfillment { fulfillment_order, lines, to, reason }).unwrap();
    assert_eq!((town.order.parts[0].status.text(), town.part(1).0), ("accepted", 3));
    let free = |n| town.inventories[&store(n)].level(sku(1)).unwrap().available_to_sell();
    assert_eq!((free(1), free(3)), (8, 9), "each store keeps what it gives");
    finish(&mut town, 0, 0, 0);
    town.accept_part(1);
    town.offer_round(&[1]);
    town.accept_offer(1).unwrap();
    finish(&mut town, 1, 1, 1);
    ends_clean(&town, "completed");
    assert_eq!((town.on_hand(1, 1), town.on_hand(3, 1)), (8, 9));
}

#[test]
fn a_courier_who_falls_silent_is_replaced_before_pickup() {
    let mut town = assigned();
    town.wait(3_600);
    assert_ne!(town.order.deliveries[0].courier(), Some(courier(0)));
    assert!(town.couriers[&courier(0)].tasks().is_empty());
    assert!(town.order.deliveries[0].escalated, "a person is called after a long wait");
}

#[test]
fn nobody_at_home_twice_brings_the_goods_back() {
    let mut town = assigned();
    town.hand_to_courier(0, 0).unwrap();
    for _ in 0..2 {
        let delivery = &town.order.deliveries[0];
        let fail = OrderCommand::FailDelivery {
            delivery: delivery.delivery,
            attempt: delivery.attempt,
            courier: courier(0),
            reason: FailureReason::NobodyHome,
        };
        town.order(fail).unwrap();
        town.wait(300);
    }
    assert_eq!(town.order.deliveries[0].status.text(), "returning");
    let delivery = town.order.deliveries[0].delivery;
    town.order(OrderCommand::ReceiveBack { delivery, condition: None }).unwrap();
    ends_clean(&town, "cancelled");
    assert_eq!(town.on_hand(1, 1), 10);
}

#[test]
fn a_pickup_opens_with_its_code() {
    let mut town = Town::new();
    let place = PlaceOrder {
        mode: FulfillmentMode::Pickup,
        destination: None,
        pickup_code_hash: Some(pickup_code::hash(town.order.id, CODE)),
        payment_method: PaymentMethod::CashOnDelivery,
        ..basket(&[(1, 3)])
    };
    town.place(place, plan(&[(1, &[(1, 3)])]));
    town.accept_part(0);
    let (at, fulfillment_order) = town.part(0);
    town.at_store(at, StoreCommand::Pack { fulfillment_order }).unwrap();
    let to = HandOverTo::Shopper { code: CODE.to_owned() };
    town.at_store(at, StoreCommand::HandOver { fulfillment_order, to }).unwrap();
    ends_clean(&town, "completed");
    assert_eq!(town.payment.captured(), Money::fen(301), "cash at the counter");
}

#[test]
fn a_pickup_nobody_collects_goes_back_on_the_shelf() {
    let mut town = Town::new();
    let place =
        PlaceOrder { mode: FulfillmentMode::Pickup, destination: None, ..basket(&[(1, 3)]) };
    town.place(place, plan(&[(1, &[(1, 3)])]));
    town.pay();
    town.accept_part(0);
    let (at, fulfillment_order) = town.part(0);
    town.at_store(at, StoreCommand::Pack { fulfillment_order }).unwrap();
    town.wait(25 * 3_600);
    ends_clean(&town, "cancelled");
    assert_eq!(town.on_hand(1, 1), 10);
}

#[test]
fn a_parcel_and_its_return() {
    let mut town = Town::new();
    let place = PlaceOrder { mode: FulfillmentMode::Express, ..basket(&[(1, 3)]) };
    town.place(place, plan(&[(1, &[(1, 3)])]));
    town.pay();
    town.accept_part(0);
    let (at, fulfillment_order) = town.part(0);
    let to = HandOverTo::Carrier { carrier: "SF".to_owned(), tracking_number: "9".to_owned() };
    town.at_store(at, StoreCommand::HandOver { fulfillment_order, to }).unwrap();
    let parcel = town.order.parcels[0].parcel;
    let step = ParcelStep::Delivered;
    town.order(OrderCommand::AdvanceParcel { parcel, step }).unwrap();
    ends_clean(&town, "completed");

    let (lines, reason) = (units(&[(1, 2)]), "too big".to_owned());
    town.order(OrderCommand::RequestReturn { lines, reason }).unwrap();
    let return_id = town.order.returns[0].return_id;
    town.order(OrderCommand::DecideReturn { return_id, approve: true, note: None }).unwrap();
    let condition = ReturnCondition::Good;
    town.order(OrderCommand::ReceiveReturn { return_id, condition }).unwrap();
    ends_clean(&town, "completed");
    assert_eq!(town.order.returns[0].status, ReturnStatus::Refunded);
    assert_eq!((town.on_hand(1, 1), town.payment.returned()), (9, Money::fen(201)));
}

#[test]
fn fewer_units_while_the_store_picks() {
    let mut town = assigned();
    let change = ProposedChange { remove: units(&[(1, 1)]), destination: None };
    town.order(OrderCommand::ProposeChange { change }).unwrap();
    let change = town.order.proposed_change.as_ref().unwrap().change;
    town.order(OrderCommand::ConfirmChange { change }).unwrap();
    assert_eq!(town.reserved(), 2);
    finish(&mut town, 0, 0, 0);
    ends_clean(&town, "completed");
    assert_eq!((town.on_hand(1, 1), town.payment.returned()), (8, Money::fen(101)));
}

#[test]
fn money_after_the_end_goes_back() {
    let mut town = Town::new();
    town.place(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]));
    town.wait(900);
    town.pay();
    assert_eq!(town.order.status_text(), "expired");
    assert_eq!(town.refused, Vec::<String>::new());
    assert_eq!(town.payment.refundable(), Money::ZERO);
}
