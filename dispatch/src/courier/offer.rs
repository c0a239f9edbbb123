//! One offer to one courier. It ends exactly once.

use serde::{Deserialize, Serialize};
use vocabulary::{OfferId, Timestamp};

use super::MakeOffer;
use crate::order::{DeclineReason, OfferEnd};
use crate::view::TaskRow;

/// A live offer: it waits for the courier, or for the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub made: Box<MakeOffer>,
    pub state: OfferState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// The courier may accept or decline until then.
    Pending { expires_at: Timestamp },
    /// A slot is reserved; the order was asked to grant.
    Accepted,
}

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferOutcome {
    Granted,
    TooLate,
    Declined { reason: DeclineReason },
    Expired,
    Withdrawn,
}

/// What a live offer may hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfferInput {
    Accept,
    Decline(DeclineReason),
    Expire,
    Withdraw,
    Grant,
    Refuse,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfferTurn {
    Reserved,
    Ended(OfferOutcome),
    /// Heard too late or twice; the offer stays as it is.
    Unmoved,
}

impl OfferState {
    pub(super) fn hear(self, input: OfferInput, now: Timestamp) -> OfferTurn {
        use OfferTurn::{Ended, Reserved, Unmoved};
        match (self, input) {
            (Self::Pending { expires_at }, OfferInput::Accept) if now < expires_at => Reserved,
            // The tap came after the time was up but before the timer: it is up.
            (Self::Pending { .. }, OfferInput::Accept) => Unmoved,
            (Self::Pending { .. }, OfferInput::Decline(reason)) => {
                Ended(OfferOutcome::Declined { reason })
            }
            (Self::Pending { expires_at }, OfferInput::Expire) if now >= expires_at => {
                Ended(OfferOutcome::Expired)
            }
            (Self::Pending { .. }, OfferInput::Expire) => Unmoved,
            (Self::Pending { .. } | Self::Accepted, OfferInput::Withdraw) => {
                Ended(OfferOutcome::Withdrawn)
            }
            // Nobody asked for it: only an accept is answered.
            (Self::Pending { .. }, OfferInput::Grant | OfferInput::Refuse) => Unmoved,
            (Self::Accepted, OfferInput::Grant) => Ended(OfferOutcome::Granted),
            (Self::Accepted, OfferInput::Refuse) => Ended(OfferOutcome::TooLate),
            // The promise is given: it can no longer be taken back by either side's clock.
            (Self::Accepted, OfferInput::Accept | OfferInput::Decline(_) | OfferInput::Expire) => {
                Unmoved
            }
        }
    }
}

impl Offer {
    pub fn is_pending(&self) -> bool {
        match self.state {
            OfferState::Pending { .. } => true,
            OfferState::Accepted => false,
        }
    }

    /// The delivery as it would stand on the route.
    pub fn task(&self) -> TaskRow {
        let made = &self.made;
        TaskRow {
            delivery: made.delivery,
            order: made.order,
            attempt: made.attempt,
            store: made.store,
            pickup: made.pickup,
            dropoff: made.dropoff,
            weight: made.weight,
            picked_up: false,
            ready_at: made.ready_at,
            promised_by: made.promised_by,
        }
    }
}

impl OfferOutcome {
    /// How the order hears of it; a granted offer did not end in vain.
    pub(super) fn end(self) -> Option<OfferEnd> {
        match self {
            Self::Granted => None,
            Self::TooLate | Self::Withdrawn => Some(OfferEnd::Withdrawn),
            Self::Declined { reason } => Some(OfferEnd::Declined(reason)),
            Self::Expired => Some(OfferEnd::Expired),
        }
    }
}

/// The last offers that ended, so that a second tap or a repeated message is understood.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ended(Vec<(OfferId, OfferOutcome)>);

impl Ended {
    const REMEMBERED: usize = 16;

    pub(super) fn outcome(&self, offer: OfferId) -> Option<OfferOutcome> {
        self.0.iter().find(|(known, _)| *known == offer).map(|(_, outcome)| *outcome)
    }

    pub(super) fn remember(&mut self, offer: OfferId, outcome: OfferOutcome) {
        if self.0.len() >= Self::REMEMBERED {
            self.0.remove(0);
        }
        self.0.push((offer, outcome));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_in_every_state() {
        use OfferInput::*;
        use OfferTurn::{Ended, Reserved, Unmoved};
        let pending = OfferState::Pending { expires_at: Timestamp::from_millis(100) };
        let declined = OfferOutcome::Declined { reason: DeclineReason::TooFar };
        let table = [
            (pending, Accept, 99, Reserved),
            (pending, Accept, 100, Unmoved),
            (pending, Decline(DeclineReason::TooFar), 99, Ended(declined)),
            (pending, Decline(DeclineReason::TooFar), 101, Ended(declined)),
            (pending, Expire, 99, Unmoved),
            (pending, Expire, 100, Ended(OfferOutcome::Expired)),
            (pending, Withdraw, 0, Ended(OfferOutcome::Withdrawn)),
            (pending, Grant, 0, Unmoved),
            (pending, Refuse, 0, Unmoved),
            (OfferState::Accepted, Accept, 0, Unmoved),
            (OfferState::Accepted, Decline(DeclineReason::TooFar), 0, Unmoved),
            (OfferState::Accepted, Expire, 999, Unmoved),
            (OfferState::Accepted, Withdraw, 0, Ended(OfferOutcome::Withdrawn)),
            (OfferState::Accepted, Grant, 0, Ended(OfferOutcome::Granted)),
            (OfferState::Accepted, Refuse, 0, Ended(OfferOutcome::TooLate)),
        ];
        for (state, input, now, expect) in table {
            let turn = state.hear(input, Timestamp::from_millis(now));
            assert_eq!(turn, expect, "{state:?} hears {input:?} at {now}");
        }
    }

    #[test]
    fn only_the_last_ended_offers_are_remembered() {
        let mut ended = super::Ended::default();
        for offer in 1..=20 {
            ended.remember(OfferId::from_bits(offer), OfferOutcome::Expired);
        }
        assert_eq!(ended.outcome(OfferId::from_bits(4)), None);
        assert_eq!(ended.outcome(OfferId::from_bits(5)), Some(OfferOutcome::Expired));
        assert_eq!(ended.0.len(), super::Ended::REMEMBERED);
    }
}
