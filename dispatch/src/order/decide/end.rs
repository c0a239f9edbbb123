//! How parts end, and the order with the last of them.

use vocabulary::{FulfillmentOrderId, Money, Seconds};

use super::{hold, refund};
use crate::inventory::{InventoryCommand, Observation, ReleaseReason};
use crate::order::delivery::cancel_delivery_of;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::part::{Part, PartStatus};
use crate::order::{
    CancelReason, Order, OrderStatus, PaymentMethod, PaymentStanding, RefundWhy, ReturnCondition,
    UsesBack, UsesProgress, uses,
};
use crate::payment::PaymentCommand;
use crate::store::StoreCommand;

/// The shopper has the goods.
pub fn complete_part(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId) {
    let Some(part) = draft.order().part(fulfillment_order).cloned() else {
        return;
    };
    draft.record(OrderEvent::FulfillmentCompleted { fulfillment_order });
    draft.tell_store(part.store, StoreCommand::Complete { fulfillment_order });
    settle(draft);
}

/// The goods are back at the store and nobody says that they suffered.
pub fn return_part(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId) {
    take_back_part(draft, fulfillment_order, ReturnCondition::Good);
}

/// The goods are back at the store; only good ones are sold again.
pub fn take_back_part(
    draft: &mut Draft<'_>,
    fulfillment_order: FulfillmentOrderId,
    condition: ReturnCondition,
) {
    let Some(part) = draft.order().part(fulfillment_order).cloned() else {
        return;
    };
    draft.record(OrderEvent::FulfillmentReturned { fulfillment_order });
    draft.tell_store(part.store, StoreCommand::TakeBack { fulfillment_order });
    let order = draft.order().id;
    for units in &part.lines {
        let (sku, units) = (units.sku, units.units);
        let back = Observation::CameBack { sku, units, sellable: condition.is_good(), order };
        draft.tell_inventory(part.store, InventoryCommand::Observe(back));
    }
    refund::give_back(draft, part.lines, RefundWhy::NotDelivered);
    settle(draft);
}

/// The goods are gone. The store has nothing more to do.
pub fn lose_part(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId) {
    let Some(part) = draft.order().part(fulfillment_order).cloned() else {
        return;
    };
    draft.record(OrderEvent::FulfillmentLost { fulfillment_order });
    draft.tell_store(part.store, StoreCommand::Complete { fulfillment_order });
    refund::give_back(draft, part.lines, RefundWhy::NotDelivered);
    settle(draft);
}

/// Calls a part off before the goods left, with its stock, its delivery and its place on the board.
pub fn cancel_part(
    draft: &mut Draft<'_>,
    part: &Part,
    reason: CancelReason,
    release: ReleaseReason,
) {
    let fulfillment_order = part.fulfillment_order;
    draft.record(OrderEvent::FulfillmentCancelled { fulfillment_order, reason });
    cancel_delivery_of(draft, fulfillment_order);
    if part.is_at_store() {
        draft.tell_store(part.store, StoreCommand::Cancel { fulfillment_order, moved: false });
    }
    if !vocabulary::planted!("hold_outlives_its_order") {
        hold::release(draft, part.store, part.reservation, release);
    }
}

/// Ends the order when nothing of it is under way any more.
pub fn settle(draft: &mut Draft<'_>) {
    let order = draft.order();
    match order.status {
        OrderStatus::PendingPayment { .. } | OrderStatus::OnHold { .. } | OrderStatus::Open => {}
        OrderStatus::Unborn
        | OrderStatus::Placing { .. }
        | OrderStatus::Refused { .. }
        | OrderStatus::Expired
        | OrderStatus::Completed { .. }
        | OrderStatus::Cancelled { .. } => return,
    }
    if !order.requests.is_empty() || order.parts.iter().any(|part| !part.status.is_over()) {
        return;
    }
    match outcome(order) {
        Outcome::Completed => complete(draft),
        Outcome::Cancelled(reason) => cancel(draft, reason, None, Money::ZERO),
    }
}

enum Outcome {
    Completed,
    Cancelled(CancelReason),
}

/// One completed part completes the order; else the most telling end of a part names the reason.
fn outcome(order: &Order) -> Outcome {
    let any = |wanted: &PartStatus| order.parts.iter().any(|part| part.status == *wanted);
    if any(&PartStatus::Completed) {
        Outcome::Completed
    } else if any(&PartStatus::Returned) || any(&PartStatus::Lost) {
        Outcome::Cancelled(CancelReason::DeliveryFailed)
    } else if order.parts.iter().any(was_not_collected) {
        Outcome::Cancelled(CancelReason::NoShow)
    } else {
        Outcome::Cancelled(CancelReason::Unfillable)
    }
}

/// Parts that a change emptied have no lines any more.
fn was_not_collected(part: &Part) -> bool {
    part.status == PartStatus::Cancelled && !part.lines.is_empty()
}

/// Cash was collected for what arrived, so what did not is waived rather than given back.
fn complete(draft: &mut Draft<'_>) {
    let return_until = draft.now().after(Seconds(draft.policy().return_window_s));
    draft.record(OrderEvent::OrderCompleted { return_until });
    uses::report_completed(draft, return_until);
    let cash = draft.order().terms.payment_method == PaymentMethod::CashOnDelivery;
    if cash && !draft.order().money_is_in() {
        refund::waive_owed(draft);
        let amount = draft.order().net_payable();
        draft.tell_payment(PaymentCommand::Capture { amount, provider_reference: None });
    }
}

/// Ends the order with nothing fulfilled: parts called off, money back less the fee.
pub fn cancel(draft: &mut Draft<'_>, reason: CancelReason, note: Option<&str>, fee: Money) {
    for part in unfinished(draft.order()) {
        cancel_part(draft, &part, reason, ReleaseReason::OrderCancelled);
    }
    let fee = if draft.order().money_is_in() { fee } else { Money::ZERO };
    draft.record(OrderEvent::OrderCancelled { reason, note: note.map(Into::into), fee });
    uses::report(draft, UsesProgress::GivenBack { because: UsesBack::Cancelled });
    if !draft.order().money_is_in() {
        return never_collect(draft);
    }
    let rest = draft.order().not_given_back();
    if !rest.is_empty() {
        let worth = draft.order().worth_of(&rest).as_fen();
        let amount = Money::fen((worth - fee.as_fen()).max(0));
        refund::decide(draft, rest, amount, RefundWhy::Cancelled { reason });
    }
}

/// Nobody paid in time.
pub fn expire(draft: &mut Draft<'_>) {
    for part in unfinished(draft.order()) {
        let reason = CancelReason::PaymentExpired;
        cancel_part(draft, &part, reason, ReleaseReason::OrderCancelled);
    }
    draft.record(OrderEvent::OrderExpired);
    uses::report(draft, UsesProgress::GivenBack { because: UsesBack::Expired });
    never_collect(draft);
}

fn never_collect(draft: &mut Draft<'_>) {
    refund::waive_owed(draft);
    match draft.order().payment {
        PaymentStanding::Unpaid | PaymentStanding::Secured | PaymentStanding::Failed => {
            draft.tell_payment(PaymentCommand::Void);
        }
        PaymentStanding::Captured => {}
    }
}

fn unfinished(order: &Order) -> Vec<Part> {
    order.parts.iter().filter(|part| !part.status.is_over()).cloned().collect()
}
