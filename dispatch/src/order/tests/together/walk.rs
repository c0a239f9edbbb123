//! People tap at random; in the end everybody is brought home, and nothing may be left behind.

use vocabulary::Chance;

use super::*;
use crate::store::RejectReason;

#[test]
fn whatever_people_tap_an_order_that_is_over_has_let_go_of_everything() {
    let mut ends = BTreeMap::new();
    for seed in 0..400 {
        let mut town = random_order(&mut Chance::from_seed(seed));
        let mut chance = Chance::from_seed(seed ^ 0xabcd);
        for _ in 0..60 {
            tap(&mut town, &mut chance);
        }
        bring_home(&mut town);
        assert_eq!(town.refused, Vec::<String>::new(), "seed {seed}");
        town.nobody_keeps_anything_of_it();
        *ends.entry(town.order.status_text()).or_insert(0) += 1;
    }
    let known = ["cancelled", "completed", "expired"];
    assert!(known.iter().all(|end| ends.contains_key(end)), "walks end in all ways: {ends:?}");
}

fn random_order(chance: &mut Chance) -> Town {
    let mut town = Town::new();
    let mode = match chance.below(4) {
        0 | 1 => FulfillmentMode::Delivery,
        2 => FulfillmentMode::Pickup,
        _ => FulfillmentMode::Express,
    };
    let payment_method = match chance.below(3) {
        0 => PaymentMethod::Online,
        1 => PaymentMethod::CashOnDelivery,
        _ => PaymentMethod::ChannelPaid,
    };
    let place = PlaceOrder { mode, payment_method, ..basket(&[(1, 3), (2, 2)]) };
    let plan = match chance.below(2) {
        0 => plan(&[(1, &[(1, 3), (2, 2)])]),
        _ => plan(&[(1, &[(1, 2)]), (2, &[(1, 1), (2, 2)])]),
    };
    if chance.happens(0.1) {
        town.at_inventory(1, InventoryCommand::Observe(counted(sku(1), 0)));
    }
    town.place(place, plan);
    town
}

/// Refusals are what people get to see when they tap the wrong thing.
fn tap(town: &mut Town, chance: &mut Chance) {
    if town.order.terms.payment_method == PaymentMethod::Online && chance.happens(0.08) {
        town.pay();
    }
    let part = chance.below(town.order.parts.len() as u64) as usize;
    let (at, fulfillment_order) = town.part(part);
    let lines = units(&[(1 + chance.below(2) as u16, 1)]);
    let reason = match chance.below(4) {
        0 => RejectReason::NotInStock,
        1 => RejectReason::Mismatch,
        2 => RejectReason::Damaged,
        _ => RejectReason::TooBusy,
    };
    let _refused = match chance.below(24) {
        0 => town.at_store(at, StoreCommand::Reject { fulfillment_order, lines, reason }),
        1 => town.at_store(at, StoreCommand::ShortPick { fulfillment_order, lines, reason }),
        2 => town.at_store(at, StoreCommand::Suspend { fulfillment_order }),
        3 | 4 => town.at_store(at, StoreCommand::Resume { fulfillment_order }),
        5 | 6 => town.at_store(at, StoreCommand::Accept { fulfillment_order, ready_in: None }),
        7 => town.at_store(at, StoreCommand::Pack { fulfillment_order }),
        8 => give_out(town, part),
        9 | 10 => {
            town.offer_round(&[0, 1, 2]);
            Ok(())
        }
        11 | 12 => town.accept_offer(u128::from(chance.below(3))),
        13 => {
            town.wait(chance.below(400) as u32);
            Ok(())
        }
        14 => change(town, lines),
        15 => town.order(OrderCommand::MoveFulfillment {
            fulfillment_order,
            lines: if reason == RejectReason::TooBusy { Vec::new() } else { lines },
            to: store(1 + u128::from(chance.below(4))),
            reason: "flood".to_owned(),
        }),
        16 => {
            let (sku, reference) = (sku(1), chance.next_u64().to_string());
            let units = chance.below(4) as u32;
            let sale = Observation::PosSale { sku, units, reference, sold_at: None };
            town.at_inventory(at, InventoryCommand::Observe(sale));
            Ok(())
        }
        17 => drop_or_fail(town, chance),
        18 => {
            advance_any(town, DeliveryStep::EnRouteToDropoff);
            Ok(())
        }
        19 if chance.happens(0.1) => town.order(cancel(CancelReason::ShopperRequest)),
        _ => Ok(()),
    };
}

