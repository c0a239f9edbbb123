//! A deed as a request: its address and its body. A table.

use dispatch::order::{DeliveryStep, ParcelStep, ReturnCondition, Steer};
use serde_json::{Value, json};
use vocabulary::{DeliveryId, FulfillmentOrderId, OrderId, StoreId};

use super::http::Ask;
use crate::doors::{Deed, Taker, Units};

pub(super) fn of(deed: &Deed) -> Ask {
    match deed.clone() {
        Deed::Pay { payment, amount: _, succeeds } => {
            let outcome = if succeeds { "success" } else { "fail" };
            Ask::post(format!("/v1/payments/{payment}/sandbox/pay"), json!({"outcome": outcome}))
        }
        Deed::Cancel { order, reason } => {
            Ask::post(format!("/v1/orders/{order}/cancel"), json!({"reason": reason}))
        }
        Deed::Remind { order } => Ask::post(format!("/v1/orders/{order}/remind"), json!({})),
        Deed::Rate { order, words } => {
            Ask::post(format!("/v1/orders/{order}/rating"), json!(words))
        }
        Deed::RequestReturn { order, lines, reason } => {
            let body = json!({"lines": units(&lines), "reason": reason});
            Ask::post(format!("/v1/orders/{order}/returns"), body)
        }
        Deed::Accept { store, fulfillment_order, ready_in } => {
            let body = json!({"ready_in_s": ready_in.map(|span| span.0)});
            at_store(store, fulfillment_order, "accept", body)
        }
        Deed::Reject { store, fulfillment_order, lines, reason } => {
            let body = json!({"lines": units(&lines), "reason": reason});
            at_store(store, fulfillment_order, "reject", body)
        }
        Deed::StartPicking { store, fulfillment_order } => {
            at_store(store, fulfillment_order, "start", json!({}))
        }
        Deed::ShortPick { store, fulfillment_order, lines, reason } => {
            let body = json!({"lines": units(&lines), "reason": reason});
            at_store(store, fulfillment_order, "short-pick", body)
        }
        Deed::Pack { store, fulfillment_order } => {
            at_store(store, fulfillment_order, "pack", json!({}))
        }
        Deed::HandOver { store, fulfillment_order, to } => {
            at_store(store, fulfillment_order, "hand-over", taker(&to))
        }
        Deed::ReceiveBack { order, delivery } => {
            of_delivery(order, delivery, "receive-back", json!({}))
        }
        Deed::Pause { store, until } => {
            let body = json!({"until_at": until.map(|at| at.as_millis())});
            Ask::post(format!("/v1/stores/{store}/pause"), body)
        }
        Deed::Reopen { store } => Ask::post(format!("/v1/stores/{store}/reopen"), json!({})),
        Deed::GoOnDuty { courier, shift_ends_at } => {
            let body = json!({"shift_ends_at": shift_ends_at.map(|at| at.as_millis())});
            Ask::post(format!("/v1/couriers/{courier}/on-duty"), body)
        }
        Deed::GoOffDuty { courier } => {
            Ask::post(format!("/v1/couriers/{courier}/off-duty"), json!({}))
        }
        Deed::AcceptOffer { courier, offer } => {
            Ask::post(format!("/v1/couriers/{courier}/offers/{offer}/accept"), json!({}))
        }
        Deed::DeclineOffer { courier, offer, reason } => {
            let body = json!({"reason": reason});
            Ask::post(format!("/v1/couriers/{courier}/offers/{offer}/decline"), body)
        }
        Deed::Advance { order, delivery, attempt, courier: _, step } => {
            of_delivery(order, delivery, "advance", advance(attempt, step))
        }
        Deed::Drop { order, delivery, attempt, reason } => {
            of_delivery(order, delivery, "drop", json!({"attempt": attempt, "reason": reason}))
        }
        Deed::Fail { order, delivery, attempt, courier: _, reason } => {
            of_delivery(order, delivery, "fail", json!({"attempt": attempt, "reason": reason}))
        }
        Deed::Move { order, fulfillment_order, lines, to, reason } => {
            let path = format!("/v1/orders/{order}/fulfillment-orders/{fulfillment_order}/move");
            Ask::post(path, json!({"to": to, "lines": units(&lines), "reason": reason}))
        }
        Deed::Steer { order, delivery, steer: how, reason } => {
            of_delivery(order, delivery, "steer", steer(&how, &reason))
        }
        Deed::ResolveFailure { order, delivery, retry } => {
            of_delivery(order, delivery, "resolve", json!({"retry": retry}))
        }
        Deed::ReportLost { order, delivery } => of_delivery(order, delivery, "lost", json!({})),
        Deed::AdvanceParcel { order, parcel, step } => {
            let path = format!("/v1/orders/{order}/parcels/{parcel}/advance");
            let status = step.status().text();
            let body = match step {
                ParcelStep::Returned { condition } => {
                    json!({"status": status, "condition": condition})
                }
                _ => json!({"status": status}),
            };
            Ask::post(path, body)
        }
        Deed::SellAtTill { store, sku, units, reference } => {
            let body = json!({"units": units, "reference": reference});
            Ask::post(format!("/v1/stores/{store}/stock/{sku}/sale"), body)
        }
        Deed::Count { store, sku, on_hand } => {
            let path = format!("/v1/stores/{store}/stock/{sku}/count");
            Ask::post(path, json!({"on_hand": on_hand}))
        }
        Deed::Restock { store, sku, units } => {
            let path = format!("/v1/stores/{store}/stock/{sku}/adjust");
            Ask::post(path, json!({"delta": units, "reason": "received"}))
        }
        Deed::ShipTransfer { transfer, from: _ } => {
            Ask::post(format!("/v1/transfers/{transfer}/ship"), json!({}))
        }
        Deed::ReceiveTransfer { transfer, to: _, sku, sound, missing, damaged } => {
            let line = |units: u32| json!({"sku": sku, "units": units});
            let lines: Vec<Value> = (sound > 0).then(|| line(sound)).into_iter().collect();
            let found = [(missing, "missing"), (damaged, "damaged")];
            let found = found.into_iter().filter(|(units, _)| *units > 0);
            let found: Vec<Value> = found
                .map(|(units, reason)| json!({"sku": sku, "units": units, "reason": reason}))
                .collect();
            let body = json!({"lines": lines, "discrepancies": found});
            Ask::post(format!("/v1/transfers/{transfer}/receive"), body)
        }
        Deed::DecideReturn { order, return_id, approve } => {
            let verb = if approve { "approve" } else { "reject" };
            Ask::post(format!("/v1/orders/{order}/returns/{return_id}/{verb}"), json!({}))
        }
        Deed::ReceiveReturn { order, return_id, condition } => {
            let path = format!("/v1/orders/{order}/returns/{return_id}/receive");
            Ask::post(path, json!({"condition": condition_word(condition)}))
        }
    }
}

