//! A day, minute by minute: what is known goes into the city's view, the planner plans, and what
//! must begin now is begun.

use std::collections::BTreeMap;
use std::time::Duration;

use dispatch::Policy;
use dispatch::courier::Availability;
use dispatch::policy::TripsPolicy;
use dispatch::trips::{Advice, Plan, Planner, Trip};
use dispatch::view::{Bound, CityView, CourierRow, DeliveryRow};
use geo_index::TravelMode;
use vocabulary::{CourierId, DeliveryId, FulfillmentOrderId, Grams, OrderId, StoreId};

use super::effort;
use super::knowledge::{Knowledge, ReadyTimes};
use super::rules::{self, Straight, at, before, minute};
use super::solution::{Assignment, Move, Served, Solution, Stand};
use crate::city::Spot;
use crate::mdrp::{Day, DayCourier};

/// A courier is planned with from so many minutes before the shift begins.
const FORESEEN_MINUTES: u32 = 30;
/// One round a minute, the format's grain.
const ROUND_MINUTES: usize = 1;

/// A day played to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    pub solution: Solution,
    pub decisions: u32,
    /// Processor time on this machine.
    pub slowest_decision: Duration,
}

/// How days are played.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Setting {
    pub ready_times: ReadyTimes,
    pub trips: TripsPolicy,
}

/// Plays one day. Equal days under equal settings give equal solutions.
pub fn play(day: &Day, setting: &Setting) -> Trial {
    let mut stage = Stage::new(day, setting);
    let first = day.orders.iter().map(|order| order.placed_minute).min().unwrap_or_default();
    let last = day.couriers.iter().map(|courier| courier.off_minute).max().unwrap_or_default();
    for now in (first..=last).step_by(ROUND_MINUTES) {
        stage.minute(now);
    }
    Trial { solution: stage.solution, decisions: stage.decisions, slowest_decision: stage.slowest }
}

struct Stage<'a> {
    day: &'a Day,
    knowledge: Knowledge,
    policy: Policy,
    planner: Planner,
    view: CityView,
    /// Orders by placing; those before `next` have been placed.
    arrivals: Vec<usize>,
    next: usize,
    riders: Vec<Rider>,
    solution: Solution,
    decisions: u32,
    slowest: Duration,
}

/// Where a courier is bound for, and when it is free there.
#[derive(Clone, Copy)]
struct Rider {
    stand: Stand,
    free_minute: u32,
}

impl<'a> Stage<'a> {
    fn new(day: &'a Day, setting: &Setting) -> Self {
        let mut arrivals: Vec<usize> = (0..day.orders.len()).collect();
        arrivals.sort_by_key(|order| day.orders.get(*order).map(|order| order.placed_minute));
        let start =
            |courier: &DayCourier| Rider { stand: Stand::Start, free_minute: courier.on_minute };
        Self {
            day,
            knowledge: Knowledge::new(day, setting.ready_times),
            policy: rules::policy(&day.parameters, &setting.trips),
            planner: Planner::default(),
            view: CityView::new(rules::place(Spot::default()), Box::new(Straight::of(day))),
            arrivals,
            next: 0,
            riders: day.couriers.iter().map(start).collect(),
            solution: Solution { served: vec![None; day.orders.len()], ..Solution::default() },
            decisions: 0,
            slowest: Duration::ZERO,
        }
    }

    fn minute(&mut self, now: u32) {
        self.show_couriers(now);
        self.show_orders(now);
        let began = effort::spent();
        let plan = self.planner.plan(&self.view, &self.policy, at(now));
        self.slowest = self.slowest.max(effort::spent().saturating_sub(began));
        self.decisions += 1;
        self.begin(&plan, now);
    }

    /// Who works, or soon will, and where each is free.
    fn show_couriers(&mut self, now: u32) {
        for (index, courier) in self.day.couriers.iter().enumerate() {
            let id = courier_id(index);
            if courier.off_minute < now {
                self.view.remove_courier(id);
                continue;
            }
            let Some(rider) = self.riders.get(index).copied() else { continue };
            if courier.on_minute <= now + FORESEEN_MINUTES {
                let place = rules::place(rider.stand.spot(self.day, index));
                self.view.put_courier(id, row(courier, now));
                self.view.bind_courier(id, Bound { place, at: at(rider.free_minute) });
            }
        }
    }

    /// New orders, and what is now known of the others' ready times.
    fn show_orders(&mut self, now: u32) {
        while let Some(order) = self.arrivals.get(self.next).copied() {
            let Some(known) = self.day.orders.get(order) else { break };
            if known.placed_minute > now {
                break;
            }
            self.next += 1;
            let Some(restaurant) = self.day.restaurant(known) else { continue };
            let maximum = self.day.parameters.maximum_click_to_door_minutes;
            self.view.put_delivery(DeliveryRow {
                order: OrderId::from_bits(order as u128),
                delivery: delivery_id(order),
                fulfillment_order: FulfillmentOrderId::from_bits(order as u128),
                attempt: 1,
                store: store_id(known.restaurant),
                pickup: rules::place(restaurant.at),
                dropoff: rules::place(known.door),
                weight: Grams(0),
                ready_at: at(self.knowledge.ready_minute(known, now)),
                promised_by: at(known.placed_minute + maximum),
                waiting_since: at(known.placed_minute),
                rounds: 0,
                excluded: Default::default(),
                pinned: None,
                forced: None,
            });
        }
        self.correct_ready_times(now);
    }

