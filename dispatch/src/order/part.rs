//! One store's share of an order, as the order sees it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocabulary::{FulfillmentOrderId, Meters, Place, ReservationId, StoreId, Timestamp};

use super::line::{LineNumber, LineUnits, merged};
use super::{Order, OrderLine};
use crate::store::{AssignFulfillment, FulfillmentLine};

/// The projection of a fulfillment order: planned here, done and reported by its store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub fulfillment_order: FulfillmentOrderId,
    pub reservation: ReservationId,
    pub store: StoreId,
    /// Where the goods are picked up.
    pub place: Place,
    /// What this store still has to do or has done; rejected and moved units leave.
    pub lines: Vec<LineUnits>,
    /// Store to door when it was planned.
    pub distance: Option<Meters>,
    /// Predicted end of packing; the store's own word once it has accepted.
    pub ready_at: Timestamp,
    pub promised_from: Timestamp,
    pub promised_by: Timestamp,
    /// Set when the store should start later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_at: Option<Timestamp>,
    pub status: PartStatus,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum PartStatus {
    /// The inventory was asked to keep the units and has not answered.
    Holding {
        purpose: HoldPurpose,
        expires_at: Timestamp,
    },
    /// Kept, but the order is not open yet.
    Held,
    /// The store was told and has not answered.
    Requested,
    Scheduled {
        release_at: Timestamp,
    },
    Assigned,
    Accepted,
    Picking,
    Ready,
    OnHold {
        before: Box<PartStatus>,
    },
    HandedOver,
    Completed,
    /// The goods came back to the store.
    Returned,
    /// The goods left the store and are gone.
    Lost,
    /// The store does none of it.
    Rejected,
    Moved {
        to: FulfillmentOrderId,
    },
    Cancelled,
    /// Its stock could not be kept, or the plan it belonged to was given up.
    Released,
}

/// Why the inventory was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HoldPurpose {
    Placing,
    Resourcing,
    /// Its units still belong to the part it shall replace.
    Moving {
        from: FulfillmentOrderId,
    },
}

impl PartStatus {
    pub fn text(&self) -> &'static str {
        match self {
            PartStatus::Holding { .. } => "holding",
            PartStatus::Held => "held",
            PartStatus::Requested => "requested",
            PartStatus::Scheduled { .. } => "scheduled",
            PartStatus::Assigned => "assigned",
            PartStatus::Accepted => "accepted",
            PartStatus::Picking => "picking",
            PartStatus::Ready => "ready",
            PartStatus::OnHold { .. } => "on_hold",
            PartStatus::HandedOver => "handed_over",
            PartStatus::Completed => "completed",
            PartStatus::Returned => "returned",
            PartStatus::Lost => "lost",
            PartStatus::Rejected => "rejected",
            PartStatus::Moved { .. } => "moved",
            PartStatus::Cancelled => "cancelled",
            PartStatus::Released => "released",
        }
    }

    /// Where in its life it is: the one place that knows each status.
    pub(super) fn phase(&self) -> Phase {
        match self {
            PartStatus::Holding { .. } | PartStatus::Held => Phase::Planned,
            PartStatus::Requested => Phase::AtStore(Work::Requested),
            PartStatus::Scheduled { .. } => Phase::AtStore(Work::Scheduled),
            PartStatus::Assigned => Phase::AtStore(Work::Assigned),
            PartStatus::Accepted => Phase::AtStore(Work::Accepted),
            PartStatus::Picking => Phase::AtStore(Work::Picking),
            PartStatus::Ready => Phase::AtStore(Work::Ready),
            PartStatus::OnHold { before } => before.phase(),
            PartStatus::HandedOver => Phase::Away,
            PartStatus::Completed => Phase::Completed,
            PartStatus::Returned | PartStatus::Lost => Phase::Failed,
            PartStatus::Rejected
            | PartStatus::Moved { .. }
            | PartStatus::Cancelled
            | PartStatus::Released => Phase::GivenUp,
        }
    }

    /// How far the store's work is, while it is the store's work: later reports are greater.
    pub(super) fn work(&self) -> Option<Work> {
        match self.phase() {
            Phase::AtStore(work) => Some(work),
            Phase::Planned | Phase::Away | Phase::Completed | Phase::Failed | Phase::GivenUp => {
                None
            }
        }
    }

    /// Nothing more happens to it.
    pub fn is_over(&self) -> bool {
        match self.phase() {
            Phase::Completed | Phase::Failed | Phase::GivenUp => true,
            Phase::Planned | Phase::AtStore(_) | Phase::Away => false,
        }
    }
}

