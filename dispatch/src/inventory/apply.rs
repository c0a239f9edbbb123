//! Folding what happened into the figures. Nothing is judged here.

use vocabulary::{ReservationId, SkuId, Timestamp};

use super::reservation::without;
use super::{Inventory, InventoryEvent, ReleaseReason, Reservation, ReservationState, StockLevel};
use crate::order::line::LineUnits;

impl Inventory {
    pub(super) fn fold(&mut self, event: &InventoryEvent, at: Timestamp) {
        match event {
            InventoryEvent::UnitsHeld { reservation, order, lines, expires_at } => {
                for line in lines.iter() {
                    self.change(line.sku, |level| {
                        level.reserved = level.reserved.saturating_add(line.units);
                    });
                }
                let state = ReservationState::Held { expires_at: *expires_at };
                let held = Reservation { order: *order, lines: lines.clone(), state, since: at };
                self.reservations.insert(*reservation, held);
            }
            InventoryEvent::ReservationCommitted { reservation } => {
                self.turn(*reservation, ReservationState::Committed, at);
            }
            InventoryEvent::ReservationConsumed { reservation, lines } => {
                self.free(lines);
                for line in lines.iter() {
                    self.move_on_hand(line.sku, -i64::from(line.units));
                }
                self.turn(*reservation, ReservationState::Consumed, at);
            }
            InventoryEvent::ReservationReleased { reservation, lines, reason } => {
                self.free(lines);
                self.turn(*reservation, ReservationState::Released { reason: *reason }, at);
            }
            InventoryEvent::ReservationExpired { reservation, lines } => {
                self.free(lines);
                self.turn(*reservation, ReservationState::Expired, at);
            }
            InventoryEvent::UnitsReleased { reservation, lines, reason } => {
                self.take_from(*reservation, lines, *reason, at);
            }
            InventoryEvent::ShortfallRaised { reservation, lines, .. } => {
                self.take_from(*reservation, lines, ReleaseReason::Shortfall, at);
            }
            InventoryEvent::StockCorrected { sku, delta, damaged, .. }
            | InventoryEvent::StockAdjusted { sku, delta, damaged, .. } => {
                self.move_on_hand(*sku, *delta);
                self.set_aside(*sku, *damaged);
            }
            InventoryEvent::SoldAtTill { sku, units, reference, counted_since, .. } => {
                if !counted_since {
                    self.move_on_hand(*sku, -i64::from(*units));
                }
                self.change(*sku, |level| level.remember_sale(reference));
            }
            InventoryEvent::StockCounted { sku, delta, .. } => {
                self.move_on_hand(*sku, *delta);
                self.change(*sku, |level| level.counted_at = at);
            }
            InventoryEvent::GoodsCameBack { sku, units, sellable: true, .. } => {
                self.move_on_hand(*sku, i64::from(*units));
            }
            InventoryEvent::GoodsCameBack { sku, units, sellable: false, .. } => {
                self.set_aside(*sku, *units);
            }
            InventoryEvent::SafetyStockSet { sku, units } => {
                self.change(*sku, |level| level.safety_stock = *units);
            }
            InventoryEvent::ListingSet { sku, listed } => {
                self.change(*sku, |level| level.listed = *listed);
            }
            InventoryEvent::ReorderPointSet { sku, units } => {
                self.change(*sku, |level| level.reorder_point = *units);
            }
            InventoryEvent::TransferDrafted { .. }
            | InventoryEvent::TransferReadied { .. }
            | InventoryEvent::TransferShipped { .. }
            | InventoryEvent::TransferCancelled { .. }
            | InventoryEvent::TransferExpected { .. }
            | InventoryEvent::TransferReceived { .. } => self.fold_transfer(event, at),
        }
    }

    /// The one way to a level: who is low is known after every change.
    pub(super) fn change(&mut self, sku: SkuId, change: impl FnOnce(&mut StockLevel)) {
        let level = self.stock.entry(sku).or_default();
        let was_low = level.is_low();
        change(level);
        match (was_low, level.is_low()) {
            (false, true) => self.low.put(sku),
            (true, false) => self.low.remove(sku),
            (true, true) | (false, false) => {}
        }
    }

    pub(super) fn move_on_hand(&mut self, sku: SkuId, delta: i64) {
        self.change(sku, |level| level.on_hand = level.on_hand.saturating_add(delta));
    }

    pub(super) fn set_aside(&mut self, sku: SkuId, units: u32) {
        self.change(sku, |level| level.damaged = level.damaged.saturating_add(units));
    }

    fn free(&mut self, lines: &[LineUnits]) {
        for line in lines {
            self.change(line.sku, |level| {
                debug_assert!(level.reserved >= line.units, "only reserved units are given back");
                level.reserved = level.reserved.saturating_sub(line.units);
            });
        }
    }

    fn turn(&mut self, reservation: ReservationId, state: ReservationState, at: Timestamp) {
        if let Some(known) = self.reservations.get_mut(&reservation) {
            known.state = state;
            known.since = at;
        }
    }

    /// Frees some lines; a reservation of nothing is over.
    fn take_from(
        &mut self,
        reservation: ReservationId,
        lines: &[LineUnits],
        reason: ReleaseReason,
        at: Timestamp,
    ) {
        self.free(lines);
        let Some(known) = self.reservations.get_mut(&reservation) else {
            return;
        };
        known.lines = without(&known.lines, lines);
        if known.lines.is_empty() {
            self.turn(reservation, ReservationState::Released { reason }, at);
        }
    }
}