    fn correct_ready_times(&mut self, now: u32) {
        let corrected: Vec<DeliveryRow> = self
            .view
            .pool()
            .values()
            .filter_map(|row| {
                let order = self.day.orders.get(index_of(row.delivery))?;
                let ready_at = at(self.knowledge.ready_minute(order, now));
                (ready_at != row.ready_at)
                    .then(|| DeliveryRow { ready_at, ..DeliveryRow::clone(row) })
            })
            .collect();
        for row in corrected {
            self.view.put_delivery(row);
        }
    }

    fn begin(&mut self, plan: &Plan, now: u32) {
        let advice: BTreeMap<CourierId, &Advice> =
            plan.advice.iter().map(|advice| (advice.courier, advice)).collect();
        for (index, courier) in self.day.couriers.iter().enumerate() {
            let Some(rider) = self.riders.get(index).copied() else { continue };
            let works = courier.on_minute <= now && now <= courier.off_minute;
            if !works || rider.free_minute > now {
                continue;
            }
            let trip = plan.trips.get(&courier_id(index)).and_then(|trips| trips.first());
            match (trip, advice.get(&courier_id(index))) {
                (Some(trip), _) => self.follow(index, rider, trip, now),
                (None, Some(advice)) => self.drive(index, rider, store_index(advice.store), now),
                (None, None) => {}
            }
        }
    }

    /// Sets out for the restaurant when it is time, and picks up once everything is there.
    fn follow(&mut self, courier: usize, rider: Rider, trip: &Trip, now: u32) {
        let restaurant = store_index(trip.store);
        if rider.stand != Stand::Restaurant(restaurant) {
            if trip.leave_at <= at(now) {
                self.drive(courier, rider, restaurant, now);
            }
            return;
        }
        let orders: Vec<usize> =
            trip.doors.iter().map(|(delivery, _)| index_of(*delivery)).collect();
        let is_ready = |order: &usize| {
            self.day.orders.get(*order).is_some_and(|order| order.ready_minute <= now)
        };
        if minute(trip.pickup_at) == now && orders.iter().all(is_ready) {
            self.pick_up(courier, restaurant, orders, now);
        }
    }

    /// Bound for a restaurant from now on; nothing has been promised to it yet.
    fn drive(&mut self, courier: usize, rider: Rider, restaurant: usize, now: u32) {
        let to = Stand::Restaurant(restaurant);
        let arrives = self.go(courier, rider.stand, to, now);
        self.settle(courier, to, arrives);
    }

    fn pick_up(&mut self, courier: usize, restaurant: usize, orders: Vec<usize>, now: u32) {
        let parameters = &self.day.parameters;
        let (pickup, dropoff) =
            (parameters.pickup_service_minutes, parameters.dropoff_service_minutes);
        let mut leaves = now + pickup - before(pickup);
        let mut stand = Stand::Restaurant(restaurant);
        for order in &orders {
            let door = Stand::Door(*order);
            let arrives = self.go(courier, stand, door, leaves);
            let dropoff_minute = arrives + before(dropoff);
            if let Some(served) = self.solution.served.get_mut(*order) {
                *served = Some(Served { courier, pickup_minute: now, dropoff_minute });
            }
            self.view.remove_delivery(delivery_id(*order));
            (stand, leaves) = (door, arrives + dropoff);
        }
        self.solution.assignments.push(Assignment { minute: now, courier, orders });
        self.settle(courier, stand, leaves);
    }

    /// Notes a move and says when it ends.
    fn go(&mut self, courier: usize, from: Stand, to: Stand, leaves_minute: u32) -> u32 {
        self.solution.moves.push(Move { courier, leaves_minute, from, to });
        let (from, to) = (from.spot(self.day, courier), to.spot(self.day, courier));
        leaves_minute + self.day.travel_minutes(from, to)
    }

    fn settle(&mut self, courier: usize, stand: Stand, free_minute: u32) {
        if let Some(rider) = self.riders.get_mut(courier) {
            *rider = Rider { stand, free_minute };
        }
    }
}

/// The format bounds neither how many nor how heavy.
fn row(courier: &DayCourier, now: u32) -> CourierRow {
    CourierRow {
        mode: TravelMode::Car,
        capacity: u32::MAX,
        max_weight: Grams(u32::MAX),
        availability: if courier.on_minute <= now {
            Availability::Idle
        } else {
            Availability::OffDuty
        },
        shift_ends_at: Some(at(courier.off_minute)),
        tasks: Vec::new(),
        stops: Vec::new(),
        offered: Vec::new(),
        live_offers: 0,
        cool_downs: BTreeMap::new(),
    }
}

fn courier_id(index: usize) -> CourierId {
    CourierId::from_bits(index as u128)
}

fn store_id(index: usize) -> StoreId {
    StoreId::from_bits(index as u128)
}

fn store_index(store: StoreId) -> usize {
    usize::try_from(store.bits()).unwrap_or(usize::MAX)
}

fn delivery_id(order: usize) -> DeliveryId {
    DeliveryId::from_bits(order as u128)
}

fn index_of(delivery: DeliveryId) -> usize {
    usize::try_from(delivery.bits()).unwrap_or(usize::MAX)
}
