//! Days of orders in the public format of the meal delivery routing problem: a folder of tab
//! separated tables. Reads them, writes them, lays them over a real place and hour, and makes one
//! from a generated city.
//!
//! This room never plays a day and never judges a solution.

mod anchor;
mod error;
mod from_city;
mod read;
mod table;
mod write;

use crate::city::Spot;

pub use anchor::Anchor;
pub use error::DayError;

/// One day: what happens, known or not before it happens. Minutes count from the day's start,
/// spots are metres in the day's own plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    pub orders: Vec<DayOrder>,
    pub restaurants: Vec<DayRestaurant>,
    pub couriers: Vec<DayCourier>,
    pub parameters: Parameters,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DayOrder {
    pub name: String,
    pub door: Spot,
    /// Nobody knows of the order before.
    pub placed_minute: u32,
    /// Position among the day's restaurants.
    pub restaurant: usize,
    /// Exact, and known from the moment of placing.
    pub ready_minute: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DayRestaurant {
    pub name: String,
    pub at: Spot,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DayCourier {
    pub name: String,
    /// Where the shift begins.
    pub start: Spot,
    pub on_minute: u32,
    /// No pickup after it.
    pub off_minute: u32,
}

/// The rules of the day. Amounts of pay have no currency in this format.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    pub metres_per_minute: f64,
    pub pickup_service_minutes: u32,
    pub dropoff_service_minutes: u32,
    pub target_click_to_door_minutes: u32,
    pub maximum_click_to_door_minutes: u32,
    pub pay_per_order: f64,
    pub guaranteed_pay_per_hour: f64,
}

impl Day {
    /// The restaurant an order is pinned to.
    pub fn restaurant(&self, order: &DayOrder) -> Option<&DayRestaurant> {
        self.restaurants.get(order.restaurant)
    }

    /// Hours of duty of all couriers together.
    pub fn courier_hours(&self) -> f64 {
        let minutes = self.couriers.iter().map(|courier| courier.off_minute - courier.on_minute);
        f64::from(minutes.sum::<u32>()) / 60.0
    }

    /// The last minute in which anything of the day is due.
    pub fn last_minute(&self) -> u32 {
        let ready = self.orders.iter().map(|order| order.ready_minute).max();
        let off = self.couriers.iter().map(|courier| courier.off_minute).max();
        ready.max(off).unwrap_or_default()
    }

    /// Travel time by the rule of the format: the straight line, in whole minutes, rounded up.
    pub fn travel_minutes(&self, from: Spot, to: Spot) -> u32 {
        (from.distance(to) / self.parameters.metres_per_minute).ceil() as u32
    }
}

#[cfg(test)]
mod tests;
