//! The order's deliveries as the zone's pool sees them.

use vocabulary::{DeliveryId, Grams, Timestamp};

use super::delivery::{Delivery, DeliveryStatus, Steering};
use super::line::LineUnits;
use super::{Order, OrderStatus};
use crate::view::DeliveryRow;

impl Order {
    /// Its deliveries that want a courier: what belongs in the pool after each apply. Deliveries
    /// of [`Order::delivery_ids`] that are not among them must leave it.
    pub fn pool_rows(&self) -> Vec<DeliveryRow> {
        if !matches!(self.status, OrderStatus::Open) {
            return Vec::new();
        }
        self.deliveries.iter().filter_map(|delivery| self.pool_row(delivery)).collect()
    }

    /// Every delivery the order ever had.
    pub fn delivery_ids(&self) -> impl Iterator<Item = DeliveryId> {
        self.deliveries.iter().map(|delivery| delivery.delivery)
    }

    /// What these units weigh together.
    pub fn weight_of(&self, lines: &[LineUnits]) -> Grams {
        let weights = lines
            .iter()
            .filter_map(|units| Some(self.line(units.line)?.weight.0.saturating_mul(units.units)));
        Grams(weights.fold(0, u32::saturating_add))
    }

    fn pool_row(&self, delivery: &Delivery) -> Option<DeliveryRow> {
        if !matches!(delivery.status, DeliveryStatus::Unassigned) {
            return None;
        }
        let part = self.part(delivery.fulfillment_order)?;
        if part.is_on_hold() {
            return None;
        }
        let steering = delivery.steering.as_deref();
        Some(DeliveryRow {
            order: self.id,
            delivery: delivery.delivery,
            fulfillment_order: delivery.fulfillment_order,
            attempt: delivery.next_attempt(),
            store: part.store,
            pickup: part.place,
            dropoff: self.destination?,
            weight: self.weight_of(&part.lines),
            ready_at: part.ready_at,
            promised_by: part.promised_by,
            waiting_since: delivery.waiting_since,
            rounds: delivery.rounds,
            excluded: steering.map(|known| known.excluded.clone()).unwrap_or_default(),
            pinned: steering.and_then(|known| known.pinned),
            forced: steering.and_then(|known| known.forced),
        })
    }
}

impl Steering {
    /// Whether it says anything at all.
    pub fn is_empty(&self) -> bool {
        self.excluded.is_empty() && self.pinned.is_none() && self.forced.is_none()
    }
}

/// When a person is called if nobody is found: the wait only counts once couriers are looked for.
pub(super) fn escalation_time(
    now: Timestamp,
    ready_at: Timestamp,
    policy: &crate::policy::DispatchPolicy,
) -> Timestamp {
    let looked_for = ready_at.before(vocabulary::Seconds(policy.look_ahead_s)).max(now);
    looked_for.after(vocabulary::Seconds(policy.escalate_after_s))
}
