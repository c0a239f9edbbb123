//! The goods change hands: to the courier who was granted it, to a carrier, or to the shopper who
//! knows the code.

use vocabulary::{CourierId, FulfillmentOrderId, Seconds};

use super::event::StoreEvent;
use super::pack::{catch_up_picking, packed};
use super::{FulfillmentOrder, FulfillmentState, HandOverTo, PickupCode, Store, pickup_code};
use crate::inventory::InventoryCommand;
use crate::order::{FulfillmentMode, FulfillmentProgress, Recipient};
use crate::{Context, Decision, Effect, Refusal};

/// A carrier's name and tracking number are short.
const LONGEST_CARRIER_WORD: usize = 64;

impl Store {
    /// From ready, or from accepted and picking when the taps in between were forgotten.
    pub(super) fn hand_over(
        &self,
        id: FulfillmentOrderId,
        to: &HandOverTo,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let share = self.share(id)?;
        let prepared = match &share.state {
            FulfillmentState::Ready { .. } => Decision::nothing(),
            FulfillmentState::Accepted { .. } | FulfillmentState::Picking { .. } => {
                let decision = catch_up_picking(id, share, "hand over")?;
                packed(id, share, decision, context)
            }
            FulfillmentState::HandedOver { to: taken } if is_same(taken, to) => {
                return Ok(Decision::nothing());
            }
            FulfillmentState::Scheduled { .. }
            | FulfillmentState::Assigned { .. }
            | FulfillmentState::OnHold { .. }
            | FulfillmentState::HandedOver { .. }
            | FulfillmentState::Completed
            | FulfillmentState::Returned
            | FulfillmentState::Rejected { .. }
            | FulfillmentState::Cancelled { .. }
            | FulfillmentState::Moved => return Err(share.refusal("hand over")),
        };
        match (share.mode, to) {
            (FulfillmentMode::Delivery, HandOverTo::Courier { courier }) => {
                let to = expected(share, *courier)?;
                Ok(self.handed_over(id, share, to, prepared))
            }
            (FulfillmentMode::Express, HandOverTo::Carrier { carrier, tracking_number }) => {
                let carrier = carrier_word("carrier", carrier)?;
                let tracking_number = carrier_word("tracking_number", tracking_number)?;
                let to = Recipient::Carrier { carrier, tracking_number };
                Ok(self.handed_over(id, share, to, prepared))
            }
            (FulfillmentMode::Pickup, HandOverTo::Shopper { code }) => {
                self.redeem(id, share, code, prepared, context)
            }
            (
                FulfillmentMode::Delivery,
                HandOverTo::Shopper { .. } | HandOverTo::Carrier { .. },
            ) => Err(wrong_hands("courier")),
            (FulfillmentMode::Express, HandOverTo::Courier { .. } | HandOverTo::Shopper { .. }) => {
                Err(wrong_hands("carrier"))
            }
            (FulfillmentMode::Pickup, HandOverTo::Courier { .. } | HandOverTo::Carrier { .. }) => {
                Err(wrong_hands("shopper"))
            }
        }
    }

    fn handed_over(
        &self,
        id: FulfillmentOrderId,
        share: &FulfillmentOrder,
        to: Recipient,
        decision: Decision<StoreEvent>,
    ) -> Decision<StoreEvent> {
        let consume = InventoryCommand::Consume { reservation: share.reservation };
        let report = FulfillmentProgress::HandedOver { to: to.clone() };
        decision
            .and(StoreEvent::FulfillmentOrderHandedOver { fulfillment_order: id, to })
            .effect(Effect::inventory(self.store, consume))
            .effect(share.report(id, report))
    }

    /// A shopper's code. Without one on record (the channel checks its own) the staff's word counts.
    fn redeem(
        &self,
        id: FulfillmentOrderId,
        share: &FulfillmentOrder,
        typed: &str,
        prepared: Decision<StoreEvent>,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        if let Some(code) = &share.code {
            if let Some(until) = code.lock_at(context.now) {
                return Err(Refusal::CodeLocked { until });
            }
            if typed.trim().is_empty() {
                return Err(Refusal::CodeMissing);
            }
            if !pickup_code::matches(&code.hash, share.order, typed) {
                return Ok(wrong_code(id, code, context));
            }
        }
        let completed = StoreEvent::FulfillmentOrderCompleted { fulfillment_order: id };
        Ok(self
            .handed_over(id, share, Recipient::Shopper, prepared)
            .and(completed)
            .effect(share.report(id, FulfillmentProgress::Completed)))
    }

