//! Which courier is asked about which delivery: each round over everything that waits, by one of
//! several planners that the policy chooses from.
//!
//! A round only proposes. The courier answers and the order grants; what changed meanwhile is
//! theirs to notice.

pub mod assignment;
mod bid;
mod follow;
mod reach;
mod seat;
pub mod shadow;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vocabulary::{CourierId, DeliveryId, OrderId, Seconds, Timestamp};

use crate::Policy;
use crate::order::Proposal;
use crate::policy::RoundPlanner;
use crate::trips;
use crate::view::{CityView, DeliveryRow};

use assignment::Row;
use bid::Bid;
use reach::Reach;
use seat::Seat;

/// What one round proposes, and why the rest waits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Round {
    pub at: Timestamp,
    /// By delivery.
    pub offerings: Vec<Offering>,
    /// By delivery: those that wait for another round.
    pub unserved: Vec<(DeliveryId, Unserved)>,
    /// Where couriers without work had better wait, from planners that know.
    pub advice: Vec<trips::Advice>,
}

/// For [`crate::order::OrderCommand::OfferDelivery`].
#[derive(Debug, Clone, PartialEq)]
pub struct Offering {
    pub order: OrderId,
    pub delivery: DeliveryId,
    pub attempt: u32,
    pub proposals: Vec<Proposal>,
    /// Chosen by hand.
    pub forced: bool,
}

/// Why a delivery was not offered in this round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unserved {
    /// Whoever went now would wait too long for the goods.
    TooEarly { look_from: Timestamp },
    /// Nobody who may take it is within the radius of this round.
    NobodyNear,
    /// Somebody is near, but too loaded, ending the shift, or bound by a promise.
    NobodyFits { looked_at: u32 },
    /// Every candidate is worth more elsewhere in this round.
    Outbid { candidates: u32 },
    /// The forced or pinned courier cannot take it now.
    ChosenUnavailable { courier: CourierId },
}

/// Plans round after round.
///
/// Only trips remember anything from one round to the next, and nothing that would be missed after
/// a restart.
#[derive(Debug, Clone, Default)]
pub struct Rounds {
    trips: trips::Planner,
}

impl Rounds {
    /// Plans one round over the pool of the city, by the planner that the policy names. Equal views
    /// give equal rounds after equal ones.
    pub fn plan(&mut self, view: &CityView, policy: &Policy, now: Timestamp) -> Round {
        let question = Question { view, policy, now };
        let mut round = Round { at: now, ..Round::default() };
        let busy_by_hand = question.by_hand(&mut round);
        match policy.dispatch.planner {
            RoundPlanner::Greedy => question.assign(&busy_by_hand, assignment::in_turn, &mut round),
            RoundPlanner::Assignment => {
                question.assign(&busy_by_hand, assignment::assign, &mut round);
            }
            RoundPlanner::Trips => {
                let plan = self.trips.plan(view, policy, now);
                question.follow(plan, &busy_by_hand, &mut round);
            }
        }
        round.offerings.sort_by_key(|offering| offering.delivery);
        round.unserved.sort_by_key(|(delivery, _)| *delivery);
        round
    }
}

/// One round by itself.
pub fn plan_round(view: &CityView, policy: &Policy, now: Timestamp) -> Round {
    Rounds::default().plan(view, policy, now)
}

fn forced(view: &CityView) -> impl Iterator<Item = (&DeliveryRow, CourierId)> {
    let rows = view.pool().values().map(Arc::as_ref);
    rows.filter_map(|delivery| Some((delivery, delivery.forced?)))
}

/// What a round looks at.
#[derive(Clone, Copy)]
struct Question<'a> {
    view: &'a CityView,
    policy: &'a Policy,
    now: Timestamp,
}

/// A delivery with everybody who could take it now.
struct Wish<'a> {
    delivery: &'a DeliveryRow,
    /// By seat; never empty.
    bids: Vec<(usize, Bid)>,
}

impl<'a> Question<'a> {
    /// A hand's choice is not weighed against others: only a free slot is needed.
    fn force(&self, delivery: &DeliveryRow, courier: CourierId) -> Option<Offering> {
        let seat = Seat::forced(self, courier, delivery)?;
        let bid = Bid::forced(&seat, delivery, self);
        let because = format!("chosen by hand; {}", bid.in_words(&seat, delivery));
        Some(offer(delivery, courier, &bid, because, true))
    }

    /// What people decided, and who is busy with it.
    fn by_hand(&self, round: &mut Round) -> BTreeSet<CourierId> {
        let mut busy = BTreeSet::new();
        for (delivery, courier) in forced(self.view) {
            match self.force(delivery, courier).filter(|_| busy.insert(courier)) {
                Some(offering) => round.offerings.push(offering),
                None => {
                    let why = Unserved::ChosenUnavailable { courier };
                    round.unserved.push((delivery.delivery, why));
                }
            }
        }
        busy
    }

