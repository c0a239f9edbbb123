//! Questions an order asks the sourcing planner, and the stores it no longer asks.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocabulary::{FulfillmentOrderId, StoreId};

use super::decide::{is_one_too_many, leaving, movable};
use super::line::{LineNumber, LineUnits};
use super::{FulfillmentMode, Order};
use crate::sourcing::{LostBecause, SourcingLine, SourcingPurpose, SourcingRequest, Surveyed};
use crate::{Policy, Refusal};

/// A question without an answer yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenRequest {
    pub request: u32,
    pub purpose: SourcingPurpose,
    pub lines: Vec<LineUnits>,
    /// Only this store is asked for.
    pub pinned: Option<StoreId>,
}

/// A store that refused, rejected or short-picked a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    pub line: LineNumber,
    pub store: StoreId,
}

/// Where else a share, or some of its units, could go.
#[derive(Debug, Clone)]
pub struct MoveQuestion {
    /// The store that they would leave.
    pub from: StoreId,
    pub request: SourcingRequest,
    /// Something stays behind, so a store that has no share of the order is one more.
    splits: bool,
}

impl MoveQuestion {
    /// What was found, where stores that would be one too many for the order say so.
    pub fn with_few_stores(
        &self,
        mut surveyed: Vec<Surveyed>,
        stores: &BTreeSet<StoreId>,
        policy: &Policy,
    ) -> Vec<Surveyed> {
        let taking = surveyed.iter_mut().filter(|one| one.verdict.lost.is_none());
        for one in taking.filter(|_| self.splits) {
            if is_one_too_many(stores, one.verdict.store, policy) {
                let most = policy.sourcing.max_splits;
                one.verdict.lost = Some(LostBecause::TooManyStores { most });
                one.promised_by = None;
            }
        }
        surveyed
    }
}

impl OpenRequest {
    /// Whether its units are in no part while it is open.
    pub fn owns_its_units(&self) -> bool {
        match self.purpose {
            SourcingPurpose::HoldRefused | SourcingPurpose::Resourcing => true,
            SourcingPurpose::Placing | SourcingPurpose::Moving { .. } => false,
        }
    }
}

impl Order {
    /// The question as the planner wants it.
    pub fn sourcing_request(&self, open: &OpenRequest) -> SourcingRequest {
        SourcingRequest {
            order: self.id,
            request: open.request,
            purpose: open.purpose,
            mode: self.terms.mode,
            destination: self.destination,
            lines: open.lines.iter().filter_map(|units| self.sourcing_line(units)).collect(),
            excluded: self.excluded_for(&open.lines),
            pinned: open.pinned,
            wanted_at: self.terms.wanted_at,
        }
    }

    /// The question where else a share, or the named units of it, could go. Nobody is named but for a
    /// pickup, whose shopper would come somewhere near.
    pub fn moving_request(
        &self,
        fulfillment_order: FulfillmentOrderId,
        named: &[LineUnits],
    ) -> Result<MoveQuestion, Refusal> {
        let part = movable(self, fulfillment_order)?;
        let lines = leaving(self, part, named)?;
        let splits = !part.is_all_of(&lines);
        let collected = self.terms.mode == FulfillmentMode::Pickup;
        let open = OpenRequest {
            request: self.request_count,
            purpose: SourcingPurpose::Moving { fulfillment_order },
            lines,
            pinned: collected.then_some(part.store),
        };
        Ok(MoveQuestion { from: part.store, request: self.sourcing_request(&open), splits })
    }

    fn sourcing_line(&self, units: &LineUnits) -> Option<SourcingLine> {
        let line = self.line(units.line)?;
        Some(SourcingLine {
            line: units.line,
            sku: units.sku,
            units: units.units,
            value: line.paid_for_units(0, units.units),
            keep_together: line.keep_together.clone(),
        })
    }

    fn excluded_for(&self, lines: &[LineUnits]) -> BTreeSet<StoreId> {
        let wanted = |line| lines.iter().any(|units| units.line == line);
        let excluded = self.exclusions.iter().filter(|exclusion| wanted(exclusion.line));
        excluded.map(|exclusion| exclusion.store).collect()
    }
}
