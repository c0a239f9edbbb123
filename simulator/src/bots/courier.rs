//! A courier: on duty by shift, answers offers, rides the route the city gives, waits at counters
//! and climbs stairs.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use dispatch::order::{DeclineReason, DeliveryStep, DropReason, FailureReason, ProofOfDelivery};
use vocabulary::{Chance, CourierId, DeliveryId, OfferId, Place, Seconds, Timestamp};

use super::Shared;
use super::counter::Visitor;
use super::phone::Phone;
use super::ride::{Leg, Whereabouts};
use crate::city::{Plane, Shift};
use crate::doors::{
    CourierView, Deed, Doors, OfferView, Ping, Seat, StopKind, StopView, TaskView, Watched,
};
use crate::people::{self, CourierAnswer, CourierBehavior, Habit};
use crate::town::midnight_before;

const PING_EVERY: Duration = Duration::from_secs(10);
/// Look at the screen again after this, even when it did not change.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a closed door: the city tries again by itself a little before.
const BEFORE_THE_NEXT_KNOCK: Duration = Duration::from_secs(310);
const HANDING_BACK: Duration = Duration::from_secs(60);

/// One courier to play.
pub struct CourierLife {
    pub courier: CourierId,
    pub name: String,
    pub home: Place,
    pub metres_per_second: f64,
    pub behavior: CourierBehavior,
    pub shifts: Shifts,
    pub chance: Chance,
}

/// When a courier works.
#[derive(Debug, Clone)]
pub enum Shifts {
    /// Every day at these hours.
    Daily(Vec<Shift>),
    /// Once, from and until.
    Once(Timestamp, Timestamp),
}

impl Shifts {
    /// The first stretch that has not ended.
    pub fn next(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Once(from, until) => (*until > now).then_some((*from, *until)),
            Self::Daily(shifts) => {
                let today = midnight_before(now);
                let yesterday = today.before(Seconds(86_400));
                let days = [yesterday, today, today.after(Seconds(86_400))];
                days.into_iter()
                    .flat_map(|day| {
                        shifts
                            .iter()
                            .map(move |shift| (day.after(shift.begins), day.after(shift.ends)))
                    })
                    .find(|(_, ends)| *ends > now)
            }
        }
    }
}

struct Rider<D> {
    stage: Shared<D>,
    courier: CourierId,
    name: String,
    metres_per_second: f64,
    behavior: Rc<Habit<CourierBehavior>>,
    phone: Rc<Phone<D>>,
    screen: Watched<CourierView>,
    whereabouts: RefCell<Whereabouts>,
    /// Until when new work is welcome; `None` off duty.
    on_duty_until: Cell<Option<Timestamp>>,
    /// What was announced and thought over, once each.
    announced: RefCell<BTreeSet<(DeliveryId, u32, &'static str)>>,
    chance: RefCell<Chance>,
}

/// Plays a courier for as long as the run lasts.
pub async fn run_courier<D: Doors>(stage: Shared<D>, life: CourierLife) {
    let CourierLife { courier, name, home, metres_per_second, behavior, shifts, mut chance } = life;
    stage.played.borrow_mut().insert(courier);
    let begins_at = stage.doors.last_seen(courier).await.unwrap_or(home);
    let at_peace = behavior.at_peace();
    let behavior = Rc::new(Habit::new(behavior, at_peace, stage.peace.clone()));
    let phone = Phone::new(Rc::clone(&stage), courier, Rc::clone(&behavior), chance.fork(1));
    let phone = Rc::new(phone);
    let rider = Rc::new(Rider {
        courier,
        name,
        metres_per_second: metres_per_second * behavior.haste,
        behavior,
        phone: Rc::clone(&phone),
        screen: stage.doors.watch_courier(courier),
        whereabouts: RefCell::new(Whereabouts::Standing(begins_at)),
        on_duty_until: Cell::new(None),
        announced: RefCell::default(),
        chance: RefCell::new(chance),
        stage,
    });
    tokio::task::spawn_local(phone.wander());
    tokio::task::spawn_local(Rc::clone(&rider).ping());
    tokio::task::spawn_local(Rc::clone(&rider).answer_offers());
    tokio::task::spawn_local(Rc::clone(&rider).follow_route());
    rider.keep_shifts(shifts).await;
}

impl<D: Doors> Rider<D> {
    fn place(&self) -> Place {
        self.whereabouts.borrow().place(self.stage.now())
    }

