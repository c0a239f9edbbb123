//! A generated city's day in the public format.

use super::{Day, DayCourier, DayOrder, DayRestaurant, Parameters};
use crate::city::{City, Demand, OrderIntent, Plane, Reach, Shift, Spot, Store};

/// Minutes are counted from midnight; a shift that passes the next one keeps counting.
const MINUTES_PER_DAY: u64 = 1_440;

impl Day {
    /// The deliveries of one day of a city. Every order is pinned to the open store nearest to the
    /// door, since the format has one restaurant for each; pickups and parcels are left out. A
    /// courier with two shifts becomes two couriers.
    pub fn of_city(city: &City, day: u32) -> Self {
        let plane = Plane::around(city.spec.center);
        let metres = |place| {
            let spot: Spot = plane.spot(place);
            Spot::new(spot.x.round(), spot.y.round())
        };
        let restaurants = city
            .stores
            .iter()
            .map(|store| DayRestaurant {
                name: name('r', store.number.0 as usize),
                at: metres(store.place()),
            })
            .collect();
        let orders = Demand::new(city)
            .day(day)
            .iter()
            .filter(|intent| intent.reach == Reach::Delivery)
            .filter_map(|intent| {
                let door = metres(intent.door.place);
                let store = nearest_open(city, &plane, door, intent)?;
                let placed_minute = (intent.at_ms / 60_000 % MINUTES_PER_DAY) as u32;
                let packing = store.packing.per_order.0
                    + store.packing.per_line.0 * intent.lines.len() as u32;
                Some((
                    door,
                    placed_minute,
                    store.number.0 as usize,
                    placed_minute + packing.div_ceil(60),
                ))
            })
            .enumerate()
            .map(|(position, (door, placed_minute, restaurant, ready_minute))| DayOrder {
                name: name('o', position),
                door,
                placed_minute,
                restaurant,
                ready_minute,
            })
            .collect();
        let couriers = city
            .couriers
            .iter()
            .flat_map(|courier| courier.shifts.iter().map(move |shift| (courier, shift)))
            .enumerate()
            .map(|(position, (courier, shift))| on_duty(position, metres(courier.home), shift))
            .collect();
        Self { orders, restaurants, couriers, parameters: rules(city) }
    }
}

fn nearest_open<'a>(
    city: &'a City,
    plane: &Plane,
    door: Spot,
    intent: &OrderIntent,
) -> Option<&'a Store> {
    let second = vocabulary::Seconds((intent.at_ms / 1_000 % 86_400) as u32);
    let away = |store: &Store| plane.spot(store.place()).distance(door);
    city.stores
        .iter()
        .filter(|store| store.hours.include(second))
        .min_by(|one, other| away(one).total_cmp(&away(other)))
}

fn on_duty(position: usize, start: Spot, shift: &Shift) -> DayCourier {
    DayCourier {
        name: name('c', position),
        start,
        on_minute: shift.begins.0 / 60,
        off_minute: shift.ends.0 / 60,
    }
}

/// The service times, targets and pay of the published days; the speed of this city's couriers.
fn rules(city: &City) -> Parameters {
    let speeds: f64 = city.couriers.iter().map(|courier| courier.metres_per_minute).sum();
    Parameters {
        metres_per_minute: (speeds / city.couriers.len().max(1) as f64).round().max(1.0),
        pickup_service_minutes: 4,
        dropoff_service_minutes: 4,
        target_click_to_door_minutes: 40,
        maximum_click_to_door_minutes: 90,
        pay_per_order: 10.0,
        guaranteed_pay_per_hour: 15.0,
    }
}

/// `o1`, `r1`, `c1` …
fn name(kind: char, position: usize) -> String {
    format!("{kind}{}", position + 1)
}
