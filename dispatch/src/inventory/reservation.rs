//! Units kept for one share of an order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{OrderId, SkuId, Timestamp};

use super::ReleaseReason;
use crate::Refusal;
use crate::order::line::LineUnits;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
    pub order: OrderId,
    /// What is still reserved; of an ended reservation, what it ended with.
    pub lines: Arc<[LineUnits]>,
    pub state: ReservationState,
    /// When it came into this state.
    pub since: Timestamp,
}

/// A reservation ends once: consumed, released or expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ReservationState {
    /// Before the order is paid for.
    Held {
        expires_at: Timestamp,
    },
    /// Allocated to a fulfillment order.
    Committed,
    /// The goods left the store.
    Consumed,
    Released {
        reason: ReleaseReason,
    },
    Expired,
}

impl Reservation {
    /// Whether it still keeps stock.
    pub fn is_live(&self) -> bool {
        match self.state {
            ReservationState::Held { .. } | ReservationState::Committed => true,
            ReservationState::Consumed
            | ReservationState::Released { .. }
            | ReservationState::Expired => false,
        }
    }

    pub fn status_text(&self) -> &'static str {
        match self.state {
            ReservationState::Held { .. } => "held",
            ReservationState::Committed => "committed",
            ReservationState::Consumed => "consumed",
            ReservationState::Released { .. } => "released",
            ReservationState::Expired => "expired",
        }
    }

    /// Units of one SKU over all lines.
    pub fn units_of(&self, sku: SkuId) -> u32 {
        let of_sku = self.lines.iter().filter(|line| line.sku == sku);
        of_sku.fold(0, |units, line| units.saturating_add(line.units))
    }

    pub(super) fn refusal(&self, verb: &str) -> Refusal {
        Refusal::ReservationState { status: self.status_text().into(), verb: verb.into() }
    }
}

/// The named units that are really in `lines`, each counted once.
pub(super) fn part_of(lines: &[LineUnits], named: &[LineUnits]) -> Vec<LineUnits> {
    lines
        .iter()
        .filter_map(|line| {
            let wanted = units_of_line(named, line);
            let units = wanted.min(line.units);
            (units > 0).then_some(LineUnits { units, ..*line })
        })
        .collect()
}

/// `lines` without `taken`, whose units are all in them.
pub(super) fn without(lines: &[LineUnits], taken: &[LineUnits]) -> Arc<[LineUnits]> {
    lines
        .iter()
        .filter_map(|line| {
            let units = line.units.saturating_sub(units_of_line(taken, line));
            (units > 0).then_some(LineUnits { units, ..*line })
        })
        .collect()
}

fn units_of_line(lines: &[LineUnits], of: &LineUnits) -> u32 {
    let same = lines.iter().filter(|line| line.line == of.line && line.sku == of.sku);
    same.fold(0, |units, line| units.saturating_add(line.units))
}
