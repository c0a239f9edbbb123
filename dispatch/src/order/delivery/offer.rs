//! Finding a courier: offers of one attempt, the one grant, and what happens without a taker.

use vocabulary::{CourierId, DeliveryId, FulfillmentOrderId, OfferId};

use super::{Assignment, Delivery, DeliveryStatus, LiveOffer, find, wrong_state};
use crate::courier::{CourierCommand, MakeOffer, TaskStep};
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::pool::escalation_time;
use crate::order::{Child, OfferEnd, Order, Part, Proposal, child};
use crate::store::StoreCommand;
use crate::{Refusal, Timer};

/// Most offers of one attempt; keeps their names apart.
const MAX_OFFERS: usize = 64;

/// Starts looking for a courier, unless somebody already looks or carries.
pub fn create(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId) {
    let order = draft.order();
    if order.delivery_of(fulfillment_order).is_some_and(|known| !known.is_over()) {
        return;
    }
    let Some(part) = order.part(fulfillment_order) else {
        return;
    };
    let delivery = child(order.id, Child::Delivery, order.deliveries.len() as u32);
    let escalate_at = escalation_time(draft.now(), part.ready_at, &draft.policy().dispatch);
    let need = order.proof_need(part, &draft.policy().proof);
    draft.record(OrderEvent::DeliveryCreated { delivery, fulfillment_order, escalate_at, need });
    draft.arm(Timer::DeliveryEscalation(delivery), escalate_at);
}

/// The zone proposes couriers. Those a dispatcher excluded meanwhile are left out.
pub fn offer_delivery(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    proposals: &[Proposal],
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    if attempt != delivery.next_attempt() {
        return Err(Refusal::AttemptOver);
    }
    if delivery.status != DeliveryStatus::Unassigned {
        return Err(wrong_state(&delivery, "offer"));
    }
    if draft.order().part(delivery.fulfillment_order).is_some_and(Part::is_on_hold) {
        return Ok(());
    }
    let offers = offers_for(draft.order(), &delivery, proposals);
    if offers.is_empty() {
        return Ok(());
    }
    draft.record(OrderEvent::DeliveryOffered { delivery: id, attempt, offers: offers.clone() });
    for offer in &offers {
        if let Some(make) = make_offer(draft.order(), &delivery, attempt, offer) {
            draft.tell_courier(offer.courier, CourierCommand::MakeOffer(Box::new(make)));
        }
    }
    Ok(())
}

fn offers_for(order: &Order, delivery: &Delivery, proposals: &[Proposal]) -> Vec<LiveOffer> {
    let index = order.deliveries.iter().position(|known| known.delivery == delivery.delivery);
    let index = index.unwrap_or_default() as u32;
    let allowed = proposals.iter().filter(|proposal| !excludes(delivery, proposal.courier));
    let named = allowed.take(MAX_OFFERS).zip(0..).map(|(proposal, place)| LiveOffer {
        offer: offer_name(order, index, delivery.next_attempt(), place),
        courier: proposal.courier,
        pickup_at: proposal.pickup_at,
        dropoff_at: proposal.dropoff_at,
        because: proposal.because.as_str().into(),
    });
    named.collect()
}

/// 10 bits delivery, 16 bits attempt, 6 bits place in the attempt.
fn offer_name(order: &Order, index: u32, attempt: u32, place: u32) -> OfferId {
    let ordinal = (index & 0x3ff) << 22 | (attempt & 0xffff) << 6 | (place & 0x3f);
    child(order.id, Child::Offer, ordinal)
}

fn make_offer(
    order: &Order,
    delivery: &Delivery,
    attempt: u32,
    offer: &LiveOffer,
) -> Option<MakeOffer> {
    let part = order.part(delivery.fulfillment_order)?;
    let forced = delivery.steering.as_deref().and_then(|known| known.forced);
    Some(MakeOffer {
        offer: offer.offer,
        order: order.id,
        delivery: delivery.delivery,
        fulfillment_order: delivery.fulfillment_order,
        attempt,
        store: part.store,
        pickup: part.place,
        dropoff: order.destination?,
        weight: order.weight_of(&part.lines),
        ready_at: part.ready_at,
        promised_by: part.promised_by,
        pickup_at: offer.pickup_at,
        dropoff_at: offer.dropoff_at,
        because: offer.because.as_ref().to_owned(),
        forced: forced == Some(offer.courier),
    })
}

