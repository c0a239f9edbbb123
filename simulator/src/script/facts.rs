//! What happened, in the words of a script: one line for each event a reader cares about.

use std::collections::BTreeMap;

use vocabulary::Money;

use super::names::Names;
use crate::feed::{Event, LineUnits, lines, text};

/// Remembers what events mean that only name an id.
#[derive(Default)]
pub(super) struct Facts {
    /// The order behind a delivery, fulfillment order or reservation.
    orders: BTreeMap<String, String>,
    /// The store behind a fulfillment order.
    stores: BTreeMap<String, String>,
}

impl Facts {
    /// The sentences of one event, in order; most have none.
    pub fn tell(&mut self, event: &Event, names: &mut Names) -> Vec<String> {
        self.remember(event, names);
        let told = match event.entity_kind.as_str() {
            "order" => return self.of_order(event, names),
            "store" => self.of_store(event, names),
            "inventory" => self.of_inventory(event, names),
            "courier" => Self::of_courier(event, names),
            "payment" => self.of_payment(event, names),
            _ => None,
        };
        told.into_iter().collect()
    }

    fn remember(&mut self, event: &Event, names: &Names) {
        if event.entity_kind != "order" {
            return;
        }
        let order = names.of(&event.entity);
        let planned = event.list("parts").iter().chain(event.body.get("part"));
        for part in planned {
            let share = text(part, "fulfillment_order").to_owned();
            let store = part.get("plan").map(|plan| text(plan, "store")).unwrap_or_default();
            self.stores.insert(share.clone(), names.of(store));
            self.orders.insert(share, order.clone());
            self.orders.insert(text(part, "reservation").to_owned(), order.clone());
        }
        for field in ["delivery", "payment", "parcel"] {
            if let Some(id) = event.body.get(field).and_then(serde_json::Value::as_str) {
                self.orders.insert(id.to_owned(), order.clone());
            }
        }
    }

