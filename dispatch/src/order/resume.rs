//! What an order asks again after a restart. A cascade is recorded whole, so in practice only
//! timers and refunds are open; the rest is asked again because a repeated question is harmless.

use vocabulary::Timestamp;

use super::delivery::DeliveryStatus;
use super::part::{Part, PartStatus};
use super::{Order, OrderCommand, OrderStatus};
use crate::inventory::InventoryCommand;
use crate::payment::PaymentCommand;
use crate::store::StoreCommand;
use crate::{Effect, Timer};

pub(super) fn resume(order: &Order, _now: Timestamp) -> Vec<Effect> {
    let mut effects = Vec::new();
    match order.status {
        OrderStatus::Unborn => return effects,
        // Found half-way: the plan is given up and its holds are released.
        OrderStatus::Placing { .. } => {
            effects.push(Effect::order(order.id, OrderCommand::TimerFired(Timer::PaymentDue)));
            return effects;
        }
        OrderStatus::PendingPayment { due } => {
            effects.push(Effect::Arm { timer: Timer::PaymentDue, due });
        }
        OrderStatus::OnHold { .. }
        | OrderStatus::Open
        | OrderStatus::Refused { .. }
        | OrderStatus::Expired
        | OrderStatus::Completed { .. }
        | OrderStatus::Cancelled { .. } => {}
    }
    let requests = order.requests.iter().map(|open| order.sourcing_request(open));
    effects.extend(requests.map(|request| Effect::Source(Box::new(request))));
    effects.extend(order.parts.iter().filter_map(|part| unanswered(order, part)));
    effects.extend(order.deliveries.iter().filter_map(delivery_timer));
    effects.extend(owed_refunds(order));
    effects
}

fn unanswered(order: &Order, part: &Part) -> Option<Effect> {
    match part.status {
        PartStatus::Holding { expires_at, .. } => Some(Effect::inventory(
            part.store,
            InventoryCommand::Hold {
                reservation: part.reservation,
                order: order.id,
                lines: part.lines.clone(),
                expires_at,
            },
        )),
        PartStatus::Requested => {
            let assign = Box::new(order.assignment_of(part));
            Some(Effect::store(part.store, StoreCommand::Assign(assign)))
        }
        PartStatus::Held
        | PartStatus::Scheduled { .. }
        | PartStatus::Assigned
        | PartStatus::Accepted
        | PartStatus::Picking
        | PartStatus::Ready
        | PartStatus::OnHold { .. }
        | PartStatus::HandedOver
        | PartStatus::Completed
        | PartStatus::Returned
        | PartStatus::Lost
        | PartStatus::Rejected
        | PartStatus::Moved { .. }
        | PartStatus::Cancelled
        | PartStatus::Released => None,
    }
}

/// Live offers are the couriers' to answer: they arm the expiry themselves.
fn delivery_timer(delivery: &super::Delivery) -> Option<Effect> {
    match &delivery.status {
        DeliveryStatus::Unassigned | DeliveryStatus::Offering { .. } => {
            let timer = Timer::DeliveryEscalation(delivery.delivery);
            let due = delivery.escalate_at;
            (!delivery.escalated).then_some(Effect::Arm { timer, due })
        }
        DeliveryStatus::FailedAttempt { retry_at, .. } => {
            Some(Effect::Arm { timer: Timer::DeliveryRetry(delivery.delivery), due: *retry_at })
        }
        DeliveryStatus::InHand { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => None,
    }
}

fn owed_refunds(order: &Order) -> Vec<Effect> {
    if !order.money_is_in() {
        return Vec::new();
    }
    let owed = order.refunds.iter().filter(|refund| refund.is_open());
    owed.map(|refund| {
        let command = PaymentCommand::Refund {
            refund: refund.refund,
            amount: refund.amount,
            reason: refund.why.text().to_owned(),
        };
        Effect::payment(order.payment_id(), command)
    })
    .collect()
}
