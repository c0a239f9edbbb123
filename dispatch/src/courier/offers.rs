//! Offers: made, answered, ended. Each ends once, here.

use vocabulary::{DeliveryId, OfferId, Seconds, Timestamp};

use super::offer::{Offer, OfferInput, OfferOutcome, OfferTurn};
use super::{Availability, Courier, CourierEvent, Duty, MakeOffer, OfferState, route, signal};
use crate::order::{DeclineReason, DropReason, OfferEnd, OrderCommand};
use crate::{Context, Decision, Effect, Refusal, Timer};

type Outcome = Result<Decision<CourierEvent>, Refusal>;

impl Courier {
    /// Never refused: whoever cannot be asked says so to the order.
    pub(super) fn make_offer(&self, made: &MakeOffer, context: &Context<'_>) -> Outcome {
        if self.offers.contains_key(&made.offer) {
            return Ok(Decision::nothing());
        }
        if let Some(outcome) = self.ended.outcome(made.offer) {
            let end = outcome.end().map(|end| self.close(made, end));
            return Ok(Decision::nothing().effects(end));
        }
        if !self.can_be_asked(made, context) {
            return Ok(Decision::nothing().effect(self.close(made, OfferEnd::NotOffered)));
        }
        let expires_at = context.now.after(Seconds(context.policy.dispatch.offer_expires_after_s));
        let offer = Box::new(made.clone());
        let due = vocabulary::planted!("offer_expires_too_soon", context.now, expires_at);
        Ok(Decision::event(CourierEvent::OfferMade { offer, expires_at })
            .effect(Effect::Arm { timer: Timer::OfferExpiry(made.offer), due }))
    }

    /// A hand's choice overrides silence, the limit of offers and the cool-down; never the load.
    fn can_be_asked(&self, made: &MakeOffer, context: &Context<'_>) -> bool {
        let may_hear = match self.availability() {
            Availability::OffDuty
            | Availability::OnBreak
            | Availability::Suspended
            | Availability::Full => false,
            Availability::Stale => made.forced,
            Availability::Idle | Availability::Offered | Availability::Busy { .. } => true,
        };
        let limit = usize::try_from(context.policy.dispatch.max_live_offers).unwrap_or(usize::MAX);
        let below_limit = made.forced || self.offers.len() < limit;
        let cooled = made.forced
            || self.cool_downs.get(&made.delivery).is_none_or(|until| *until <= context.now);
        let knows_it = self.tasks.iter().any(|task| task.delivery == made.delivery)
            || self.offers.values().any(|offer| offer.made.delivery == made.delivery);
        may_hear && below_limit && cooled && !knows_it && self.has_room_for(made.weight)
    }

    pub(super) fn accept_offer(&self, id: OfferId, context: &Context<'_>) -> Outcome {
        let Some(offer) = self.live(id, context)? else {
            return match self.ended.outcome(id) {
                Some(OfferOutcome::Granted) => Ok(Decision::nothing()),
                Some(OfferOutcome::TooLate) => Err(Refusal::TooLate),
                Some(
                    OfferOutcome::Declined { .. } | OfferOutcome::Expired | OfferOutcome::Withdrawn,
                ) => Err(Refusal::OfferClosed),
                None => Err(Refusal::OfferUnknown),
            };
        };
        match (offer.state, offer.state.hear(OfferInput::Accept, context.now)) {
            (OfferState::Accepted, _) => Ok(Decision::nothing()),
            (OfferState::Pending { .. }, OfferTurn::Unmoved | OfferTurn::Ended(_)) => {
                Err(Refusal::OfferClosed)
            }
            (OfferState::Pending { .. }, OfferTurn::Reserved) => self.reserve(id, offer, context),
        }
    }

    /// Whoever taps is there, even if no position comes through.
    fn reserve(&self, id: OfferId, offer: &Offer, context: &Context<'_>) -> Outcome {
        match self.duty {
            Duty::OnDuty { .. } if self.has_room_for(offer.made.weight) => {}
            Duty::OnDuty { .. } | Duty::OnBreak { .. } | Duty::OffDuty | Duty::Suspended => {
                return Err(self.unavailable());
            }
        }
        let decision = if self.signal.is_gone() {
            signal::listen(Decision::nothing(), context)
        } else {
            Decision::nothing()
        };
        let delivery = offer.made.delivery;
        Ok(decision
            .and(CourierEvent::OfferAccepted { offer: id, delivery })
            .effect(self.ask_to_grant(id, offer)))
    }

    pub(super) fn decline_offer(
        &self,
        id: OfferId,
        reason: DeclineReason,
        context: &Context<'_>,
    ) -> Outcome {
        let Some(offer) = self.live(id, context)? else {
            return match self.ended.outcome(id) {
                Some(OfferOutcome::Declined { .. }) => Ok(Decision::nothing()),
                Some(
                    OfferOutcome::Granted
                    | OfferOutcome::TooLate
                    | OfferOutcome::Expired
                    | OfferOutcome::Withdrawn,
                ) => Err(Refusal::OfferClosed),
                None => Err(Refusal::OfferUnknown),
            };
        };
        match offer.state.hear(OfferInput::Decline(reason), context.now) {
            OfferTurn::Ended(_) => {
                Ok(self.declined(Decision::nothing(), id, offer, reason, context))
            }
            OfferTurn::Reserved | OfferTurn::Unmoved => Err(Refusal::OfferClosed),
        }
    }

    /// Everything still pending, for somebody who stops working.
    pub(super) fn decline_all(
        &self,
        reason: DeclineReason,
        context: &Context<'_>,
    ) -> Decision<CourierEvent> {
        self.pending().fold(Decision::nothing(), |decision, (id, offer)| {
            self.declined(decision, *id, offer, reason, context)
        })
    }

