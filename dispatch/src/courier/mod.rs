//! A courier: duty, what is offered, what is in hand and in which order it is driven.
//!
//! The courier is the sole writer of its offers: nobody else ends one. It never knows where it is
//! (positions are not journaled); it only knows whether it is still heard.

mod apply;
mod command;
mod duty;
mod event;
mod offer;
mod offers;
mod route;
mod signal;
mod tasks;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{CourierId, DeliveryId, Grams, OfferId, Timestamp};

use crate::order::OrderCommand;
use crate::view::{CourierRow, TaskRow};
use crate::{By, Context, Decision, Effect, Machine, Refusal, Timer};

pub use command::*;
pub use event::CourierEvent;
pub use offer::{Offer, OfferOutcome, OfferState};
pub use route::{Insertion, Stop, StopKind, calls, insert};
pub use signal::Signal;

use offer::Ended;

/// What a courier can take on, computed from duty, signal, offers and load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    OffDuty,
    OnBreak,
    Suspended,
    /// On duty with nothing to do.
    Idle,
    /// Nothing in hand, but an offer waits for an answer.
    Offered,
    Busy {
        load: u32,
        capacity: u32,
    },
    /// No slot left.
    Full,
    /// Not heard for too long: gets nothing new, keeps what it has.
    Stale,
}

/// Whether the courier works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    #[default]
    OffDuty,
    OnDuty {
        shift_ends_at: Option<Timestamp>,
    },
    /// Finishes what is in hand, gets nothing new.
    OnBreak {
        shift_ends_at: Option<Timestamp>,
    },
    /// By headquarters, until reinstated.
    Suspended,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Courier {
    id: CourierId,
    /// Absent until headquarters has configured the courier.
    settings: Option<Box<CourierSettings>>,
    duty: Duty,
    signal: Signal,
    /// Live ones: pending, or accepted and not yet granted.
    offers: BTreeMap<OfferId, Offer>,
    ended: Ended,
    /// In the order in which the route finishes them.
    tasks: Vec<TaskRow>,
    stops: Vec<Stop>,
    cool_downs: BTreeMap<DeliveryId, Timestamp>,
}

impl Courier {
    pub fn new(id: CourierId) -> Self {
        Self {
            id,
            settings: None,
            duty: Duty::OffDuty,
            signal: Signal::Silent,
            offers: BTreeMap::new(),
            ended: Ended::default(),
            tasks: Vec::new(),
            stops: Vec::new(),
            cool_downs: BTreeMap::new(),
        }
    }

    pub fn id(&self) -> CourierId {
        self.id
    }

    pub fn settings(&self) -> Option<&CourierSettings> {
        self.settings.as_deref()
    }

    pub fn duty(&self) -> Duty {
        self.duty
    }

    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// Live offers, by id.
    pub fn offers(&self) -> &BTreeMap<OfferId, Offer> {
        &self.offers
    }

    /// How an offer ended, of the last few.
    pub fn outcome(&self, offer: OfferId) -> Option<OfferOutcome> {
        self.ended.outcome(offer)
    }

    /// Deliveries in hand, in the order in which the route finishes them.
    pub fn tasks(&self) -> &[TaskRow] {
        &self.tasks
    }

    /// The route: where to go, in order.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    pub fn availability(&self) -> Availability {
        match self.duty {
            Duty::OffDuty => return Availability::OffDuty,
            Duty::OnBreak { .. } => return Availability::OnBreak,
            Duty::Suspended => return Availability::Suspended,
            Duty::OnDuty { .. } => {}
        }
        let (load, capacity) = (self.load(), self.capacity());
        if self.signal.is_gone() {
            Availability::Stale
        } else if load >= capacity {
            Availability::Full
        } else if load > 0 {
            Availability::Busy { load, capacity }
        } else if self.offers.is_empty() {
            Availability::Idle
        } else {
            Availability::Offered
        }
    }

    /// What others may show of this courier; `None` before headquarters has configured it.
    pub fn card(&self) -> Option<CourierCard> {
        let settings = self.settings.as_deref()?;
        Some(CourierCard { courier: self.id, display_name: settings.display_name.clone() })
    }

    /// What planners read; `None` before headquarters has configured the courier.
    pub fn row(&self) -> Option<CourierRow> {
        let settings = self.settings.as_deref()?;
        Some(CourierRow {
            mode: settings.mode,
            capacity: self.capacity(),
            max_weight: settings.max_weight,
            availability: self.availability(),
            shift_ends_at: self.shift_ends_at(),
            tasks: self.tasks.clone(),
            stops: self.stops.clone(),
            offered: self.offers.values().map(Offer::task).collect(),
            live_offers: u32::try_from(self.offers.len()).unwrap_or(u32::MAX),
            cool_downs: self.cool_downs.clone(),
        })
    }

    /// One word for the state row.
    pub fn status_text(&self) -> &'static str {
        self.availability().text()
    }

    /// Couriers do not end: whoever was configured is loaded at recovery.
    pub fn is_live(&self) -> bool {
        self.settings.is_some()
    }

    fn shift_ends_at(&self) -> Option<Timestamp> {
        match self.duty {
            Duty::OnDuty { shift_ends_at } | Duty::OnBreak { shift_ends_at } => shift_ends_at,
            Duty::OffDuty | Duty::Suspended => None,
        }
    }

    fn capacity(&self) -> u32 {
        let settings = self.settings.as_ref().map_or(0, |settings| settings.capacity);
        settings + u32::from(vocabulary::planted!("capacity_off_by_one"))
    }

    fn accepted(&self) -> impl Iterator<Item = (&OfferId, &Offer)> {
        self.offers.iter().filter(|(_, offer)| !offer.is_pending())
    }

    fn pending(&self) -> impl Iterator<Item = (&OfferId, &Offer)> {
        self.offers.iter().filter(|(_, offer)| offer.is_pending())
    }

    /// Slots taken: deliveries in hand and accepts that wait for the order's grant.
    fn load(&self) -> u32 {
        u32::try_from(self.tasks.len() + self.accepted().count()).unwrap_or(u32::MAX)
    }

    fn weight(&self) -> Grams {
        let accepted = self.accepted().map(|(_, offer)| offer.made.weight);
        let all = self.tasks.iter().map(|task| task.weight).chain(accepted);
        Grams(all.fold(0, |sum: u32, weight| sum.saturating_add(weight.0)))
    }

    /// A free slot and room for this much more.
    fn has_room_for(&self, weight: Grams) -> bool {
        let Some(settings) = self.settings.as_deref() else { return false };
        let loaded = self.weight().0.saturating_add(weight.0);
        self.load() < self.capacity() && loaded <= settings.max_weight.0
    }

    fn task(&self, delivery: DeliveryId, attempt: u32) -> Option<&TaskRow> {
        self.tasks.iter().find(|task| task.delivery == delivery && task.attempt == attempt)
    }

    fn carried(&self) -> u32 {
        let carried = self.tasks.iter().filter(|task| task.picked_up).count();
        u32::try_from(carried).unwrap_or(u32::MAX)
    }

    /// Another courier cannot act for this one; staff may, where the gateway lets them.
    fn is_me(&self, by: By) -> bool {
        match by {
            By::Courier(courier) => courier == self.id,
            By::Shopper(_) => false,
            By::Principal(_) | By::Provider | By::Timer | By::Partition => true,
        }
    }

    fn unavailable(&self) -> Refusal {
        Refusal::CourierUnavailable { availability: self.availability().text().to_owned() }
    }
}

