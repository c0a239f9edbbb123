//! A courier's stops with their times, and where one more delivery fits best.

use geo_index::{TravelMode, TravelTime};
use vocabulary::{DeliveryId, Place, Seconds, Timestamp};

use crate::courier::{Insertion, StopKind};
use crate::view::TaskRow;

/// Time spent at a stop besides waiting for goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    pub pickup: Seconds,
    pub dropoff: Seconds,
}

/// One stop and what has to be done there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Call {
    pub delivery: DeliveryId,
    pub kind: StopKind,
    pub place: Place,
    /// Nobody leaves a pickup before.
    pub ready_at: Timestamp,
    pub promised_by: Timestamp,
}

/// When a stop is reached and left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub travel: Seconds,
    pub arrives_at: Timestamp,
    /// For goods that are not ready.
    pub wait: Seconds,
    pub service: Seconds,
    /// The goods have changed hands.
    pub leaves_at: Timestamp,
}

/// A courier's way from where it is through its stops.
///
/// Trips are asked once, when it is built; looking for the best place of one more delivery asks
/// only for the trips to and from its two stops.
#[derive(Clone)]
pub struct Itinerary<'a> {
    start: Place,
    now: Timestamp,
    mode: TravelMode,
    service: Service,
    travel: &'a dyn TravelTime,
    calls: Vec<Call>,
    /// Trips between nodes, row by row: the start is node 0, the calls follow.
    trips: Vec<Seconds>,
    visits: Vec<Visit>,
}

/// What one more delivery does to an itinerary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addition {
    pub insertion: Insertion,
    pub pickup: Visit,
    pub dropoff: Visit,
    /// By how much deliveries already promised become later than they would be and than promised.
    pub broken: Seconds,
    /// Later hand-overs of the deliveries already there, summed.
    pub delay: Seconds,
    /// More time on the way and at stops.
    pub work: Seconds,
    /// More time waiting for goods; may be less than before.
    pub wait_s: i64,
}

impl Call {
    pub fn pickup(task: &TaskRow) -> Self {
        Self::of(task, StopKind::Pickup, task.pickup)
    }

    pub fn dropoff(task: &TaskRow) -> Self {
        Self::of(task, StopKind::Dropoff, task.dropoff)
    }

    pub fn bring_back(task: &TaskRow) -> Self {
        Self::of(task, StopKind::Return, task.pickup)
    }

    fn of(task: &TaskRow, kind: StopKind, place: Place) -> Self {
        Self {
            delivery: task.delivery,
            kind,
            place,
            ready_at: task.ready_at,
            promised_by: task.promised_by,
        }
    }

    /// Waiting and service of somebody who arrives at `at`, coming from `previous`.
    ///
    /// Several pickups at one counter are one service.
    fn visit(
        &self,
        previous: Option<&Call>,
        at: Timestamp,
        travel: Seconds,
        service: Service,
    ) -> Visit {
        let arrives_at = at.after(travel);
        let (wait, service) = match self.kind {
            StopKind::Pickup => {
                let same_counter = previous
                    .is_some_and(|call| call.kind == StopKind::Pickup && call.place == self.place);
                let service = if same_counter { Seconds::ZERO } else { service.pickup };
                (seconds_until(arrives_at, self.ready_at), service)
            }
            StopKind::Dropoff => (Seconds::ZERO, service.dropoff),
            StopKind::Return => (Seconds::ZERO, service.pickup),
        };
        let leaves_at = arrives_at.after(wait).after(service);
        Visit { travel, arrives_at, wait, service, leaves_at }
    }
}

/// Whole seconds from `from` until `until`, rounded up; zero when it has passed.
pub(crate) fn seconds_until(from: Timestamp, until: Timestamp) -> Seconds {
    let span = until.as_millis().saturating_sub(from.as_millis()).max(0);
    Seconds(u32::try_from(span.saturating_add(999) / 1_000).unwrap_or(u32::MAX))
}

/// Where on the way a stop stands: one that was there, or one of the new delivery.
#[derive(Clone, Copy)]
enum Node {
    Start,
    Old(usize),
    Pickup,
    Dropoff,
}

/// Trips to and from the two stops of a new delivery.
struct Detour {
    calls: [Call; 2],
    to_pickup: Vec<Seconds>,
    from_pickup: Vec<Seconds>,
    to_dropoff: Vec<Seconds>,
    from_dropoff: Vec<Seconds>,
    between: Seconds,
}

