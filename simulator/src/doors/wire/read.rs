//! The server's JSON as the pictures people see. What is not understood is left out.

use dispatch::order::FulfillmentMode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vocabulary::{Money, OrderId, Place, SkuId, Timestamp};

use crate::doors::{
    BoardView, Card, CardStatus, CourierView, DeliveryStatus, DeliveryView, Failure, OfferView,
    OrderView, ParcelView, PartView, Receipt, ReturnView, StopKind, StopView, TaskView, Units,
};
use crate::feed::{RawEvent, list, number, text};

pub(super) fn point(place: Place) -> Value {
    json!({"lat": place.latitude(), "lon": place.longitude()})
}

pub(super) fn field<'a>(value: &'a Value, field: &str) -> Result<&'a str, Failure> {
    let found = value.get(field).and_then(Value::as_str);
    found.ok_or_else(|| Failure::new("unreadable", format!("the answer has no {field}")))
}

/// An id or a word of the domain.
fn named<T: DeserializeOwned>(value: &Value, field: &str) -> Option<T> {
    serde_json::from_value(value.get(field)?.clone()).ok()
}

fn place(value: &Value, field: &str) -> Option<Place> {
    let point = value.get(field)?;
    Place::new(point.get("lat")?.as_f64()?, point.get("lon")?.as_f64()?).ok()
}

fn count(value: &Value, field: &str) -> u32 {
    u32::try_from(number(value, field)).unwrap_or_default()
}

/// Where a courier was last seen.
pub(super) fn position(view: &Value) -> Option<Place> {
    place(view.get("position")?, "place")
}

/// The receipt and the shopper's token.
pub(super) fn receipt(answer: &Value) -> Result<(Receipt, String), Failure> {
    let unreadable = || Failure::new("unreadable", "the answer to placing");
    let payment = answer.get("payment").ok_or_else(unreadable)?;
    let parts = list(answer, "parts");
    let receipt = Receipt {
        order: named(answer, "order").ok_or_else(unreadable)?,
        payment: named(payment, "id").ok_or_else(unreadable)?,
        payable: Money::fen(number(payment, "payable_fen")),
        parts: parts
            .iter()
            .filter_map(|part| Some((named(part, "fulfillment_order")?, named(part, "store")?)))
            .collect(),
        pickup_code: named(answer, "pickup_code"),
    };
    Ok((receipt, field(answer, "shopper_token")?.to_owned()))
}

pub(super) fn order(view: &Value) -> Option<OrderView> {
    let order: OrderId = named(view, "order")?;
    let part = |part: &Value| {
        Some(PartView {
            fulfillment_order: named(part, "fulfillment_order")?,
            store: named(part, "store")?,
            status: text(part, "status").to_owned(),
        })
    };
    let delivery = |known: &Value| {
        Some(DeliveryView {
            delivery: named(known, "delivery")?,
            fulfillment_order: named(known, "fulfillment_order")?,
            attempt: count(known, "attempt"),
            status: DeliveryStatus::named(text(known, "status")),
            courier: named(known, "courier"),
        })
    };
    let parcel = |known: &Value| {
        Some(ParcelView {
            parcel: named(known, "parcel")?,
            fulfillment_order: named(known, "fulfillment_order")?,
            status: text(known, "status").to_owned(),
        })
    };
    let sent_back = |known: &Value| {
        let status = text(known, "status").to_owned();
        Some(ReturnView { return_id: named(known, "return_id")?, status })
    };
    Some(OrderView {
        order,
        status: text(view, "status").to_owned(),
        parts: list(view, "parts").iter().filter_map(part).collect(),
        deliveries: list(view, "deliveries").iter().filter_map(delivery).collect(),
        parcels: list(view, "parcels").iter().filter_map(parcel).collect(),
        returns: list(view, "returns").iter().filter_map(sent_back).collect(),
    })
}

/// Puts the cards of a frame on a board; ended ones leave it.
pub(super) fn put_cards(board: &mut BoardView, body: &Value) {
    for known in list(body, "fulfillment_orders") {
        let Some((id, card)) = card(known) else { continue };
        if card.status.is_over() {
            board.cards.remove(&id);
        } else {
            board.cards.insert(id, card);
        }
    }
}