fn give_out(town: &mut Town, part: usize) -> Result<(), Refusal> {
    let (at, fulfillment_order) = town.part(part);
    let to = match town.order.terms.mode {
        FulfillmentMode::Delivery => {
            let delivery = town.order.delivery_of(fulfillment_order);
            let courier = delivery.and_then(Delivery::courier).unwrap_or(courier(0));
            HandOverTo::Courier { courier }
        }
        FulfillmentMode::Pickup => HandOverTo::Shopper { code: CODE.to_owned() },
        FulfillmentMode::Express => {
            HandOverTo::Carrier { carrier: "SF".to_owned(), tracking_number: format!("{part}") }
        }
    };
    town.at_store(at, StoreCommand::HandOver { fulfillment_order, to })
}

fn change(town: &mut Town, remove: Vec<LineUnits>) -> Result<(), Refusal> {
    let change = ProposedChange { remove, destination: None };
    town.order(OrderCommand::ProposeChange { change })?;
    let change = town.order.proposed_change.as_ref().unwrap().change;
    town.order(OrderCommand::ConfirmChange { change })
}

fn drop_or_fail(town: &mut Town, chance: &mut Chance) -> Result<(), Refusal> {
    let Some(known) = town.order.deliveries.last() else {
        return Ok(());
    };
    let (delivery, attempt) = (known.delivery, known.attempt);
    let courier = known.courier().unwrap_or(courier(0));
    town.order(match chance.below(3) {
        0 => {
            OrderCommand::DropDelivery { delivery, attempt, reason: DropReason::CourierDroppedOut }
        }
        1 => OrderCommand::FailDelivery {
            delivery,
            attempt,
            courier,
            reason: FailureReason::NobodyHome,
        },
        _ => OrderCommand::ResolveFailure { delivery, retry: false },
    })
}

fn advance_any(town: &mut Town, step: DeliveryStep) {
    for n in 0..town.order.deliveries.len() {
        let _refused = town.advance(n, step.clone());
    }
}

/// Everybody does the proper next thing until the order is over.
fn bring_home(town: &mut Town) {
    for _ in 0..60 {
        if town.order.status.is_over() {
            return;
        }
        for part in 0..town.order.parts.len() {
            let (at, fulfillment_order) = town.part(part);
            let _refused = town.at_store(at, StoreCommand::Resume { fulfillment_order });
            let accept = StoreCommand::Accept { fulfillment_order, ready_in: None };
            let _refused = town.at_store(at, accept);
            let _refused = town.at_store(at, StoreCommand::Pack { fulfillment_order });
        }
        for n in 0..COURIERS {
            town.by_courier(n, CourierCommand::Heard).unwrap();
            town.offer_round(&[n]);
            let _refused = town.accept_offer(n);
        }
        for part in 0..town.order.parts.len() {
            let _refused = give_out(town, part);
        }
        advance_any(town, super::super::delivered());
        let deliveries: Vec<_> = town.order.delivery_ids().collect();
        for delivery in deliveries {
            let _refused = town.order(OrderCommand::ReceiveBack { delivery, condition: None });
        }
        let parcels: Vec<_> = town.order.parcels.iter().map(|parcel| parcel.parcel).collect();
        for parcel in parcels {
            let step = ParcelStep::Delivered;
            town.order(OrderCommand::AdvanceParcel { parcel, step }).unwrap();
        }
        town.wait(600);
    }
    panic!("the order never ends: {:#?}", town.order);
}