/// One accept wins the attempt; every other one is told that it lost.
pub fn grant_offer(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    offer: OfferId,
    courier: CourierId,
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    if already_granted(&delivery, offer) {
        draft.tell_courier(courier, CourierCommand::Granted { offer });
        if draft.order().part(delivery.fulfillment_order).is_some_and(Part::has_left) {
            let step = TaskStep::PickedUp;
            let follow = CourierCommand::FollowDelivery { delivery: id, attempt, step };
            draft.tell_courier(courier, follow);
        }
        return Ok(());
    }
    let won = live_offers(&delivery)
        .iter()
        .find(|live| delivery.attempt == attempt && live.offer == offer && live.courier == courier);
    let Some(won) = won else {
        draft.tell_courier(courier, CourierCommand::Refused { offer });
        return Ok(());
    };
    // Offers of before a version that takes them back with the exclusion may still be answered.
    if excludes(&delivery, courier) {
        take_back(draft, id, courier);
        return Ok(());
    }
    assign(draft, &delivery, won);
    for other in live_offers(&delivery).iter().filter(|live| live.offer != offer) {
        draft.tell_courier(other.courier, CourierCommand::Withdraw { delivery: id, attempt });
    }
    Ok(())
}

fn already_granted(delivery: &Delivery, offer: OfferId) -> bool {
    delivery.assignment().is_some_and(|assignment: &Assignment| assignment.offer == offer)
}

fn assign(draft: &mut Draft<'_>, delivery: &Delivery, won: &LiveOffer) {
    let (id, fulfillment_order) = (delivery.delivery, delivery.fulfillment_order);
    draft.record(OrderEvent::DeliveryAssigned {
        delivery: id,
        attempt: delivery.attempt + u32::from(vocabulary::planted!("grant_of_another_attempt")),
        offer: won.offer,
        courier: won.courier,
        pickup_at: won.pickup_at,
        dropoff_at: won.dropoff_at,
        because: won.because.clone(),
    });
    draft.tell_courier(won.courier, CourierCommand::Granted { offer: won.offer });
    let Some(store) = draft.order().part(fulfillment_order).map(|part| part.store) else {
        return;
    };
    let (courier, at) = (Some(won.courier), Some(won.pickup_at));
    draft.tell_store(store, StoreCommand::ExpectCourier { fulfillment_order, courier, at });
}

/// The goods left with a courier whose attempt was over in the books: the books follow.
pub(super) fn assign_off_the_books(draft: &mut Draft<'_>, id: DeliveryId, courier: CourierId) {
    let Some(delivery) = draft.order().delivery(id).cloned() else {
        return;
    };
    for live in live_offers(&delivery) {
        let (delivery, attempt) = (id, delivery.attempt);
        draft.tell_courier(live.courier, CourierCommand::Withdraw { delivery, attempt });
    }
    let now = draft.now();
    let attempt = delivery.next_attempt();
    let because: Box<str> = "the store handed it over".into();
    let proposal =
        Proposal { courier, pickup_at: now, dropoff_at: now, because: because.to_string() };
    let unsteered = Delivery { steering: None, ..delivery };
    let Some(offer) = offers_for(draft.order(), &unsteered, &[proposal]).pop() else {
        return;
    };
    if let Some(make) = make_offer(draft.order(), &unsteered, attempt, &offer) {
        let make = MakeOffer { forced: true, ..make };
        draft.tell_courier(courier, CourierCommand::MakeOffer(Box::new(make)));
    }
    assign(draft, &Delivery { attempt, ..unsteered }, &offer);
}