    async fn keep_shifts(self: Rc<Self>, shifts: Shifts) {
        self.end_an_earlier_shift(&shifts).await;
        while let Some((begins, ends)) = shifts.next(self.stage.now()) {
            self.stage.sleep_until(begins).await;
            let on_duty = Deed::GoOnDuty { courier: self.courier, shift_ends_at: Some(ends) };
            if self.phone.say(on_duty).await.is_err() {
                self.stage.sleep(LOOK_AGAIN).await;
                continue;
            }
            self.on_duty_until.set(Some(ends));
            self.report_position().await;
            self.stage.sleep_until(ends).await;
            self.finish_work().await;
            self.on_duty_until.set(None);
        }
    }

    /// Somebody whom an earlier run left on duty, and whose shift is over by now, still brings what
    /// is in hand to its doors.
    async fn end_an_earlier_shift(&self, shifts: &Shifts) {
        self.screen.clone().changed().await;
        let now = self.stage.now();
        let is_on_shift = shifts.next(now).is_some_and(|(begins, _)| begins <= now);
        if !is_on_shift && self.screen.read(|view| view.on_duty).unwrap_or_default() {
            self.on_duty_until.set(Some(now));
            self.finish_work().await;
            self.on_duty_until.set(None);
        }
    }

    /// Brings what is in hand to its doors, then goes home.
    async fn finish_work(&self) {
        let mut screen = self.screen.clone();
        loop {
            while self.screen.read(|view| !view.tasks.is_empty()).unwrap_or_default() {
                tokio::select! {
                    biased;
                    () = screen.changed() => {}
                    () = self.stage.sleep(LOOK_AGAIN) => {}
                }
            }
            if self.phone.say(Deed::GoOffDuty { courier: self.courier }).await.is_ok() {
                return;
            }
            self.stage.sleep(LOOK_AGAIN).await;
        }
    }

    async fn ping(self: Rc<Self>) {
        // Not all telephones of a city speak in the same second.
        let offset = self.chance.borrow_mut().below(10_000);
        self.stage.sleep(Duration::from_millis(offset)).await;
        loop {
            self.stage.sleep(PING_EVERY).await;
            let is_played = !self.stage.is_taken(Seat::Courier(self.courier));
            if is_played && self.on_duty_until.get().is_some() && self.phone.has_network() {
                self.report_position().await;
            }
        }
    }

    async fn report_position(&self) {
        let place = self.behavior.reported(self.place(), &mut self.chance.borrow_mut());
        let ping = Ping { place, at: self.stage.now() };
        self.stage.ledger.borrow_mut().traffic.positions_sent += 1;
        self.stage.doors.positions(self.courier, vec![ping]).await;
    }

    async fn answer_offers(self: Rc<Self>) {
        let mut screen = self.screen.clone();
        let mut seen: BTreeSet<OfferId> = BTreeSet::new();
        loop {
            screen.changed().await;
            self.phone.network().await;
            let offers = screen.read(|view| view.offers.clone()).unwrap_or_default();
            seen.retain(|known| offers.iter().any(|offer| offer.offer == *known));
            for offer in offers {
                if seen.insert(offer.offer) {
                    tokio::task::spawn_local(Rc::clone(&self).answer(offer));
                }
            }
        }
    }

    async fn answer(self: Rc<Self>, offer: OfferView) {
        let here = Plane::around(self.place());
        let away = here.spot(offer.pickup).distance(here.spot(self.place()));
        let answer = self.behavior.answer(away, &mut self.chance.borrow_mut());
        let (courier, offer) = (self.courier, offer.offer);
        let deed = match answer {
            CourierAnswer::Accepts { after } => {
                self.stage.sleep(after).await;
                Deed::AcceptOffer { courier, offer }
            }
            CourierAnswer::Declines { after, reason } => {
                self.stage.sleep(after).await;
                Deed::DeclineOffer { courier, offer, reason: decline_reason(reason) }
            }
            CourierAnswer::Silence => return,
        };
        // Too late is an answer that the screen shows as well.
        let _ = self.phone.say(deed).await;
    }

    async fn follow_route(self: Rc<Self>) {
        let mut screen = self.screen.clone();
        loop {
            while self.stage.is_taken(Seat::Courier(self.courier)) {
                self.stage.sleep(LOOK_AGAIN).await;
            }
            let Some((stop, task)) = self.next_stop() else {
                screen.changed().await;
                continue;
            };
            if !self.ride_to(&stop, &task, &mut screen).await {
                continue;
            }
            match stop.kind {
                StopKind::Pickup => self.collect(&task, &mut screen).await,
                StopKind::Dropoff => self.deliver(&task, &mut screen).await,
                StopKind::Return => self.bring_back(&task, &mut screen).await,
            }
        }
    }

