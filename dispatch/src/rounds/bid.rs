//! What it costs that one courier takes one delivery.

use geo_index::distance;
use vocabulary::{Seconds, Timestamp};

use super::Question;
use super::seat::Seat;
use crate::Policy;
use crate::eta::{Addition, seconds_until};
use crate::view::{DeliveryRow, TaskRow};

/// Costs are counted in tenths of a second, so that ties are ties on every machine.
pub(super) const TENTHS: i64 = 10;

/// Beyond this a cost says no more than "very bad"; sums of them stay far from the edge.
const DEAREST: f64 = 1e9;

/// A courier's prospect for one delivery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bid {
    pub cost: i64,
    addition: Addition,
}

impl Bid {
    /// `None` when it would break a promise the courier carries, or start after its shift.
    pub fn of(seat: &Seat<'_>, delivery: &DeliveryRow, question: &Question<'_>) -> Option<Self> {
        let bid = Self::forced(seat, delivery, question);
        let in_shift = seat.row.shift_ends_at.is_none_or(|end| bid.pickup_at() <= end);
        (bid.addition.broken == Seconds::ZERO && in_shift).then_some(bid)
    }

    /// Whatever it does to others.
    pub fn forced(seat: &Seat<'_>, delivery: &DeliveryRow, question: &Question<'_>) -> Self {
        let addition = seat.itinerary.best_insertion(&TaskRow::to_fetch(delivery));
        Self { cost: cost(&addition, delivery, question.policy, question.now), addition }
    }

    /// When to ask, so that it stands at the store no longer than the policy allows; `None` when
    /// that is now.
    pub fn ask_from(&self, delivery: &DeliveryRow, question: &Question<'_>) -> Option<Timestamp> {
        let send_ahead = Seconds(question.policy.dispatch.send_ahead_s);
        let on_the_way = seconds_until(question.now, self.arrives_at());
        let ask_from = delivery.ready_at.before(send_ahead).before(on_the_way);
        (ask_from > question.now).then_some(ask_from)
    }

    pub fn arrives_at(&self) -> Timestamp {
        self.addition.pickup.arrives_at
    }

    /// The courier is there and so are the goods.
    pub fn pickup_at(&self) -> Timestamp {
        self.arrives_at().after(self.addition.pickup.wait)
    }

    pub fn dropoff_at(&self) -> Timestamp {
        self.addition.dropoff.leaves_at
    }

    /// Why this courier, for people.
    pub fn in_words(&self, seat: &Seat<'_>, delivery: &DeliveryRow) -> String {
        let in_hand = seat.row.tasks.len();
        let state = if in_hand == 0 { "idle".to_owned() } else { format!("{in_hand} in hand") };
        let away = distance(seat.place, delivery.pickup);
        let wait = self.addition.pickup.wait;
        let door = seconds_until(delivery.ready_at, self.dropoff_at());
        format!("{state}, {away} from the store, waits {wait} there, door {door} after ready")
    }
}

/// Seconds of people's time from now on: the shopper's until the door, weighed lateness, what other
/// shoppers on the route wait longer, and by their weights, the courier's work and its idle time
/// at the store.
///
/// What has passed is the same for every courier, so it counts in [`left_behind`] only; otherwise
/// the oldest orders would look like the dearest ones.
fn cost(addition: &Addition, delivery: &DeliveryRow, policy: &Policy, now: Timestamp) -> i64 {
    let at = addition.dropoff.leaves_at;
    let door = seconds_until(delivery.ready_at.max(now), at);
    let late = seconds_until(delivery.promised_by.max(now), at);
    let seconds = f64::from(door.0)
        + policy.dispatch.late_weight * f64::from(late.0)
        + f64::from(addition.delay.0)
        + policy.dispatch.work_weight * f64::from(addition.work.0)
        + policy.dispatch.wait_weight * addition.wait_s as f64;
    in_tenths(seconds)
}

/// What it costs to leave a delivery to another round: it grows with its waiting, and faster once
/// its promise is broken.
pub(super) fn left_behind(delivery: &DeliveryRow, policy: &Policy, now: Timestamp) -> i64 {
    let waited = now.since(delivery.waiting_since.max(delivery.ready_at));
    let late = now.since(delivery.promised_by);
    in_tenths(f64::from(waited.0) + policy.dispatch.late_weight * f64::from(late.0))
}

fn in_tenths(seconds: f64) -> i64 {
    (seconds * TENTHS as f64).clamp(-DEAREST, DEAREST).round() as i64
}