/// What most questions about a part need to know of its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its units are kept, or asked to be; the store does not know of it.
    Planned,
    /// The store's work; on hold it stays as far as it was.
    AtStore(Work),
    /// On its way to the shopper.
    Away,
    /// The shopper has it.
    Completed,
    /// It left the store and does not reach the shopper.
    Failed,
    /// It never left, and never will.
    GivenUp,
}

/// How far a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    Requested,
    Scheduled,
    Assigned,
    Accepted,
    Picking,
    Ready,
}

impl Part {
    pub fn units_of(&self, line: LineNumber) -> u32 {
        self.lines.iter().filter(|held| held.line == line).map(|held| held.units).sum()
    }

    pub(super) fn has(&self, units: &LineUnits) -> bool {
        let held = self.lines.iter().filter(|held| held.sku == units.sku);
        let held = held.filter(|held| held.line == units.line).map(|held| held.units);
        held.sum::<u32>() >= units.units
    }

    /// Whether these are its units, all of them and no others.
    pub(super) fn is_all_of(&self, lines: &[LineUnits]) -> bool {
        merged(self.lines.iter().copied()) == merged(lines.iter().copied())
    }

    /// As many of the named units as this part still has: a store may name units that a change
    /// took off while its word was on the way.
    pub(super) fn present(&self, named: &[LineUnits]) -> Vec<LineUnits> {
        let named = merged(named.iter().copied()).into_iter();
        let clipped = named
            .map(|units| LineUnits { units: units.units.min(self.units_of(units.line)), ..units });
        clipped.filter(|units| units.units > 0).collect()
    }

    /// The store knows of it and the goods are still there.
    pub fn is_at_store(&self) -> bool {
        self.status.work().is_some()
    }

    /// Its store was told to leave it for now.
    pub fn is_on_hold(&self) -> bool {
        matches!(self.status, PartStatus::OnHold { .. })
    }

    /// The store has said yes to it and the goods are still there.
    pub fn is_accepted(&self) -> bool {
        self.status.work() >= Some(Work::Accepted)
    }

    /// The store knows of it and has not packed it: units may still be taken off.
    pub(super) fn is_unpacked(&self) -> bool {
        self.status.work().is_some_and(|work| work < Work::Ready)
    }

    /// The goods left the store, whatever became of them.
    pub fn has_left(&self) -> bool {
        match self.status.phase() {
            Phase::Away | Phase::Completed | Phase::Failed => true,
            Phase::Planned | Phase::AtStore(_) | Phase::GivenUp => false,
        }
    }

    /// The part that it shall replace once its units are kept.
    pub(super) fn replaces(&self) -> Option<FulfillmentOrderId> {
        let PartStatus::Holding { purpose, .. } = self.status else { return None };
        match purpose {
            HoldPurpose::Moving { from } => Some(from),
            HoldPurpose::Placing | HoldPurpose::Resourcing => None,
        }
    }

    /// A part that shall replace another one owns no units until it does.
    pub fn owns_its_units(&self) -> bool {
        self.replaces().is_none()
    }
}

impl Order {
    /// The stores that have or had to do with it, without those that gave up their share.
    pub fn stores(&self) -> BTreeSet<StoreId> {
        let parts = self.parts.iter().filter(|part| part.status.phase() != Phase::GivenUp);
        parts.map(|part| part.store).collect()
    }

    /// Every unit that was ordered.
    pub(super) fn ordered_units(&self) -> Vec<LineUnits> {
        let lines = self.terms.lines.iter();
        let units = |line: &OrderLine| LineUnits {
            line: line.line,
            sku: line.sku,
            units: line.quantity.get(),
        };
        lines.map(units).collect()
    }

    /// A part as its store gets to know it.
    pub(super) fn assignment_of(&self, part: &Part) -> AssignFulfillment {
        let line = |units: &LineUnits| FulfillmentLine {
            line: units.line,
            sku: units.sku,
            name: self.line(units.line).map(|line| line.name.clone()).unwrap_or_default(),
            units: units.units,
        };
        AssignFulfillment {
            fulfillment_order: part.fulfillment_order,
            order: self.id,
            reservation: part.reservation,
            mode: self.terms.mode,
            lines: part.lines.iter().map(line).collect(),
            promised_by: part.promised_by,
            release_at: part.release_at,
            pickup_code_hash: self.terms.pickup_code_hash.as_deref().copied(),
        }
    }
}
