//! What was done on a day, and its three files in the public evaluator's format.

use std::fmt::Write as _;
use std::path::Path;

use crate::city::Spot;
use crate::mdrp::{Day, DayError};

/// Positions are those of the day's lists.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Solution {
    /// In order of time.
    pub assignments: Vec<Assignment>,
    /// By order; `None` for one that was never brought.
    pub served: Vec<Option<Served>>,
    /// In order of time for each courier.
    pub moves: Vec<Move>,
}

/// One pick-up: nothing can be added to the load any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub minute: u32,
    pub courier: usize,
    /// In order of the doors.
    pub orders: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    pub courier: usize,
    pub pickup_minute: u32,
    pub dropoff_minute: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub courier: usize,
    pub leaves_minute: u32,
    pub from: Stand,
    pub to: Stand,
}

/// Where a courier can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Where the shift begins.
    Start,
    Restaurant(usize),
    Door(usize),
}

impl Solution {
    /// Writes the three files, making the folder where it is missing.
    pub fn write(&self, day: &Day, folder: &Path) -> Result<(), DayError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| DayError::Unwritable { file: folder.to_owned(), source })?;
        write(folder, "solution_info_assignments.txt", &self.assignments_text(day))?;
        write(folder, "solution_info_orders.txt", &self.orders_text(day))?;
        write(folder, "solution_info_couriers.txt", &self.moves_text(day))
    }

    // Writing to a String cannot fail, here and below.
    fn assignments_text(&self, day: &Day) -> String {
        let mut text = String::from("assignment_time pickup_time courier orders\n");
        for Assignment { minute, courier, orders } in &self.assignments {
            let orders: Vec<&str> = orders.iter().map(|order| order_name(day, *order)).collect();
            let (courier, orders) = (courier_name(day, *courier), orders.join(" "));
            let _ = writeln!(text, "{minute} {minute} {courier} {orders}");
        }
        text
    }

    fn orders_text(&self, day: &Day) -> String {
        let mut text =
            String::from("order placement_time ready_time pickup_time dropoff_time courier\n");
        for (order, served) in day.orders.iter().zip(&self.served) {
            let Some(Served { courier, pickup_minute, dropoff_minute }) = served else { continue };
            let (name, placed, ready) = (&order.name, order.placed_minute, order.ready_minute);
            let courier = courier_name(day, *courier);
            let _ = writeln!(
                text,
                "{name} {placed} {ready} {pickup_minute} {dropoff_minute} {courier}"
            );
        }
        text
    }

    fn moves_text(&self, day: &Day) -> String {
        let mut text = String::from("courier departure_time origin destination\n");
        for step in &self.moves {
            let courier = courier_name(day, step.courier);
            let (from, to) = (step.from.name(day), step.to.name(day));
            let _ = writeln!(text, "{courier} {} {from} {to}", step.leaves_minute);
        }
        text
    }
}

impl Stand {
    /// Where that is on the day's plane, for this courier.
    pub fn spot(self, day: &Day, courier: usize) -> Spot {
        let spot = match self {
            Self::Start => day.couriers.get(courier).map(|courier| courier.start),
            Self::Restaurant(restaurant) => day.restaurants.get(restaurant).map(|place| place.at),
            Self::Door(order) => day.orders.get(order).map(|order| order.door),
        };
        spot.unwrap_or_default()
    }

    /// The format calls the place where the shift begins 0.
    fn name(self, day: &Day) -> &str {
        match self {
            Self::Start => "0",
            Self::Restaurant(restaurant) => {
                day.restaurants.get(restaurant).map_or("", |restaurant| &restaurant.name)
            }
            Self::Door(order) => order_name(day, order),
        }
    }
}

fn order_name(day: &Day, order: usize) -> &str {
    day.orders.get(order).map_or("", |order| &order.name)
}

fn courier_name(day: &Day, courier: usize) -> &str {
    day.couriers.get(courier).map_or("", |courier| &courier.name)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), DayError> {
    let file = folder.join(name);
    std::fs::write(&file, text).map_err(|source| DayError::Unwritable { file, source })
}