impl<'a> Itinerary<'a> {
    pub fn new(
        calls: Vec<Call>,
        start: Place,
        now: Timestamp,
        mode: TravelMode,
        service: Service,
        travel: &'a dyn TravelTime,
    ) -> Self {
        let mut itinerary = Self {
            start,
            now,
            mode,
            service,
            travel,
            calls,
            trips: Vec::new(),
            visits: Vec::new(),
        };
        itinerary.trips = itinerary.all_trips();
        itinerary.visits = itinerary.walk();
        itinerary
    }

    /// One for each call, in order.
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Where the courier is when everything is done.
    pub fn end(&self) -> Place {
        self.calls.last().map_or(self.start, |call| call.place)
    }

    /// When the goods of this delivery change hands at its last stop.
    pub fn done_at(&self, delivery: DeliveryId) -> Option<Timestamp> {
        let last = self.calls.iter().rposition(|call| call.delivery == delivery)?;
        self.visits.get(last).map(|visit| visit.leaves_at)
    }

    /// The best place for one more delivery: fewest seconds of promises already carried broken, then
    /// of its own, then the earliest hand-overs of all together with the courier's time, then the
    /// earliest places.
    ///
    /// The stop the courier is heading for stays first.
    pub fn best_insertion(&self, task: &TaskRow) -> Addition {
        let detour = self.detour(task);
        let stops = self.calls.len();
        let first = stops.min(1);
        let mut best = self.add(&detour, Insertion { pickup_stop: stops, dropoff_stop: stops + 1 });
        for pickup_stop in first..=stops {
            for dropoff_stop in pickup_stop + 1..=stops + 1 {
                let addition = self.add(&detour, Insertion { pickup_stop, dropoff_stop });
                if self.rank(task, &addition) < self.rank(task, &best) {
                    best = addition;
                }
            }
        }
        best
    }

    fn rank(&self, task: &TaskRow, addition: &Addition) -> (Seconds, Seconds, i64, Insertion) {
        let late = seconds_until(task.promised_by, addition.dropoff.leaves_at);
        let door = seconds_until(self.now, addition.dropoff.leaves_at);
        let time = i64::from(door.0)
            + i64::from(addition.delay.0)
            + i64::from(addition.work.0)
            + addition.wait_s;
        (addition.broken, late, time, addition.insertion)
    }

    fn all_trips(&self) -> Vec<Seconds> {
        if self.calls.is_empty() {
            return Vec::new();
        }
        let to: Vec<Place> = self.calls.iter().map(|call| call.place).collect();
        let from: Vec<Place> = std::iter::once(self.start).chain(to.iter().copied()).collect();
        let table = self.travel.table(&from, &to, self.mode, self.now);
        (0..from.len()).flat_map(|origin| table.row(origin)).map(|trip| trip.time).collect()
    }

    /// From node `from` (0 is the start) to call `to`.
    fn trip(&self, from: usize, to: usize) -> Seconds {
        self.trips.get(from * self.calls.len() + to).copied().unwrap_or_default()
    }

    fn walk(&self) -> Vec<Visit> {
        let mut at = self.now;
        let mut previous = None;
        let mut visits = Vec::with_capacity(self.calls.len());
        for (index, call) in self.calls.iter().enumerate() {
            let visit = call.visit(previous, at, self.trip(index, index), self.service);
            at = visit.leaves_at;
            previous = Some(call);
            visits.push(visit);
        }
        visits
    }

    fn time(&self, from: Place, to: Place) -> Seconds {
        self.travel.travel(from, to, self.mode, self.now).time
    }

    fn detour(&self, task: &TaskRow) -> Detour {
        let (pickup, dropoff) = (task.pickup, task.dropoff);
        let calls = [Call::pickup(task), Call::dropoff(task)];
        let between = self.time(pickup, dropoff);
        if self.calls.is_empty() {
            let to_pickup = vec![self.time(self.start, pickup)];
            let (from_pickup, to_dropoff, from_dropoff) = Default::default();
            return Detour { calls, to_pickup, from_pickup, to_dropoff, from_dropoff, between };
        }
        let old: Vec<Place> = self.calls.iter().map(|call| call.place).collect();
        let new = [pickup, dropoff];
        let to = self.travel.table(&old, &new, self.mode, self.now);
        let from = self.travel.table(&new, &old, self.mode, self.now);
        let into = |stop| {
            let trips = (0..old.len()).filter_map(|node| to.get(node, stop));
            trips.map(|trip| trip.time).collect::<Vec<_>>()
        };
        let out_of = |stop| from.row(stop).iter().map(|trip| trip.time).collect();
        // The stop the courier is heading for stays first: nothing is inserted before it.
        Detour {
            calls,
            to_pickup: [vec![Seconds::ZERO], into(0)].concat(),
            from_pickup: out_of(0),
            to_dropoff: into(1),
            from_dropoff: out_of(1),
            between,
        }
    }