fn at_store(store: StoreId, share: FulfillmentOrderId, verb: &str, body: Value) -> Ask {
    Ask::post(format!("/v1/stores/{store}/fulfillment-orders/{share}/{verb}"), body)
}

fn of_delivery(order: OrderId, delivery: DeliveryId, verb: &str, body: Value) -> Ask {
    Ask::post(format!("/v1/orders/{order}/deliveries/{delivery}/{verb}"), body)
}

fn units(lines: &[Units]) -> Vec<Value> {
    lines.iter().map(|units| json!({"line": units.line, "units": units.units})).collect()
}

fn taker(to: &Taker) -> Value {
    match to {
        Taker::Courier(courier) => json!({"to": "courier", "courier": courier}),
        Taker::Shopper { code } => json!({"to": "shopper", "code": code}),
        Taker::Carrier { carrier, tracking_number } => {
            json!({"to": "carrier", "carrier": carrier, "tracking_number": tracking_number})
        }
    }
}

fn advance(attempt: u32, step: DeliveryStep) -> Value {
    let (word, proof) = match step {
        DeliveryStep::EnRouteToPickup => ("en_route_to_pickup", None),
        DeliveryStep::ArrivedAtPickup => ("arrived_at_pickup", None),
        DeliveryStep::EnRouteToDropoff => ("en_route_to_dropoff", None),
        DeliveryStep::ArrivedAtDropoff => ("arrived_at_dropoff", None),
        DeliveryStep::Delivered { proof } => ("delivered", Some(proof)),
    };
    json!({"attempt": attempt, "step": word, "proof": proof})
}

fn steer(how: &Steer, reason: &str) -> Value {
    match how {
        Steer::Force { courier } => json!({"steer": "force", "courier": courier, "reason": reason}),
        Steer::Exclude { courier } => {
            json!({"steer": "exclude", "courier": courier, "reason": reason})
        }
        Steer::Pin { courier, for_at_most } => {
            let span = for_at_most.0;
            json!({"steer": "pin", "courier": courier, "for_at_most_s": span, "reason": reason})
        }
        Steer::Clear => json!({"steer": "clear", "reason": reason}),
    }
}

fn condition_word(condition: ReturnCondition) -> &'static str {
    match condition {
        ReturnCondition::Good => "good",
        ReturnCondition::Damaged => "damaged",
    }
}