    /// Everything else: one assignment over all that waits.
    fn assign(
        &self,
        busy_by_hand: &BTreeSet<CourierId>,
        choose: fn(&[Row]) -> Vec<Option<usize>>,
        round: &mut Round,
    ) {
        let waiting = self.view.pool().values().filter(|delivery| delivery.forced.is_none());
        let seats = Seat::all(self, busy_by_hand);
        let reach = Reach::new(&seats, self.policy);
        let mut wishes = Vec::new();
        for delivery in waiting {
            match self.wish(delivery, &seats, &reach) {
                Ok(wish) => wishes.push(wish),
                Err(why) => round.unserved.push((delivery.delivery, why)),
            }
        }
        let rows: Vec<Row> = wishes.iter().map(|wish| wish.row(self)).collect();
        for (wish, seat) in wishes.iter().zip(choose(&rows)) {
            match wish.outcome(seat, &seats, self) {
                Ok(offering) => round.offerings.push(offering),
                Err(why) => round.unserved.push((wish.delivery.delivery, why)),
            }
        }
    }

    fn wish(
        &self,
        delivery: &'a DeliveryRow,
        seats: &[Seat<'_>],
        reach: &Reach,
    ) -> Result<Wish<'a>, Unserved> {
        let near = match self.pinned(delivery) {
            Some(courier) => reach.only(courier, delivery, seats, self),
            None => reach.near(delivery, seats, self),
        };
        let bids: Vec<(usize, Bid)> = near
            .iter()
            .filter_map(|index| Some((*index, Bid::of(seats.get(*index)?, delivery, self)?)))
            .collect();
        if let Some(look_from) = self.looks_from(delivery, &bids) {
            return Err(Unserved::TooEarly { look_from });
        }
        if !bids.is_empty() {
            return Ok(Wish { delivery, bids });
        }
        Err(match (self.pinned(delivery), u32::try_from(near.len())) {
            (Some(courier), _) => Unserved::ChosenUnavailable { courier },
            (None, Ok(0)) => Unserved::NobodyNear,
            (None, looked_at) => Unserved::NobodyFits { looked_at: looked_at.unwrap_or(u32::MAX) },
        })
    }

    /// When a delivery joins the rounds, if that is later: so long before its goods are ready, and
    /// the way of whoever could be there first before that.
    fn looks_from(&self, delivery: &DeliveryRow, bids: &[(usize, Bid)]) -> Option<Timestamp> {
        let soonest = bids.iter().map(|(_, bid)| bid.arrives_at()).min().unwrap_or(self.now);
        let look_ahead = Seconds(self.policy.dispatch.look_ahead_s);
        let look_from = delivery.ready_at.before(look_ahead).before(soonest.since(self.now));
        (look_from > self.now).then_some(look_from)
    }

    /// A pin that has run out is no pin.
    fn pinned(&self, delivery: &DeliveryRow) -> Option<CourierId> {
        let (courier, until) = delivery.pinned?;
        (self.now < until).then_some(courier)
    }
}

impl Wish<'_> {
    fn row(&self, question: &Question<'_>) -> Row {
        Row {
            candidates: self.bids.iter().map(|(seat, bid)| (*seat, bid.cost)).collect(),
            unassigned: bid::left_behind(self.delivery, question.policy, question.now),
        }
    }

    /// Whoever got it is asked now, or kept for it until it is time to go: somebody far who would
    /// arrive just in time is not sent while somebody near is held back.
    fn outcome(
        &self,
        seat: Option<usize>,
        seats: &[Seat<'_>],
        question: &Question<'_>,
    ) -> Result<Offering, Unserved> {
        let chosen = seat.and_then(|chosen| {
            let (_, bid) = self.bids.iter().find(|(seat, _)| *seat == chosen)?;
            Some((chosen, seats.get(chosen)?, bid))
        });
        let Some((index, seat, bid)) = chosen else {
            let candidates = u32::try_from(self.bids.len()).unwrap_or(u32::MAX);
            return Err(Unserved::Outbid { candidates });
        };
        if let Some(look_from) = bid.ask_from(self.delivery, question) {
            return Err(Unserved::TooEarly { look_from });
        }
        let words = bid.in_words(seat, self.delivery);
        let because = format!("{words}; {}", self.others(index, seats));
        Ok(offer(self.delivery, seat.courier, bid, because, false))
    }

    /// Who else could have come, cheapest first.
    fn others(&self, chosen: usize, seats: &[Seat<'_>]) -> String {
        const NAMED: usize = 3;
        let own = self.bids.iter().find(|(seat, _)| *seat == chosen).map_or(0, |(_, bid)| bid.cost);
        let mut others: BTreeMap<(i64, usize), CourierId> = self
            .bids
            .iter()
            .filter(|(index, _)| *index != chosen)
            .filter_map(|(index, bid)| Some(((bid.cost, *index), seats.get(*index)?.courier)))
            .collect();
        let mut words = format!("{} could come", others.len() + 1);
        for _ in 0..NAMED {
            let Some(((cost, _), courier)) = others.pop_first() else { break };
            let more = (cost - own) / bid::TENTHS;
            words.push_str(&match more {
                0 => format!(", {courier} costs the same"),
                1.. => format!(", {courier} costs {more} s more"),
                _ => format!(", {courier} costs {} s less but is wanted elsewhere", -more),
            });
        }
        words
    }
}

fn offer(
    delivery: &DeliveryRow,
    courier: CourierId,
    bid: &Bid,
    because: String,
    forced: bool,
) -> Offering {
    let proposal =
        Proposal { courier, pickup_at: bid.pickup_at(), dropoff_at: bid.dropoff_at(), because };
    Offering {
        order: delivery.order,
        delivery: delivery.delivery,
        attempt: delivery.attempt,
        proposals: vec![proposal],
        forced,
    }
}

#[cfg(test)]
mod tests;
