//! Folding of recorded events. Nothing here judges, and nothing can fail: an event about something
//! that is not there changes nothing.

use vocabulary::{Money, Timestamp};

use super::books::{
    add, add_units, answered, cancel_part, drop_requests, end_without_units, exclude_store,
    forget_waived, hold_refused, placed, planned, refused, set_parcel, set_refund, set_return,
    set_status, take_units,
};
use super::delivery::apply as delivery;
use super::event::OrderEvent;
use super::part::PartStatus;
use super::{
    Assignment, Change, KeptPicture, OpenRequest, Order, OrderStatus, Parcel, ParcelStatus,
    PaymentProgress, PaymentStanding, Rating, Refund, RefundStatus, Reminders, Return,
    ReturnStatus, Stage,
};
use crate::sourcing::SourcingPurpose;

pub(super) fn apply(order: &mut Order, event: &OrderEvent, at: Timestamp) {
    use OrderEvent as E;
    match event {
        E::OrderPlaced { terms, parts, .. } => placed(order, terms, parts, at),
        E::StockHeld { reservation } => {
            if let Some(part) = order.parts.iter_mut().find(|p| p.reservation == *reservation) {
                part.status = PartStatus::Held;
            }
        }
        E::HoldRefused { reservation, .. } => hold_refused(order, *reservation),
        E::OrderReplanned { request, parts, .. } => {
            order.status = OrderStatus::Placing { replanned: true };
            planned(order, *request, parts);
        }
        E::HoldsConfirmed { payment_due, .. } => {
            order.status = OrderStatus::PendingPayment { due: *payment_due };
        }
        E::OrderRefused { because } => refused(order, because),

        E::PaymentSecured { .. } => {
            if order.payment != PaymentStanding::Captured {
                order.payment = PaymentStanding::Secured;
            }
        }
        E::PaymentCaptured { .. } => order.payment = PaymentStanding::Captured,
        E::PaymentFailed { .. } => order.payment = PaymentStanding::Failed,
        E::LatePayment { progress, .. } => {
            order.payment = match progress {
                PaymentProgress::Secured => PaymentStanding::Secured,
                PaymentProgress::Captured => PaymentStanding::Captured,
                PaymentProgress::Failed => PaymentStanding::Failed,
            };
            forget_waived(order);
        }
        E::OrderExpired => {
            order.status = OrderStatus::Expired;
            drop_requests(order);
        }
        E::RefundDecided { refund, lines, amount, why } => {
            add_units(order, lines, |account| &mut account.given_back);
            let nothing_to_pay = *amount == Money::ZERO;
            add(
                &mut order.refunds,
                Refund {
                    refund: *refund,
                    amount: *amount,
                    lines: lines.clone(),
                    why: *why,
                    status: if nothing_to_pay {
                        RefundStatus::Confirmed
                    } else {
                        RefundStatus::Owed
                    },
                },
            );
        }
        E::RefundConfirmed { refund, .. } => set_refund(order, *refund, RefundStatus::Confirmed),
        E::RefundWaived { refund } => set_refund(order, *refund, RefundStatus::Waived),

        E::SuspensionNoted { reason } => order.suspend_when_paid = Some(*reason),
        E::SuspensionLifted => order.suspend_when_paid = None,
        E::OrderSuspended { reason } => {
            order.suspend_when_paid = None;
            order.status = OrderStatus::OnHold { reason: *reason };
        }
        E::OrderOpened => order.status = OrderStatus::Open,
        E::OrderCancelled { reason, .. } => {
            order.status = OrderStatus::Cancelled { reason: *reason, at };
            order.proposed_change = None;
            drop_requests(order);
        }
        E::OrderCompleted { return_until } => {
            order.status = OrderStatus::Completed { at, return_until: *return_until };
            order.proposed_change = None;
        }
        E::ChangeProposed { change, remove, destination } => {
            order.change_count += 1;
            order.proposed_change = Some(Box::new(Change {
                change: *change,
                remove: remove.clone(),
                destination: *destination,
                proposed_at: at,
            }));
        }
        E::ChangeConfirmed { destination, .. } => {
            order.proposed_change = None;
            order.destination = destination.or(order.destination);
        }

        E::SourcingAsked { request, purpose, lines, pinned } => {
            order.request_count = order.request_count.max(request.saturating_add(1));
            if *purpose == SourcingPurpose::Resourcing {
                order.resourcing_count += 1;
            }
            add(
                &mut order.requests,
                OpenRequest {
                    request: *request,
                    purpose: *purpose,
                    lines: lines.clone(),
                    pinned: *pinned,
                },
            );
        }
        E::LinesResourced { request, parts, .. } => {
            planned(order, *request, parts);
        }
        E::LinesUnfillable { request, lines, .. } => {
            answered(order, *request);
            add_units(order, lines, |account| &mut account.unfillable);
        }
        // Kept for the audit; the question that follows it holds the state.
        E::MoveAsked { .. } => {}
        E::MovePlanned { request, part, .. } => {
            planned(order, *request, std::slice::from_ref(part));
        }
        E::FulfillmentMoved { from, to } => {
            end_without_units(order, *from, PartStatus::Moved { to: *to });
            set_status(order, *to, PartStatus::Held);
        }
        E::LinesMoved { fulfillment_order, to, lines } => {
            take_units(order, *fulfillment_order, lines, PartStatus::Moved { to: *to });
            set_status(order, *to, PartStatus::Held);
        }
        E::MoveRefused { request, .. } => answered(order, *request),

        E::FulfillmentRequested { fulfillment_order } => {
            set_status(order, *fulfillment_order, PartStatus::Requested);
        }
        E::FulfillmentScheduled { fulfillment_order, release_at } => {
            let status = PartStatus::Scheduled { release_at: *release_at };
            set_status(order, *fulfillment_order, status);
        }
        E::FulfillmentAssigned { fulfillment_order } => {
            set_status(order, *fulfillment_order, PartStatus::Assigned);
        }
        E::FulfillmentAccepted { fulfillment_order, ready_at } => {
            if let Some(part) = order.part_mut(*fulfillment_order) {
                part.ready_at = *ready_at;
                part.status = PartStatus::Accepted;
            }
        }
        E::PickingStarted { fulfillment_order } => {
            set_status(order, *fulfillment_order, PartStatus::Picking);
        }
        E::FulfillmentReady { fulfillment_order } => {
            if let Some(part) = order.part_mut(*fulfillment_order) {
                part.ready_at = at;
                part.status = PartStatus::Ready;
            }
        }
        E::FulfillmentSuspended { fulfillment_order } => {
            if let Some(part) = order.part_mut(*fulfillment_order) {
                let before = std::mem::replace(&mut part.status, PartStatus::Held);
                part.status = PartStatus::OnHold { before: Box::new(before) };
            }
        }
        E::FulfillmentResumed { fulfillment_order, ready_at } => {
            if let Some(part) = order.part_mut(*fulfillment_order)
                && let PartStatus::OnHold { before } = &part.status
            {
                part.status = (**before).clone();
                part.ready_at = ready_at.unwrap_or(part.ready_at);
            }
        }
        E::LinesShort { fulfillment_order, lines, .. } => {
            exclude_store(order, *fulfillment_order, lines);
            take_units(order, *fulfillment_order, lines, PartStatus::Rejected);
        }
        E::LinesRemoved { fulfillment_order, lines } => {
            add_units(order, lines, |account| &mut account.removed);
            take_units(order, *fulfillment_order, lines, PartStatus::Cancelled);
        }
        E::FulfillmentHandedOver { fulfillment_order, .. } => {
            set_status(order, *fulfillment_order, PartStatus::HandedOver);
        }
        E::FulfillmentCompleted { fulfillment_order } => {
            set_status(order, *fulfillment_order, PartStatus::Completed);
        }
        E::FulfillmentReturned { fulfillment_order } => {
            set_status(order, *fulfillment_order, PartStatus::Returned);
        }
        E::FulfillmentLost { fulfillment_order } => {
            set_status(order, *fulfillment_order, PartStatus::Lost);
        }
        E::FulfillmentCancelled { fulfillment_order, .. } => {
            cancel_part(order, *fulfillment_order);
        }

        E::DeliveryCreated { delivery: id, fulfillment_order, escalate_at, need } => {
            delivery::created(order, *id, *fulfillment_order, *escalate_at, *need, at);
        }
        E::DeliveryOffered { delivery: id, attempt, offers } => {
            delivery::offered(order, *id, *attempt, offers);
        }
        E::OfferClosed { delivery: id, offer, courier, .. } => {
            delivery::offer_closed(order, *id, *offer, *courier);
        }
        E::OffersExhausted { delivery: id, .. } => delivery::exhausted(order, *id),
        E::OffersWithdrawn { delivery: id, .. } => delivery::withdrawn(order, *id),
        E::DeliveryEscalated { delivery: id } => delivery::escalated(order, *id),
        E::DeliverySteered { delivery: id, steering, .. } => {
            delivery::steered(order, *id, steering);
        }
        E::DeliveryAssigned {
            delivery: id,
            attempt,
            offer,
            courier,
            pickup_at,
            dropoff_at,
            because,
        } => {
            let assignment = Assignment {
                courier: *courier,
                offer: *offer,
                granted_at: at,
                pickup_at: *pickup_at,
                dropoff_at: *dropoff_at,
                because: because.clone(),
            };
            delivery::assigned(order, *id, *attempt, assignment);
        }
        E::DeliveryAdvanced { delivery: id, stage, .. } => {
            delivery::reached(order, *id, *stage, at);
        }
        E::DeliveryPickedUp { delivery: id, .. } => {
            delivery::reached(order, *id, Stage::PickedUp, at);
        }
        E::DeliveryDelivered { delivery: id, courier, proof, .. } => {
            delivery::delivered(order, *id, *courier, proof, at);
        }
        E::DeliveryDropped { delivery: id, courier, reason, escalate_at, .. } => {
            delivery::dropped(order, *id, *courier, *reason, *escalate_at, at);
        }
        E::DeliveryFailed { delivery: id, reason, retry_at, .. } => {
            delivery::failed(order, *id, *reason, *retry_at, at);
        }
        E::DeliveryRetried { delivery: id } => {
            delivery::reached(order, *id, Stage::EnRouteToDropoff, at);
        }
        E::DeliveryReturning { delivery: id } => delivery::returning(order, *id, at),
        E::DeliveryReturned { delivery: id, .. } => delivery::returned(order, *id, at),
        E::DeliveryLost { delivery: id } => delivery::lost(order, *id, at),
        E::DeliveryCancelled { delivery: id } => delivery::cancelled(order, *id, at),

        E::DeliveryPictureKept { delivery, picture, what } => {
            let kept = KeptPicture { delivery: *delivery, picture: *picture, what: *what, at };
            order.evidence.get_or_insert_default().pictures.push(kept);
        }
        E::DeliveryCodeFailed { tries } => {
            let codes = &mut order.evidence.get_or_insert_default().codes;
            codes.retain(|known| known.delivery != tries.delivery);
            codes.push(*tries);
        }

        E::OrderReminded { count, again_at } => {
            let (count, again_at) = (*count, *again_at);
            let reminders = Reminders { count, last_at: at, again_at, answer: None };
            order.reminders = Some(Box::new(reminders));
        }
        E::ReminderAnswered { answer } => {
            if let Some(reminders) = &mut order.reminders {
                reminders.answer = Some(*answer);
            }
        }
        E::OrderRated { words, .. } => {
            order.rating = Some(Box::new(Rating { at, words: words.clone() }));
        }

        E::ParcelShipped { parcel, fulfillment_order, carrier, tracking_number } => {
            add(
                &mut order.parcels,
                Parcel {
                    parcel: *parcel,
                    fulfillment_order: *fulfillment_order,
                    carrier: carrier.clone(),
                    tracking_number: tracking_number.clone(),
                    status: ParcelStatus::Created,
                    since: at,
                },
            );
        }
        E::ParcelAdvanced { parcel, status, .. } => set_parcel(order, *parcel, *status, at),

        E::ReturnRequested { return_id, lines, reason } => add(
            &mut order.returns,
            Return {
                return_id: *return_id,
                lines: lines.clone(),
                reason: reason.clone(),
                status: ReturnStatus::Requested,
                since: at,
            },
        ),
        E::ReturnApproved { return_id, .. } => {
            set_return(order, *return_id, ReturnStatus::Approved, at);
        }
        E::ReturnRejected { return_id, note } => {
            set_return(order, *return_id, ReturnStatus::Rejected { note: note.clone() }, at);
        }
        E::ReturnShipped { return_id } => {
            set_return(order, *return_id, ReturnStatus::InTransit, at);
        }
        E::ReturnReceived { return_id, .. } => {
            set_return(order, *return_id, ReturnStatus::Received, at);
        }
        E::ReturnRestocked { return_id, refund } => {
            set_return(order, *return_id, ReturnStatus::Restocked { refund: *refund }, at);
        }
        E::ReturnQuarantined { return_id, refund } => {
            set_return(order, *return_id, ReturnStatus::Quarantined { refund: *refund }, at);
        }
        E::ReturnRefunded { return_id } => {
            set_return(order, *return_id, ReturnStatus::Refunded, at);
        }
    }
}
