//! The owner of an order.

use std::collections::BTreeSet;
use std::sync::Arc;

use dispatch::eta::{self, Eta};
use dispatch::order::{Order, OrderCommand, OrderEvent, OrderStatus, Part};
use dispatch::{Refusal, Timer};
use persistence::StateRow;
use vocabulary::{DeliveryId, OrderId};

use super::rows::{Kept, Row, json, kinds};
use crate::answer::{Answer, Placed, PlacedPart};
use crate::core::{Core, Ended};
use crate::error::CommandError;
use crate::output::{Change, OrderCard, Output, Publication, Topic};
use crate::owner::{Journaled, Owns};

impl Owns for Order {
    type Id = OrderId;
    type Row = ();
    const KIND: &'static str = kinds::ORDER;

    fn bits(id: OrderId) -> u128 {
        id.bits()
    }

    fn timer_fired(timer: Timer) -> OrderCommand {
        OrderCommand::TimerFired(timer)
    }

    fn event_kind(event: &OrderEvent) -> &'static str {
        event.kind()
    }

    fn event_payload(event: &OrderEvent) -> Result<String, serde_json::Error> {
        json(event)
    }

    fn touched(&self, _event: &OrderEvent, _rows: &mut BTreeSet<()>) {}

    fn encode(&self, id: OrderId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let row = Row {
            live: self.is_live(),
            status: self.status_text(),
            store: self.parts.first().map(|part| part.store.bits()),
            courier: self.deliveries.iter().find_map(|known| known.courier()).map(|id| id.bits()),
            ..Row::of(kinds::ORDER, id.bits())
        };
        row.encode(journal.seq, &Kept { entity_seq: journal.entity_seq, state: self }, states);
    }

    fn publish(&self, id: OrderId, _events: &[OrderEvent], _seq: u64, core: &Core) {
        self.publish_all(id, core);
    }

    fn publish_all(&self, id: OrderId, core: &Core) {
        core.metrics().orders.put(id, (!self.status.is_over()).then(|| self.status_text()));
        if self.deliveries.is_empty() {
            return;
        }
        let mut view = core.view.borrow_mut();
        for delivery in self.delivery_ids() {
            view.remove_delivery(delivery);
        }
        for row in self.pool_rows() {
            view.put_delivery(row);
        }
        core.metrics().pool.set(view.pool().len() as u64);
    }

    fn changes(&self, id: OrderId, _: &BTreeSet<()>, core: &Core, outputs: &mut Vec<Output>) {
        let watched = core.watched.borrow();
        if watched.contains(&Topic::Order(id)) {
            let change = Change::Order { order: Arc::new(self.clone()), etas: etas(core, self) };
            outputs.push(Output::Publish(Publication { topic: Topic::Order(id), change }));
        }
        if watched.contains(&Topic::Operations) {
            let change = Change::Operations { orders: vec![card(self, core)] };
            outputs.push(Output::Publish(Publication { topic: Topic::Operations, change }));
        }
    }

    fn abandoned(id: OrderId, error: &CommandError, core: &Core) {
        let waiting = core.placing.borrow_mut().remove(&id);
        if let Some(placing) = waiting {
            core.forget_order(id);
            core.give_back_draws(id, &placing.campaigns);
            core.reply(placing.reply, Err(error.clone()));
        }
    }

    /// Answers whoever placed it once its holds are settled.
    fn settled(&self, id: OrderId, core: &Core) {
        if self.status.is_over() && !self.is_live() {
            core.ended(Ended::Order(id));
        }
        let answer = match &self.status {
            OrderStatus::Unborn | OrderStatus::Placing { .. } => return,
            OrderStatus::Refused { because } => {
                Err(CommandError::Refused(Refusal::Unfillable { summary: because.to_string() }))
            }
            OrderStatus::PendingPayment { .. }
            | OrderStatus::Expired
            | OrderStatus::OnHold { .. }
            | OrderStatus::Open
            | OrderStatus::Completed { .. }
            | OrderStatus::Cancelled { .. } => Ok(()),
        };
        // Online orders wait for their payment here; the others go on at once, and their answer
        // shows where they have got to.
        let Some(placing) = core.placing.borrow_mut().remove(&id) else { return };
        core.metrics().orders_placed.add(u64::from(answer.is_ok()));
        core.reply(placing.reply, answer.map(|()| Answer::Placed(Box::new(placed(self)))));
    }
}

fn placed(order: &Order) -> Placed {
    let part = |part: &Part| PlacedPart {
        fulfillment_order: part.fulfillment_order,
        store: part.store,
        promised_from: part.promised_from,
        promised_by: part.promised_by,
    };
    Placed {
        order: order.id,
        status: order.status_text().to_owned(),
        payment: order.payment_id(),
        payable: order.payable(),
        parts: order.parts.iter().filter(|part| part.owns_its_units()).map(part).collect(),
        placed_at: order.placed_at,
    }
}

/// Predicted door times of the deliveries that are not over.
pub(crate) fn etas(core: &Core, order: &Order) -> Vec<(DeliveryId, Eta)> {
    let (view, policy, now) = (core.view.borrow(), core.policy(), core.now());
    let waiting = order.pool_rows();
    let of = |delivery: DeliveryId| {
        if let Some(row) = waiting.iter().find(|row| row.delivery == delivery) {
            let mode = geo_index::TravelMode::Ebike;
            return Some(eta::unassigned(row, &policy, view.travel(), mode, now));
        }
        let courier = order.delivery(delivery)?.courier()?;
        eta::on_the_way(&view, &policy, courier, delivery, now)
    };
    order.delivery_ids().filter_map(|id| Some((id, of(id)?))).collect()
}

fn card(order: &Order, core: &Core) -> OrderCard {
    let promised_by = order.parts.iter().map(|part| part.promised_by).max();
    OrderCard {
        order: order.id,
        mode: order.terms.mode,
        status: order.status_text(),
        stage: order.visible_stage().map_or("", |stage| stage.text()),
        stores: order.parts.iter().map(|part| part.store).collect(),
        couriers: order.deliveries.iter().filter_map(|known| known.courier()).collect(),
        promised_by,
        escalated: order.needs_attention(),
        late: !order.status.is_over() && promised_by.is_some_and(|by| by < core.now()),
        reminders: order.reminders.as_ref().map_or(0, |known| known.count),
    }
}

pub(crate) fn snapshot(core: &Core, id: OrderId) -> Option<Change> {
    let owner = core.orders.borrow().get(&id).cloned()?;
    let order = owner.machine.borrow();
    let is_visible = !matches!(order.status, OrderStatus::Unborn | OrderStatus::Placing { .. });
    is_visible.then(|| Change::Order { order: Arc::new(order.clone()), etas: etas(core, &order) })
}

pub(crate) fn operations(core: &Core) -> Change {
    let mut owners: Vec<_> = core.orders.borrow().values().cloned().collect();
    owners.sort_by_key(|owner| owner.id);
    let alive = |order: &Order| order.is_live() && order.status_text() != "placing";
    let orders = owners
        .iter()
        .filter(|owner| alive(&owner.machine.borrow()))
        .map(|owner| card(&owner.machine.borrow(), core))
        .collect();
    Change::Operations { orders }
}