    fn declined(
        &self,
        decision: Decision<CourierEvent>,
        offer: OfferId,
        live: &Offer,
        reason: DeclineReason,
        context: &Context<'_>,
    ) -> Decision<CourierEvent> {
        let delivery = live.made.delivery;
        let cool_down_until = cool_down(context);
        decision
            .and(CourierEvent::OfferDeclined { offer, delivery, reason, cool_down_until })
            .effect(self.close(&live.made, OfferEnd::Declined(reason)))
    }

    pub(super) fn expire(&self, id: OfferId, context: &Context<'_>) -> Decision<CourierEvent> {
        let Some(offer) = self.offers.get(&id) else { return Decision::nothing() };
        let later = context.now.after(Seconds(3_600));
        let now = vocabulary::planted!("offer_expires_too_soon", later, context.now);
        match (offer.state, offer.state.hear(OfferInput::Expire, now)) {
            (OfferState::Pending { .. }, OfferTurn::Ended(_)) => {
                let delivery = offer.made.delivery;
                // Silence is no refusal: one turn for somebody else, then this courier again.
                let turn = Seconds(context.policy.dispatch.offer_expires_after_s);
                let cool_down_until = context.now.after(turn);
                let event = CourierEvent::OfferExpired { offer: id, delivery, cool_down_until };
                Decision::event(event).effect(self.close(&offer.made, OfferEnd::Expired))
            }
            (OfferState::Pending { expires_at }, OfferTurn::Unmoved | OfferTurn::Reserved) => {
                Decision::nothing()
                    .effect(Effect::Arm { timer: Timer::OfferExpiry(id), due: expires_at })
            }
            (OfferState::Accepted, _) => Decision::nothing(),
        }
    }

    /// A courier that stopped working between accept and grant hands it back at once.
    pub(super) fn granted(&self, id: OfferId, context: &Context<'_>) -> Outcome {
        let Some(offer) = self.offers.get(&id) else { return Ok(Decision::nothing()) };
        match offer.state.hear(OfferInput::Grant, context.now) {
            OfferTurn::Unmoved | OfferTurn::Reserved => return Ok(Decision::nothing()),
            OfferTurn::Ended(_) => {}
        }
        let decision = Decision::event(self.joined(id, offer, context.now));
        Ok(match self.duty {
            Duty::OnDuty { .. } => decision,
            Duty::OffDuty | Duty::OnBreak { .. } | Duty::Suspended => {
                let made = &offer.made;
                decision.effect(Effect::order(
                    made.order,
                    OrderCommand::DropDelivery {
                        delivery: made.delivery,
                        attempt: made.attempt,
                        reason: DropReason::CourierDroppedOut,
                    },
                ))
            }
        })
    }

    fn joined(&self, id: OfferId, offer: &Offer, now: Timestamp) -> CourierEvent {
        let mode = self.settings.as_ref().map_or(geo_index::TravelMode::Ebike, |s| s.mode);
        let at = route::joining(&self.stops, &self.tasks, &offer.task(), mode, now);
        let place = |stop: usize| u16::try_from(stop).unwrap_or(u16::MAX);
        CourierEvent::OfferGranted {
            offer: id,
            delivery: offer.made.delivery,
            pickup_stop: place(at.pickup_stop),
            dropoff_stop: place(at.dropoff_stop),
        }
    }

    pub(super) fn refused(&self, id: OfferId, context: &Context<'_>) -> Outcome {
        let Some(offer) = self.offers.get(&id) else { return Ok(Decision::nothing()) };
        Ok(match offer.state.hear(OfferInput::Refuse, context.now) {
            OfferTurn::Unmoved | OfferTurn::Reserved => Decision::nothing(),
            OfferTurn::Ended(_) => {
                let delivery = offer.made.delivery;
                Decision::event(CourierEvent::OfferTooLate { offer: id, delivery })
            }
        })
    }

    /// The order's last word on an attempt: its offer is closed, or its task leaves the route.
    pub(super) fn withdraw(
        &self,
        delivery: DeliveryId,
        attempt: u32,
        context: &Context<'_>,
    ) -> Outcome {
        let offers = self
            .offers
            .iter()
            .filter(|(_, offer)| offer.made.delivery == delivery && offer.made.attempt == attempt)
            .filter_map(|(id, offer)| match offer.state.hear(OfferInput::Withdraw, context.now) {
                OfferTurn::Ended(_) => Some(CourierEvent::OfferWithdrawn { offer: *id, delivery }),
                OfferTurn::Reserved | OfferTurn::Unmoved => None,
            });
        let mut decision = offers.fold(Decision::nothing(), Decision::and);
        if self.task(delivery, attempt).is_some() {
            let cool_down_until = cool_down(context);
            decision = decision.and(CourierEvent::TaskDropped { delivery, cool_down_until });
        }
        Ok(decision)
    }

    /// A live offer of the courier who asks.
    fn live(&self, id: OfferId, context: &Context<'_>) -> Result<Option<&Offer>, Refusal> {
        if self.is_me(context.by) { Ok(self.offers.get(&id)) } else { Err(Refusal::OfferUnknown) }
    }

    fn close(&self, made: &MakeOffer, why: OfferEnd) -> Effect {
        let command = OrderCommand::CloseOffer {
            delivery: made.delivery,
            attempt: made.attempt,
            offer: made.offer,
            courier: self.id,
            why,
        };
        Effect::order(made.order, command)
    }
}

fn cool_down(context: &Context<'_>) -> Timestamp {
    context.now.after(Seconds(context.policy.dispatch.decline_cooldown_s))
}
