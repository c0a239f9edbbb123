//! Folding events. Nothing here judges, and nothing here can fail.

use vocabulary::{DeliveryId, OfferId, Seconds, Timestamp};

use super::offer::{Offer, OfferOutcome, OfferState};
use super::{Courier, CourierEvent, Duty, Insertion, Signal, route};

impl Courier {
    pub(super) fn fold(&mut self, event: &CourierEvent, at: Timestamp) {
        self.cool_downs.retain(|_, until| *until > at);
        match event {
            CourierEvent::Configured { settings } => self.settings = Some(settings.clone()),

            CourierEvent::WentOnDuty { shift_ends_at } => {
                self.duty = Duty::OnDuty { shift_ends_at: *shift_ends_at };
            }
            CourierEvent::TookBreak => {
                self.duty = Duty::OnBreak { shift_ends_at: self.shift_ends_at() };
            }
            CourierEvent::WentOffDuty => {
                self.duty = Duty::OffDuty;
                self.signal = Signal::Silent;
            }
            CourierEvent::Suspended => self.duty = Duty::Suspended,
            CourierEvent::Reinstated => self.duty = Duty::OffDuty,

            CourierEvent::Heard { check_at, patience } => {
                self.signal = Signal::Fresh { check_at: *check_at, patience: *patience };
            }
            CourierEvent::WentStale { lost_at } => {
                self.signal = Signal::Stale { lost_at: *lost_at, patience: self.patience() };
            }
            CourierEvent::WasLost => self.signal = Signal::Lost,

            CourierEvent::OfferMade { offer, expires_at } => {
                let state = OfferState::Pending { expires_at: *expires_at };
                self.offers.insert(offer.offer, Offer { made: offer.clone(), state });
            }
            CourierEvent::OfferAccepted { offer, .. } => {
                if let Some(offer) = self.offers.get_mut(offer) {
                    offer.state = OfferState::Accepted;
                }
            }
            CourierEvent::OfferDeclined { offer, delivery, reason, cool_down_until } => {
                self.end(*offer, OfferOutcome::Declined { reason: *reason });
                self.cool_downs.insert(*delivery, *cool_down_until);
            }
            CourierEvent::OfferExpired { offer, delivery, cool_down_until } => {
                self.end(*offer, OfferOutcome::Expired);
                self.cool_downs.insert(*delivery, *cool_down_until);
            }
            CourierEvent::OfferWithdrawn { offer, .. } => {
                self.end(*offer, OfferOutcome::Withdrawn);
            }
            CourierEvent::OfferTooLate { offer, .. } => self.end(*offer, OfferOutcome::TooLate),
            CourierEvent::OfferGranted { offer, pickup_stop, dropoff_stop, .. } => {
                let at = Insertion {
                    pickup_stop: usize::from(*pickup_stop),
                    dropoff_stop: usize::from(*dropoff_stop),
                };
                self.take_on(*offer, at);
            }

            CourierEvent::StopChosen { delivery } => {
                route::choose(&mut self.stops, *delivery);
                route::put_in_order(&mut self.tasks, &self.stops);
            }
            CourierEvent::TaskPickedUp { delivery } => self.pick_up(*delivery),
            CourierEvent::TaskReturning { delivery } => self.turn_back(*delivery),
            CourierEvent::TaskDone { delivery } => self.forget(*delivery),
            CourierEvent::TaskDropped { delivery, cool_down_until } => {
                self.forget(*delivery);
                self.cool_downs.insert(*delivery, *cool_down_until);
            }
        }
    }

    fn patience(&self) -> Seconds {
        match self.signal {
            Signal::Fresh { patience, .. } | Signal::Stale { patience, .. } => patience,
            Signal::Silent | Signal::Lost => Seconds::ZERO,
        }
    }

    fn end(&mut self, offer: OfferId, outcome: OfferOutcome) {
        if self.offers.remove(&offer).is_some() {
            self.ended.remember(offer, outcome);
        }
    }

    fn take_on(&mut self, id: OfferId, at: Insertion) {
        if let Some(offer) = self.offers.get(&id) {
            let task = offer.task();
            route::insert(&mut self.stops, &task, at);
            self.tasks.push(task);
            route::put_in_order(&mut self.tasks, &self.stops);
        }
        self.end(id, OfferOutcome::Granted);
    }

    fn pick_up(&mut self, delivery: DeliveryId) {
        route::picked_up(&mut self.stops, delivery);
        for task in self.tasks.iter_mut().filter(|task| task.delivery == delivery) {
            task.picked_up = true;
        }
    }

    fn turn_back(&mut self, delivery: DeliveryId) {
        if let Some(task) = self.tasks.iter().find(|task| task.delivery == delivery) {
            route::turn_back(&mut self.stops, task);
        }
    }

    fn forget(&mut self, delivery: DeliveryId) {
        route::forget(&mut self.stops, delivery);
        self.tasks.retain(|task| task.delivery != delivery);
    }
}