fn card(known: &Value) -> Option<(vocabulary::FulfillmentOrderId, Card)> {
    let is_over = known.get("is_over").and_then(Value::as_bool).unwrap_or_default();
    let status = CardStatus::named(text(known, "status"));
    let card = Card {
        order: named(known, "order")?,
        mode: named::<FulfillmentMode>(known, "mode")?,
        status: if is_over { CardStatus::Over } else { status },
        lines: list(known, "lines").iter().filter_map(units).collect(),
        courier: named(known, "courier"),
        ready_at: known.get("ready_at").and_then(Value::as_i64).map(Timestamp::from_millis),
    };
    Some((named(known, "fulfillment_order")?, card))
}

fn units(line: &Value) -> Option<Units> {
    let number = u16::try_from(number(line, "line")).ok()?;
    Some(Units { line: number, sku: named(line, "sku")?, units: count(line, "units") })
}

pub(super) fn courier(body: &Value) -> Option<CourierView> {
    let view = body.get("courier")?;
    let offer = |known: &Value| {
        (text(known, "state") == "pending").then_some(())?;
        Some(OfferView {
            offer: named(known, "offer")?,
            delivery: named(known, "delivery")?,
            pickup: place(known, "pickup")?,
        })
    };
    let task = |known: &Value| {
        Some(TaskView {
            delivery: named(known, "delivery")?,
            order: named(known, "order")?,
            attempt: count(known, "attempt"),
            store: named(known, "store")?,
            picked_up: known.get("picked_up").and_then(Value::as_bool)?,
        })
    };
    let stop = |known: &Value| {
        let kind = match text(known, "kind") {
            "pickup" => StopKind::Pickup,
            "dropoff" => StopKind::Dropoff,
            "return" => StopKind::Return,
            _ => return None,
        };
        Some(StopView { delivery: named(known, "delivery")?, kind, place: place(known, "place")? })
    };
    Some(CourierView {
        on_duty: text(view, "duty") == "on_duty",
        offers: list(view, "offers").iter().filter_map(offer).collect(),
        tasks: list(view, "tasks").iter().filter_map(task).collect(),
        stops: list(view, "stops").iter().filter_map(stop).collect(),
    })
}

/// What lies on a store's shelves, by SKU.
pub(super) fn shelves(answer: &Value) -> Vec<(SkuId, i64)> {
    let level = |level: &Value| Some((named(level, "sku")?, number(level, "on_hand")));
    list(answer, "stock").iter().filter_map(level).collect()
}

pub(super) fn events(page: &Value) -> Vec<RawEvent> {
    list(page, "events")
        .iter()
        .map(|row| RawEvent {
            seq: number(row, "seq").unsigned_abs(),
            entity_kind: text(row, "entity_kind").to_owned(),
            entity: text(row, "entity").to_owned(),
            entity_seq: number(row, "entity_seq").unsigned_abs(),
            at_ms: number(row, "at"),
            kind: text(row, "kind").to_owned(),
            payload: row.get("payload").map(Value::to_string).unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "019ab3c0-0000-7000-8000-000000000001";

    #[test]
    fn a_card_that_is_over_leaves_the_board() {
        let mut board = BoardView::default();
        let mut known = json!({"fulfillment_order": A, "order": A, "mode": "delivery",
            "status": "assigned", "is_over": false,
            "lines": [{"line": 1, "sku": A, "name": "milk", "units": 2}]});
        put_cards(&mut board, &json!({"fulfillment_orders": [known]}));
        let card = board.cards.values().next().unwrap();
        assert_eq!((card.status, card.lines[0].units), (CardStatus::Assigned, 2));
        known["is_over"] = json!(true);
        put_cards(&mut board, &json!({"fulfillment_orders": [known]}));
        assert!(board.cards.is_empty());
    }

    #[test]
    fn a_courier_sees_only_what_waits_for_an_answer() {
        let place = json!({"lat": 30.6, "lon": 114.3});
        let offer = |state| json!({"offer": A, "delivery": A, "pickup": place, "state": state});
        let body = json!({"courier": {"duty": "on_duty",
            "offers": [offer("pending"), offer("accepted")],
            "tasks": [], "stops": [{"delivery": A, "kind": "return", "place": place}]}});
        let view = courier(&body).unwrap();
        assert_eq!((view.on_duty, view.offers.len()), (true, 1));
        assert_eq!(view.stops[0].kind, StopKind::Return);
    }
}
