//! Looks at the run at equal distances.

use super::Tally;
use super::order::{Mode, OrderRecord};
use crate::report::{Moment, OrdersByState};

impl Tally {
    /// Adds a look at the run as it is now.
    pub fn look(&mut self, now_ms: i64, latency: Option<(u64, u64)>) {
        let mut orders = OrdersByState::default();
        for order in self.open.iter().filter_map(|id| self.orders.get(id)) {
            *place_of(order, &mut orders) += 1;
        }
        let at_s = u32::try_from((now_ms - self.began_ms).max(0) / 1_000).unwrap_or(u32::MAX);
        self.timeline.moments.push(Moment {
            at_s,
            orders,
            couriers_on_duty: self.fleet.on_duty(),
            couriers_busy: self.fleet.busy(),
            p50_us: latency.map(|(p50, _)| p50),
            p99_us: latency.map(|(_, p99)| p99),
        });
    }
}

/// Where an open order stands: where its slowest part does.
fn place_of<'a>(order: &OrderRecord, orders: &'a mut OrdersByState) -> &'a mut u32 {
    if order.status == "pending" {
        return &mut orders.pending;
    }
    if order.is_in_trouble() {
        return &mut orders.in_trouble;
    }
    let is_packed = order.counting().all(|part| part.ready_ms.is_some());
    match order.mode {
        Mode::Delivery if !is_packed => &mut orders.at_store,
        Mode::Delivery if order.waits_for_courier() => &mut orders.waiting_for_courier,
        Mode::Delivery => &mut orders.on_the_way,
        Mode::Pickup if !is_packed => &mut orders.at_store,
        Mode::Pickup => &mut orders.waiting_for_shopper,
        Mode::Express if order.is_shipped() => &mut orders.on_the_way,
        Mode::Express => &mut orders.at_store,
    }
}