impl Availability {
    pub fn text(self) -> &'static str {
        match self {
            Self::OffDuty => "off_duty",
            Self::OnBreak => "on_break",
            Self::Suspended => "suspended",
            Self::Idle => "idle",
            Self::Offered => "offered",
            Self::Busy { .. } => "busy",
            Self::Full => "full",
            Self::Stale => "stale",
        }
    }
}

impl Machine for Courier {
    type Command = CourierCommand;
    type Event = CourierEvent;

    fn decide(
        &self,
        command: &CourierCommand,
        context: &Context<'_>,
    ) -> Result<Decision<CourierEvent>, Refusal> {
        match command {
            CourierCommand::Configure(settings) => self.configure(settings),
            CourierCommand::GoOnDuty { shift_ends_at } => self.go_on_duty(*shift_ends_at, context),
            CourierCommand::TakeBreak => self.take_break(context),
            CourierCommand::GoOffDuty => self.go_off_duty(context),
            CourierCommand::Suspend => self.suspend(context),
            CourierCommand::Reinstate => self.reinstate(),
            CourierCommand::AcceptOffer { offer } => self.accept_offer(*offer, context),
            CourierCommand::DeclineOffer { offer, reason } => {
                self.decline_offer(*offer, *reason, context)
            }
            CourierCommand::MakeOffer(offer) => self.make_offer(offer, context),
            CourierCommand::Granted { offer } => self.granted(*offer, context),
            CourierCommand::Refused { offer } => self.refused(*offer, context),
            CourierCommand::Withdraw { delivery, attempt } => {
                self.withdraw(*delivery, *attempt, context)
            }
            CourierCommand::FollowDelivery { delivery, attempt, step } => {
                Ok(self.follow(*delivery, *attempt, step))
            }
            CourierCommand::Heard => Ok(self.heard(context)),
            CourierCommand::TimerFired(timer) => Ok(self.timer_fired(*timer, context)),
        }
    }

    fn apply(&mut self, event: &CourierEvent, at: Timestamp) {
        self.fold(event, at);
    }

    fn resume(&self, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.signal.resume(now);
        for (id, offer) in &self.offers {
            effects.push(match offer.state {
                OfferState::Pending { expires_at } => {
                    Effect::Arm { timer: Timer::OfferExpiry(*id), due: expires_at }
                }
                OfferState::Accepted => self.ask_to_grant(*id, offer),
            });
        }
        if self.signal == Signal::Lost {
            effects.extend(self.drop_what_waits(crate::order::DropReason::CourierLost));
        }
        effects
    }
}

impl Courier {
    fn timer_fired(&self, timer: Timer, context: &Context<'_>) -> Decision<CourierEvent> {
        match timer {
            Timer::OfferExpiry(offer) => self.expire(offer, context),
            Timer::Stale => self.stale_due(context),
            Timer::PaymentDue
            | Timer::DeliveryEscalation(_)
            | Timer::DeliveryRetry(_)
            | Timer::HoldExpiry(_)
            | Timer::AcceptSla(_)
            | Timer::Release(_)
            | Timer::NoShow(_)
            | Timer::StatusEnd => Decision::nothing(),
        }
    }

    fn ask_to_grant(&self, id: OfferId, offer: &Offer) -> Effect {
        let made = &offer.made;
        let command = OrderCommand::GrantOffer {
            delivery: made.delivery,
            attempt: made.attempt,
            offer: id,
            courier: self.id,
        };
        Effect::order(made.order, command)
    }
}

#[cfg(test)]
mod tests;