    fn add(&self, detour: &Detour, insertion: Insertion) -> Addition {
        let [pickup, dropoff] = &detour.calls;
        let Insertion { pickup_stop, dropoff_stop } = insertion;
        let mut tally = Tally::new(self, detour);
        for old in 0..pickup_stop {
            tally.old_stop(old);
        }
        let pickup_visit = tally.step(Node::Pickup, pickup);
        for old in pickup_stop..dropoff_stop.saturating_sub(1) {
            tally.old_stop(old);
        }
        let dropoff_visit = tally.step(Node::Dropoff, dropoff);
        for old in dropoff_stop.saturating_sub(1)..self.calls.len() {
            tally.old_stop(old);
        }
        tally.result(insertion, pickup_visit, dropoff_visit)
    }
}

/// Walks a changed itinerary and sums what changes.
struct Tally<'a> {
    itinerary: &'a Itinerary<'a>,
    detour: &'a Detour,
    node: Node,
    previous: Option<&'a Call>,
    at: Timestamp,
    broken: Seconds,
    delay: Seconds,
    work: Seconds,
    wait: Seconds,
}

impl<'a> Tally<'a> {
    fn new(itinerary: &'a Itinerary<'a>, detour: &'a Detour) -> Self {
        Self {
            itinerary,
            detour,
            node: Node::Start,
            previous: None,
            at: itinerary.now,
            broken: Seconds::ZERO,
            delay: Seconds::ZERO,
            work: Seconds::ZERO,
            wait: Seconds::ZERO,
        }
    }

    fn trip_to(&self, to: Node) -> Seconds {
        let detour = self.detour;
        let at = |trips: &[Seconds], index: usize| trips.get(index).copied().unwrap_or_default();
        match (self.node, to) {
            (Node::Start, Node::Old(to)) => self.itinerary.trip(0, to),
            (Node::Old(from), Node::Old(to)) => self.itinerary.trip(from + 1, to),
            (Node::Start, Node::Pickup) => at(&detour.to_pickup, 0),
            (Node::Old(from), Node::Pickup) => at(&detour.to_pickup, from + 1),
            (Node::Old(from), Node::Dropoff) => at(&detour.to_dropoff, from),
            (Node::Pickup, Node::Old(to)) => at(&detour.from_pickup, to),
            (Node::Pickup, Node::Dropoff) => detour.between,
            (Node::Dropoff, Node::Old(to)) => at(&detour.from_dropoff, to),
            // The pickup comes before its drop-off and nothing leads back to the start.
            (Node::Start | Node::Dropoff, Node::Dropoff)
            | (Node::Pickup | Node::Dropoff, Node::Pickup)
            | (Node::Start | Node::Old(_) | Node::Pickup | Node::Dropoff, Node::Start) => {
                Seconds::ZERO
            }
        }
    }

    fn step(&mut self, node: Node, call: &'a Call) -> Visit {
        let trip = self.trip_to(node);
        let visit = call.visit(self.previous, self.at, trip, self.itinerary.service);
        self.node = node;
        self.previous = Some(call);
        self.at = visit.leaves_at;
        self.work = self.work.saturating_add(visit.travel).saturating_add(visit.service);
        self.wait = self.wait.saturating_add(visit.wait);
        visit
    }

    fn old_stop(&mut self, index: usize) {
        let itinerary = self.itinerary;
        let (Some(call), Some(before)) = (itinerary.calls.get(index), itinerary.visits.get(index))
        else {
            return;
        };
        let visit = self.step(Node::Old(index), call);
        match call.kind {
            StopKind::Dropoff => {
                let excused = call.promised_by.max(before.leaves_at);
                let broken = seconds_until(excused, visit.leaves_at);
                let delay = seconds_until(before.leaves_at, visit.leaves_at);
                self.broken = self.broken.saturating_add(broken);
                self.delay = self.delay.saturating_add(delay);
            }
            StopKind::Pickup | StopKind::Return => {}
        }
    }

    fn result(self, insertion: Insertion, pickup: Visit, dropoff: Visit) -> Addition {
        let before = &self.itinerary.visits;
        let work = before.iter().fold(Seconds::ZERO, |sum, visit| {
            sum.saturating_add(visit.travel).saturating_add(visit.service)
        });
        let wait = before.iter().fold(Seconds::ZERO, |sum, visit| sum.saturating_add(visit.wait));
        Addition {
            insertion,
            pickup,
            dropoff,
            broken: self.broken,
            delay: self.delay,
            work: self.work.saturating_sub(work),
            wait_s: i64::from(self.wait.0) - i64::from(wait.0),
        }
    }
}
