//! What the world has already done, and the reservations it leaves without goods.

use vocabulary::{ReservationId, SkuId, Timestamp};

use super::hold::cover_shortfall;
use super::{Inventory, InventoryEvent, Observation, Reservation, ReservationState};
use crate::order::line::LineUnits;
use crate::{Decision, Refusal};

/// No shelf moves by more; such a figure is a slip of the hand, not an observation.
const MOST_UNITS_AT_ONCE: i64 = 1_000_000_000;

impl Inventory {
    /// Never refused for what it says about the world; only for a figure that no world has.
    pub(super) fn observe(
        &self,
        observation: &Observation,
        now: Timestamp,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        let (sku, event, delta) = match observation {
            Observation::PosSale { units: 0, .. }
            | Observation::CameBack { units: 0, .. }
            | Observation::Adjusted { delta: 0, .. } => return Ok(Decision::nothing()),
            Observation::PosSale { sku, units, reference, sold_at } => {
                let level = self.stock.get(sku);
                if level.is_some_and(|level| level.has_sold(reference)) {
                    return Ok(Decision::nothing());
                }
                // A till's clock may run ahead; nothing was sold in the future.
                let sold_at = sold_at.map(|at| at.min(now));
                let counted_since =
                    sold_at.is_some_and(|sold| level.is_some_and(|level| sold < level.counted_at));
                let delta = if counted_since { 0 } else { -i64::from(*units) };
                let (units, reference) = (*units, reference.as_str().into());
                let event = InventoryEvent::SoldAtTill {
                    sku: *sku,
                    units,
                    reference,
                    sold_at,
                    counted_since,
                };
                (*sku, event, delta)
            }
            Observation::Counted { sku, on_hand } => {
                let delta = i64::from(*on_hand).saturating_sub(self.on_hand(*sku));
                let event = InventoryEvent::StockCounted { sku: *sku, on_hand: *on_hand, delta };
                (*sku, event, delta)
            }
            Observation::Adjusted { sku, delta, reason } => {
                (*sku, adjusted(*sku, *delta, reason)?, *delta)
            }
            Observation::CameBack { sku, units, sellable, order } => {
                let (units, sellable, order) = (*units, *sellable, *order);
                let event = InventoryEvent::GoodsCameBack { sku: *sku, units, sellable, order };
                (*sku, event, if sellable { i64::from(units) } else { 0 })
            }
        };
        let on_hand = self.on_hand(sku).saturating_add(delta);
        Ok(self.raise_shortfalls(sku, on_hand, Decision::event(event)))
    }

    fn on_hand(&self, sku: SkuId) -> i64 {
        self.stock.get(&sku).map_or(0, |level| level.on_hand)
    }

    /// Takes units from reservations until the rest is covered by `on_hand`: holds before
    /// commitments, because nobody paid for them yet, and the youngest of each first.
    fn raise_shortfalls(
        &self,
        sku: SkuId,
        on_hand: i64,
        mut decision: Decision<InventoryEvent>,
    ) -> Decision<InventoryEvent> {
        let reserved = self.stock.get(&sku).map_or(0, |level| level.reserved);
        let covered = u32::try_from(on_hand.max(0)).unwrap_or(u32::MAX);
        let mut uncovered = reserved.saturating_sub(covered);
        if uncovered == 0 {
            return decision;
        }
        for (id, victim) in self.victims(sku) {
            let lines = last_units(victim, sku, uncovered);
            let taken = lines.iter().fold(0_u32, |sum, line| sum.saturating_add(line.units));
            uncovered = uncovered.saturating_sub(taken);
            decision = decision
                .and(InventoryEvent::ShortfallRaised {
                    reservation: id,
                    order: victim.order,
                    lines: lines.clone(),
                })
                .effect(cover_shortfall(id, victim.order, lines));
            if uncovered == 0 {
                break;
            }
        }
        debug_assert!(uncovered == 0, "live reservations hold everything that is reserved");
        decision
    }

    fn victims(&self, sku: SkuId) -> Vec<(ReservationId, &Reservation)> {
        let mut victims: Vec<_> = self
            .reservations
            .iter()
            .filter(|(_, known)| known.is_live() && known.units_of(sku) > 0)
            .map(|(id, known)| (*id, known))
            .collect();
        victims.sort_by_key(|(id, known)| {
            let committed = matches!(known.state, ReservationState::Committed);
            (committed, std::cmp::Reverse((known.since, *id)))
        });
        victims
    }
}

fn adjusted(sku: SkuId, delta: i64, reason: &str) -> Result<InventoryEvent, Refusal> {
    if !(-MOST_UNITS_AT_ONCE..=MOST_UNITS_AT_ONCE).contains(&delta) {
        return Err(Refusal::Invalid {
            what: "delta".into(),
            expected: format!("between -{MOST_UNITS_AT_ONCE} and {MOST_UNITS_AT_ONCE} units"),
        });
    }
    let damaged = match reason {
        "damaged" => u32::try_from(delta.min(0).unsigned_abs()).unwrap_or(u32::MAX),
        _ => 0,
    };
    Ok(InventoryEvent::StockAdjusted { sku, delta, damaged, reason: reason.into() })
}

/// Up to `units` of a SKU, from the last line backwards.
fn last_units(reservation: &Reservation, sku: SkuId, units: u32) -> Vec<LineUnits> {
    let mut left = units;
    let mut taken = Vec::new();
    for line in reservation.lines.iter().rev().filter(|line| line.sku == sku) {
        let units = line.units.min(left);
        left = left.saturating_sub(units);
        if units > 0 {
            taken.push(LineUnits { units, ..*line });
        }
    }
    taken
}