    fn next_stop(&self) -> Option<(StopView, TaskView)> {
        self.screen
            .read(|view| {
                let stop = *view.stops.first()?;
                Some((stop, view.task(stop.delivery)?.clone()))
            })
            .flatten()
    }

    fn heads_for(&self, stop: &StopView) -> bool {
        self.screen.read(|view| view.stops.first() == Some(stop)).unwrap_or_default()
    }

    /// True when it got there; false when the route changed on the way.
    async fn ride_to(
        &self,
        stop: &StopView,
        task: &TaskView,
        screen: &mut Watched<CourierView>,
    ) -> bool {
        if stop.kind == StopKind::Pickup && self.gives_up(task).await {
            self.wait_until_gone(task, screen).await;
            return false;
        }
        self.set_out(stop.place, task.picked_up);
        let (step, word) = match stop.kind {
            StopKind::Pickup => (Some(DeliveryStep::EnRouteToPickup), "to_pickup"),
            StopKind::Dropoff => (Some(DeliveryStep::EnRouteToDropoff), "to_dropoff"),
            StopKind::Return => (None, "to_store"),
        };
        if let Some(step) = step {
            self.announce(task, step, word).await;
        }
        let arrival = match &*self.whereabouts.borrow() {
            Whereabouts::Standing(_) => self.stage.now(),
            Whereabouts::Riding(leg) => leg.arrives_at(),
        };
        loop {
            screen.mark_seen();
            if !self.heads_for(stop) {
                return false;
            }
            tokio::select! {
                biased;
                () = screen.changed() => {}
                () = self.stage.sleep_until(arrival) => break,
            }
        }
        self.stand_at(stop.place);
        true
    }

    /// Rides on when already on the way there.
    fn set_out(&self, to: Place, loaded: bool) {
        let now = self.stage.now();
        if let Whereabouts::Riding(leg) = &*self.whereabouts.borrow()
            && leg.to == to
        {
            return;
        }
        let here = self.place();
        self.count_ride(loaded);
        let way = self.stage.ways.route(here, to);
        let metres_per_second = self.metres_per_second;
        let leg = Leg { way, to, left_at: now, metres_per_second };
        *self.whereabouts.borrow_mut() = Whereabouts::Riding(leg);
    }

    fn stand_at(&self, place: Place) {
        let loaded = self.screen.read(CourierView::carries).unwrap_or_default();
        self.count_ride(loaded);
        *self.whereabouts.borrow_mut() = Whereabouts::Standing(place);
    }

    fn count_ride(&self, loaded: bool) {
        if let Whereabouts::Riding(leg) = &*self.whereabouts.borrow() {
            let metres = leg.ridden_m(self.stage.now());
            self.stage.ledger.borrow_mut().rode(&self.name, loaded, metres, leg.way.places());
        }
    }

    fn is_first_time(&self, task: &TaskView, word: &'static str) -> bool {
        self.announced.borrow_mut().insert((task.delivery, task.attempt, word))
    }

    async fn announce(&self, task: &TaskView, step: DeliveryStep, word: &'static str) {
        if self.is_first_time(task, word) {
            // The order of steps is the city's to guard; a step that comes too late is no harm.
            let _ = self.advance(task, step).await;
        }
    }

    async fn advance(&self, task: &TaskView, step: DeliveryStep) -> bool {
        let TaskView { order, delivery, attempt, .. } = *task;
        let courier = self.courier;
        self.phone.say(Deed::Advance { order, delivery, attempt, courier, step }).await.is_ok()
    }

    /// Thought over once for each delivery: a few are given up on the way to the store.
    async fn gives_up(&self, task: &TaskView) -> bool {
        if !self.is_first_time(task, "thought_over")
            || !self.behavior.drops_delivery(&mut self.chance.borrow_mut())
        {
            return false;
        }
        let TaskView { order, delivery, attempt, .. } = *task;
        let reason = DropReason::CourierDroppedOut;
        self.phone.say(Deed::Drop { order, delivery, attempt, reason }).await.is_ok()
    }

    async fn wait_until_gone(&self, task: &TaskView, screen: &mut Watched<CourierView>) {
        let is_there = || {
            let found = self.screen.read(|view| view.task(task.delivery).is_some());
            found.unwrap_or_default()
        };
        while is_there() {
            tokio::select! {
                biased;
                () = screen.changed() => {}
                () = self.stage.sleep(LOOK_AGAIN) => return,
            }
        }
    }

