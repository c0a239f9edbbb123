//! Giving reserved units back, and what a rejection tells about the shelf.

use std::collections::BTreeMap;

use vocabulary::{ReservationId, SkuId};

use super::reservation::part_of;
use super::{Inventory, InventoryEvent, ReleaseReason};
use crate::Decision;
use crate::order::line::LineUnits;
use crate::store::RejectReason;

impl Inventory {
    pub(super) fn release(
        &self,
        reservation: ReservationId,
        reason: ReleaseReason,
    ) -> Decision<InventoryEvent> {
        let Some(known) = self.reservations.get(&reservation).filter(|known| known.is_live())
        else {
            return Decision::nothing();
        };
        let lines = known.lines.clone();
        let corrections = self.corrections(reservation, &lines, reason);
        let mut decision =
            Decision::event(InventoryEvent::ReservationReleased { reservation, lines, reason });
        decision.events.extend(corrections);
        decision
    }

    /// Units beyond what is reserved are ignored: they were given back before.
    pub(super) fn release_lines(
        &self,
        reservation: ReservationId,
        named: &[LineUnits],
        reason: ReleaseReason,
    ) -> Decision<InventoryEvent> {
        let Some(known) = self.reservations.get(&reservation).filter(|known| known.is_live())
        else {
            return Decision::nothing();
        };
        let lines = part_of(&known.lines, named);
        if lines.is_empty() {
            return Decision::nothing();
        }
        if lines.as_slice() == &*known.lines {
            return self.release(reservation, reason);
        }
        let corrections = self.corrections(reservation, &lines, reason);
        let mut decision =
            Decision::event(InventoryEvent::UnitsReleased { reservation, lines, reason });
        decision.events.extend(corrections);
        decision
    }

    /// What on-hand becomes once `released` is free again and the store has said why.
    fn corrections(
        &self,
        reservation: ReservationId,
        released: &[LineUnits],
        reason: ReleaseReason,
    ) -> Vec<InventoryEvent> {
        let reason = match reason {
            ReleaseReason::Rejected(reason) => reason,
            ReleaseReason::OrderCancelled
            | ReleaseReason::OrderRefused
            | ReleaseReason::Moved
            | ReleaseReason::Changed
            | ReleaseReason::NoShow
            | ReleaseReason::Shortfall => return Vec::new(),
        };
        let mut by_sku: BTreeMap<SkuId, u32> = BTreeMap::new();
        for line in released {
            let units = by_sku.entry(line.sku).or_default();
            *units = units.saturating_add(line.units);
        }
        by_sku
            .into_iter()
            .filter_map(|(sku, units)| {
                let (delta, damaged) = self.correction(sku, units, reason);
                (delta != 0).then_some(InventoryEvent::StockCorrected {
                    sku,
                    delta,
                    damaged,
                    reason,
                    reservation,
                })
            })
            .collect()
    }

    /// How far on-hand moves, and how much of that is damaged.
    fn correction(&self, sku: SkuId, units: u32, reason: RejectReason) -> (i64, u32) {
        match reason {
            RejectReason::NotInStock => {
                let level = self.stock.get(&sku);
                let on_hand = level.map_or(0, |level| level.on_hand);
                let reserved = level.map_or(0, |level| level.reserved).saturating_sub(units);
                (i64::from(reserved).saturating_sub(on_hand).min(0), 0)
            }
            RejectReason::Mismatch => (-i64::from(units), 0),
            RejectReason::Damaged => (-i64::from(units), units),
            RejectReason::TooBusy
            | RejectReason::Closing
            | RejectReason::Timeout
            | RejectReason::Other => (0, 0),
        }
    }
}