    /// The order says it arrived.
    pub(super) fn complete(&self, id: FulfillmentOrderId) -> Result<Decision<StoreEvent>, Refusal> {
        let completed = StoreEvent::FulfillmentOrderCompleted { fulfillment_order: id };
        self.end_after_hand_over(id, completed, "complete")
    }

    /// The order says the goods are back.
    pub(super) fn take_back(
        &self,
        id: FulfillmentOrderId,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let returned = StoreEvent::FulfillmentOrderReturned { fulfillment_order: id };
        self.end_after_hand_over(id, returned, "take back")
    }

    fn end_after_hand_over(
        &self,
        id: FulfillmentOrderId,
        event: StoreEvent,
        verb: &str,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let Some(share) = self.fulfillment_orders.get(&id) else {
            return Ok(Decision::nothing());
        };
        match share.state {
            FulfillmentState::HandedOver { .. } => Ok(Decision::event(event)),
            FulfillmentState::Completed
            | FulfillmentState::Returned
            | FulfillmentState::Rejected { .. }
            | FulfillmentState::Cancelled { .. }
            | FulfillmentState::Moved => Ok(Decision::nothing()),
            FulfillmentState::Scheduled { .. }
            | FulfillmentState::Assigned { .. }
            | FulfillmentState::Accepted { .. }
            | FulfillmentState::Picking { .. }
            | FulfillmentState::Ready { .. }
            | FulfillmentState::OnHold { .. } => Err(share.refusal(verb)),
        }
    }
}

/// Only the courier whom the order granted the delivery may take it.
fn expected(share: &FulfillmentOrder, courier: CourierId) -> Result<Recipient, Refusal> {
    match &share.courier {
        Some(expected) if expected.courier == courier => Ok(Recipient::Courier { courier }),
        Some(_) | None => {
            let availability = "not the expected courier".into();
            Err(Refusal::CourierUnavailable { availability })
        }
    }
}

/// Counts the try; the last one locks, and the count begins anew after the lock.
fn wrong_code(
    id: FulfillmentOrderId,
    code: &PickupCode,
    context: &Context<'_>,
) -> Decision<StoreEvent> {
    let failed = code.failed.saturating_add(1);
    let tries_left = context.policy.code_tries.saturating_sub(failed);
    let (failed, locked_until, refusal) = if tries_left == 0 {
        let until = context.now.after(Seconds(context.policy.code_locked_for_s));
        (0, Some(until), Refusal::CodeLocked { until })
    } else {
        (failed, None, Refusal::CodeWrong { tries_left })
    };
    Decision::event(StoreEvent::CodeFailed { fulfillment_order: id, failed, locked_until })
        .refusing(refusal)
}

/// A double tap: the same hands took it a moment ago.
fn is_same(taken: &Recipient, to: &HandOverTo) -> bool {
    match (taken, to) {
        (Recipient::Courier { courier: taken }, HandOverTo::Courier { courier }) => {
            taken == courier
        }
        (
            Recipient::Carrier { tracking_number: taken, .. },
            HandOverTo::Carrier { tracking_number, .. },
        ) => **taken == *tracking_number.trim(),
        (Recipient::Shopper, HandOverTo::Shopper { .. }) => true,
        (
            Recipient::Courier { .. } | Recipient::Carrier { .. } | Recipient::Shopper,
            HandOverTo::Courier { .. } | HandOverTo::Carrier { .. } | HandOverTo::Shopper { .. },
        ) => false,
    }
}

fn wrong_hands(expected: &str) -> Refusal {
    Refusal::Invalid { what: "to".into(), expected: expected.into() }
}

fn carrier_word(what: &str, text: &str) -> Result<Box<str>, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_CARRIER_WORD {
        let expected = format!("1 to {LONGEST_CARRIER_WORD} characters");
        return Err(Refusal::Invalid { what: what.into(), expected });
    }
    Ok(text.into())
}
