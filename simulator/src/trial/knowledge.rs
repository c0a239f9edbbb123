//! What is known of when goods will be ready.

use crate::mdrp::{Day, DayOrder};

/// Of an order that has been placed and is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadyTimes {
    /// The exact minute.
    #[default]
    Known,
    /// How long the restaurant takes on average; the exact minute once it has come.
    MeanOfRestaurant,
}

/// Answers from what may be known at a minute.
pub(super) struct Knowledge {
    ready_times: ReadyTimes,
    /// By restaurant, in whole minutes.
    mean_minutes: Vec<u32>,
}

impl Knowledge {
    pub fn new(day: &Day, ready_times: ReadyTimes) -> Self {
        let mean = |restaurant: usize| {
            let own = day.orders.iter().filter(|order| order.restaurant == restaurant);
            let took: Vec<u32> =
                own.map(|order| order.ready_minute - order.placed_minute).collect();
            let mean = f64::from(took.iter().sum::<u32>()) / took.len().max(1) as f64;
            mean.round() as u32
        };
        Self { ready_times, mean_minutes: (0..day.restaurants.len()).map(mean).collect() }
    }

    /// When the order is taken to be ready, seen at minute `now`. Goods that are late by the mean
    /// are expected any minute.
    pub fn ready_minute(&self, order: &DayOrder, now: u32) -> u32 {
        match self.ready_times {
            ReadyTimes::Known => order.ready_minute,
            ReadyTimes::MeanOfRestaurant if order.ready_minute <= now => order.ready_minute,
            ReadyTimes::MeanOfRestaurant => {
                let mean = self.mean_minutes.get(order.restaurant).copied().unwrap_or_default();
                (order.placed_minute + mean).max(now + 1)
            }
        }
    }
}