    /// At the counter until the bag is handed over or the delivery is taken away.
    async fn collect(&self, task: &TaskView, screen: &mut Watched<CourierView>) {
        self.announce(task, DeliveryStep::ArrivedAtPickup, "at_pickup").await;
        // Half of it is walking in, the other half the bag and the way back to the street.
        let takes = self.behavior.at_store.draw(&mut self.chance.borrow_mut()) / 2;
        self.stage.sleep(takes).await;
        let visitor = Visitor::Courier { courier: self.courier, takes };
        self.stage.counter.arrive(task.store, task.order, visitor);
        loop {
            screen.mark_seen();
            let waits = self.screen.read(|view| {
                view.task(task.delivery)
                    .is_some_and(|now| !now.picked_up && now.attempt == task.attempt)
            });
            if !waits.unwrap_or_default() {
                break;
            }
            screen.changed().await;
        }
        self.stage.counter.leave(task.store, task.order, self.courier);
    }

    async fn deliver(&self, task: &TaskView, screen: &mut Watched<CourierView>) {
        self.announce(task, DeliveryStep::ArrivedAtDropoff, "at_dropoff").await;
        let stairs = self.behavior.at_door.draw(&mut self.chance.borrow_mut()) / 2;
        self.stage.sleep(stairs).await;
        if self.behavior.finds_door_closed(&mut self.chance.borrow_mut()) {
            self.fail(task, screen).await;
            return;
        }
        let proof = ProofOfDelivery::HandedToPerson;
        self.advance(task, DeliveryStep::Delivered { proof }).await;
        self.stage.sleep(stairs).await;
        self.wait_until_gone(task, screen).await;
    }

    async fn fail(&self, task: &TaskView, screen: &mut Watched<CourierView>) {
        let TaskView { order, delivery, attempt, .. } = *task;
        let (courier, reason) = (self.courier, FailureReason::NobodyHome);
        let fail = Deed::Fail { order, delivery, attempt, courier, reason };
        if self.phone.say(fail).await.is_ok() {
            tokio::select! {
                biased;
                () = self.route_turns(delivery, screen) => {}
                () = self.stage.sleep(BEFORE_THE_NEXT_KNOCK) => {}
            }
        }
    }

    /// Until the door is no longer the next stop of a delivery.
    async fn route_turns(&self, delivery: DeliveryId, screen: &mut Watched<CourierView>) {
        let still = || {
            self.screen.read(|view| {
                view.stops
                    .iter()
                    .any(|stop| stop.delivery == delivery && stop.kind == StopKind::Dropoff)
            })
        };
        while still().unwrap_or_default() {
            screen.changed().await;
        }
    }

    async fn bring_back(&self, task: &TaskView, screen: &mut Watched<CourierView>) {
        self.stage.sleep(HANDING_BACK).await;
        let (order, delivery) = (task.order, task.delivery);
        let back = Deed::ReceiveBack { order, delivery };
        // The store takes it at its own counter, with its own screen.
        let _ = self.stage.act(Seat::Store(task.store), back).await;
        self.wait_until_gone(task, screen).await;
    }
}

fn decline_reason(reason: people::DeclineReason) -> DeclineReason {
    match reason {
        people::DeclineReason::TooFar | people::DeclineReason::WrongDirection => {
            DeclineReason::TooFar
        }
        people::DeclineReason::TooHeavy => DeclineReason::TooHeavy,
        people::DeclineReason::Battery => DeclineReason::VehicleTrouble,
        people::DeclineReason::EndingShift => DeclineReason::EndingShift,
        people::DeclineReason::StoreTooSlow => DeclineReason::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_shift_of_yesterday_still_lasts_in_the_morning() {
        let night = Shift { begins: Seconds(75_600), ends: Seconds(108_000) };
        let midnight = midnight_before(Timestamp::from_millis(1_790_000_000_000));
        let shifts = Shifts::Daily(vec![night]);
        let at_three = midnight.after(Seconds(10_800));
        let (begins, ends) = shifts.next(at_three).unwrap();
        assert_eq!(
            (begins, ends),
            (midnight.before(Seconds(10_800)), midnight.after(Seconds(21_600)))
        );
        let (begins, _) = shifts.next(ends).unwrap();
        assert_eq!(begins, midnight.after(Seconds(75_600)));
        assert_eq!(Shifts::Once(begins, begins).next(begins), None);
    }
}