    fn order_behind(&self, id: &str) -> String {
        self.orders.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn store_of(&self, share: &str) -> String {
        self.stores.get(share).cloned().unwrap_or_else(|| share.to_owned())
    }

    fn of_order(&mut self, event: &Event, names: &mut Names) -> Vec<String> {
        let order = names.of(&event.entity);
        let courier = names.of(event.text("courier"));
        let units = || units(&event.lines("lines"), names);
        let one = |sentence: String| vec![sentence];
        match event.kind.as_str() {
            "order_placed" => one(sourced(&order, "is", event.list("parts"), names)),
            "order_replanned" => {
                one(sourced(&order, "is planned again,", event.list("parts"), names))
            }
            "lines_resourced" => {
                one(sourced(&order, "is sourced again,", event.list("parts"), names))
            }
            "hold_refused" => one(format!("{order} finds a shelf empty")),
            "order_refused" => one(format!("{order} is refused")),
            "order_opened" => one(format!("{order} is open")),
            "order_expired" => one(format!("{order} expires unpaid")),
            "order_suspended" => one(format!("{order} is held: {}", event.text("reason"))),
            "order_cancelled" => one(format!("{order} is cancelled: {}", event.text("reason"))),
            "order_completed" => one(format!("{order} is completed")),
            "lines_unfillable" => one(format!("{order} cannot get {}", units())),
            "refund_decided" => {
                let amount = Money::fen(event.number("amount"));
                one(format!("{order} gives back {amount} for {}", units()))
            }
            "fulfillment_moved" => {
                let (from, to) = (event.text("from"), event.text("to"));
                one(format!("{order} moves from {} to {}", self.store_of(from), self.store_of(to)))
            }
            "lines_moved" => {
                let (from, to) = (event.text("fulfillment_order"), event.text("to"));
                let (from, to) = (self.store_of(from), self.store_of(to));
                one(format!("{order} moves {} from {from} to {to}", units()))
            }
            "move_refused" => {
                let store = self.store_of(event.text("fulfillment_order"));
                one(format!("{order} stays at {store}: {}", event.text("because")))
            }
            "delivery_offered" => self.offers(event, names),
            "offers_exhausted" => {
                one(format!("{order} finds no taker in round {}", event.number("attempt")))
            }
            "delivery_escalated" => one(format!("{order} calls a person for help")),
            "delivery_assigned" => one(format!("{order} goes with {courier}")),
            "delivery_dropped" => {
                one(format!("{courier} no longer has {order}: {}", event.text("reason")))
            }
            "delivery_picked_up" => one(format!("{courier} has {order} on board")),
            "delivery_delivered" => one(format!("{courier} delivers {order}")),
            "delivery_failed" => {
                one(format!("{courier} fails at the door of {order}: {}", event.text("reason")))
            }
            "delivery_retried" => one(format!("{order} is tried again")),
            "delivery_returning" => one(format!("{order} goes back to the store")),
            "delivery_returned" => one(format!("{order} is back at the store")),
            "delivery_lost" => one(format!("{order} is lost")),
            "delivery_cancelled" => one(format!("{order} needs no courier any more")),
            "parcel_shipped" => {
                one(format!("{order} leaves as a parcel with {}", event.text("carrier")))
            }
            "parcel_advanced" => one(format!("the parcel of {order} is {}", event.text("status"))),
            "return_requested" => {
                one(format!("the shopper of {order} wants to send back {}", units()))
            }
            "return_approved" => one(format!("{order} may send it back")),
            "return_received" => one(format!("what {order} sent back is there")),
            "late_payment" => one(format!("{order} is paid too late")),
            _ => Vec::new(),
        }
    }

    fn offers(&mut self, event: &Event, names: &mut Names) -> Vec<String> {
        let order = names.of(&event.entity);
        let offers = event.list("offers");
        offers
            .iter()
            .map(|offer| {
                let name = names.number_offer(text(offer, "offer"));
                let courier = names.of(text(offer, "courier"));
                let because = gist(text(offer, "because"));
                format!("{name} of {order} to {courier} because {because}")
            })
            .collect()
    }

    fn of_store(&self, event: &Event, names: &Names) -> Option<String> {
        let store = names.of(&event.entity);
        let order = self.order_behind(event.text("fulfillment_order"));
        let units = || units(&event.lines("lines"), names);
        Some(match event.kind.as_str() {
            "store_paused" => format!("{store} is paused"),
            "store_reopened" => format!("{store} is open again"),
            "fulfillment_order_accepted" => format!("{store} accepts {order}"),
            "fulfillment_order_rejected" => {
                format!("{store} rejects {order}: {}", event.text("reason"))
            }
            "lines_rejected" => {
                format!("{store} rejects {} of {order}: {}", units(), event.text("reason"))
            }
            "lines_short_picked" => {
                format!("{store} misses {} of {order}: {}", units(), event.text("reason"))
            }
            "lines_removed" => format!("{store} leaves {} of {order} on the shelf", units()),
            "fulfillment_order_packed" => format!("{store} has packed {order}"),
            "fulfillment_order_handed_over" => format!("{store} hands over {order}"),
            "code_failed" if event.body.get("locked_until").is_some_and(|at| !at.is_null()) => {
                format!("{store} locks the code of {order}")
            }
            "code_failed" => format!("{store} sees a wrong code for {order}"),
            "fulfillment_order_cancelled" => {
                format!("{store} takes {order} off the board: {}", event.text("because"))
            }
            "fulfillment_order_returned" => format!("{store} has {order} back"),
            _ => return None,
        })
    }

    fn of_inventory(&self, event: &Event, names: &Names) -> Option<String> {
        let store = names.of(&event.entity);
        let order = || self.order_behind(event.text("reservation"));
        let units = || units(&event.lines("lines"), names);
        Some(match event.kind.as_str() {
            "shortfall_raised" => format!("{store} lacks {} for {}", units(), order()),
            "stock_corrected" => {
                let sku = names.of(event.text("sku"));
                format!("{store} corrects {sku} by {}", event.number("delta"))
            }
            "reservation_expired" => format!("{store} keeps {} no longer for {}", units(), order()),
            _ => return None,
        })
    }

    fn of_courier(event: &Event, names: &Names) -> Option<String> {
        let courier = names.of(&event.entity);
        let offer = names.of(event.text("offer"));
        Some(match event.kind.as_str() {
            "offer_declined" => format!("{courier} declines {offer}: {}", event.text("reason")),
            "offer_expired" => format!("{courier} lets {offer} run out"),
            "offer_too_late" => format!("{courier} is too late for {offer}"),
            "offer_withdrawn" => format!("{offer} to {courier} is withdrawn"),
            "went_stale" => format!("{courier} is not heard any more"),
            "was_lost" => format!("{courier} is given up"),
            _ => return None,
        })
    }

    fn of_payment(&self, event: &Event, _names: &Names) -> Option<String> {
        let order = self.order_behind(&event.entity);
        let amount = || Money::fen(event.number("amount"));
        Some(match event.kind.as_str() {
            "captured" => format!("{order} is paid {}", amount()),
            "refunded" => format!("{order} is refunded {}", amount()),
            "voided" => format!("{order} costs nothing any more"),
            _ => return None,
        })
    }
}

/// The first two reasons; the finer ones are figures that every tuning moves.
fn gist(because: &str) -> String {
    let reasons: Vec<&str> = because.split([',', ';']).take(2).map(str::trim).collect();
    reasons.join(", ")
}

fn sourced(order: &str, verb: &str, parts: &[serde_json::Value], names: &Names) -> String {
    let share = |part: &serde_json::Value| {
        let plan = part.get("plan")?;
        Some(format!("{} {}", names.of(text(plan, "store")), units(&lines(plan, "lines"), names)))
    };
    let shares: Vec<String> = parts.iter().filter_map(share).collect();
    let how = if shares.len() > 1 { "split" } else { "sourced" };
    match verb {
        "is" => format!("{order} is {how}: {}", shares.join(", ")),
        verb => format!("{order} {verb} {}", shares.join(", ")),
    }
}

fn units(lines: &[LineUnits], names: &Names) -> String {
    let units: Vec<String> =
        lines.iter().map(|line| format!("{}×{}", names.of(&line.sku), line.units)).collect();
    if units.is_empty() { "nothing".to_owned() } else { units.join(" ") }
}