/// An offer ended without a grant; the last one of an attempt ends the round.
pub fn close_offer(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    offer: OfferId,
    courier: CourierId,
    why: OfferEnd,
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?;
    let known = live_offers(delivery)
        .iter()
        .any(|live| delivery.attempt == attempt && live.offer == offer && live.courier == courier);
    if !known {
        return Ok(());
    }
    draft.record(OrderEvent::OfferClosed { delivery: id, attempt, offer, courier, why });
    let delivery = find(draft.order(), id)?;
    if live_offers(delivery).is_empty() {
        draft.record(OrderEvent::OffersExhausted { delivery: id, attempt });
        escalate_after_rounds(draft, id);
    }
    Ok(())
}

fn escalate_after_rounds(draft: &mut Draft<'_>, id: DeliveryId) {
    let limit = draft.policy().dispatch.escalate_after_rounds;
    let tired = |known: &Delivery| !known.escalated && known.rounds >= limit;
    if draft.order().delivery(id).is_some_and(tired) {
        draft.record(OrderEvent::DeliveryEscalated { delivery: id });
    }
}

/// Nobody was found for so long that a person must look at it. Looking goes on.
pub fn escalation_due(draft: &mut Draft<'_>, id: DeliveryId) {
    let now = draft.now();
    let overdue = |known: &Delivery| {
        let waits = match known.status {
            DeliveryStatus::Unassigned | DeliveryStatus::Offering { .. } => true,
            DeliveryStatus::InHand { .. }
            | DeliveryStatus::FailedAttempt { .. }
            | DeliveryStatus::Returning { .. }
            | DeliveryStatus::Delivered { .. }
            | DeliveryStatus::Returned { .. }
            | DeliveryStatus::Lost { .. }
            | DeliveryStatus::Cancelled { .. } => false,
        };
        waits && !known.escalated && now >= known.escalate_at
    };
    if draft.order().delivery(id).is_some_and(overdue) {
        draft.record(OrderEvent::DeliveryEscalated { delivery: id });
    }
}

/// Nobody is sent for goods that their store was told to leave for now.
pub fn withdraw_offers_of(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId) {
    if let Some(delivery) = draft.order().delivery_of(fulfillment_order) {
        let id = delivery.delivery;
        withdraw_offers(draft, id);
    }
}

/// Takes live offers back, so that the next round can offer it anew.
pub fn withdraw_offers(draft: &mut Draft<'_>, id: DeliveryId) {
    let Some(delivery) = draft.order().delivery(id).cloned() else {
        return;
    };
    let attempt = delivery.attempt;
    let live = live_offers(&delivery);
    if live.is_empty() {
        return;
    }
    draft.record(OrderEvent::OffersWithdrawn { delivery: id, attempt });
    for offer in live {
        draft.tell_courier(offer.courier, CourierCommand::Withdraw { delivery: id, attempt });
    }
}

/// Takes back what an excluded courier was offered. The others of the attempt may still accept.
pub(super) fn take_back(draft: &mut Draft<'_>, id: DeliveryId, courier: CourierId) {
    let Some(delivery) = draft.order().delivery(id).cloned() else {
        return;
    };
    let live = live_offers(&delivery);
    let Some(theirs) = live.iter().find(|offer| offer.courier == courier) else {
        return;
    };
    if live.len() == 1 {
        return withdraw_offers(draft, id);
    }
    let (offer, attempt, why) = (theirs.offer, delivery.attempt, OfferEnd::Withdrawn);
    draft.record(OrderEvent::OfferClosed { delivery: id, attempt, offer, courier, why });
    draft.tell_courier(courier, CourierCommand::Withdraw { delivery: id, attempt });
}

/// Whether a dispatcher said that this courier shall not have it.
fn excludes(delivery: &Delivery, courier: CourierId) -> bool {
    delivery.steering.as_deref().is_some_and(|known| known.excluded.contains(&courier))
}

/// Offers that wait for an answer.
pub(super) fn live_offers(delivery: &Delivery) -> &[LiveOffer] {
    match &delivery.status {
        DeliveryStatus::Offering { live } => live,
        DeliveryStatus::Unassigned
        | DeliveryStatus::InHand { .. }
        | DeliveryStatus::FailedAttempt { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => &[],
    }
}
