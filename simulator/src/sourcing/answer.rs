//! What one way of answering says to a basket, and whether it may be so.

use std::collections::BTreeMap;

use dispatch::order::{LineNumber, LineUnits};
use dispatch::sourcing::{SourcingPlan, SourcingRequest};
use dispatch::view::CityView;
use vocabulary::{Meters, SkuId, StoreId, Timestamp};

/// Which store gives what; `None` when the basket is refused.
pub type Answer = Option<Vec<Share>>;

/// What one store gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub store: StoreId,
    /// Store to door.
    pub distance: Meters,
    pub promised_by: Timestamp,
    pub lines: Vec<LineUnits>,
}

pub(super) fn of_plan(plan: SourcingPlan) -> Vec<Share> {
    let share = |part: dispatch::sourcing::PlanPart| Share {
        store: part.store,
        distance: part.distance.unwrap_or_default(),
        promised_by: part.promised_by,
        lines: part.lines,
    };
    plan.parts.into_iter().map(share).collect()
}

pub(super) fn metres(shares: &[Share]) -> u64 {
    shares.iter().map(|share| u64::from(share.distance.0)).sum()
}

/// What is wrong with an answer: units that are not what was ordered, or not on the shelves.
pub(super) fn faults(request: &SourcingRequest, shares: &[Share], view: &CityView) -> Vec<String> {
    let mut given: BTreeMap<(LineNumber, SkuId), u64> = BTreeMap::new();
    let mut taken: BTreeMap<(StoreId, SkuId), u64> = BTreeMap::new();
    for share in shares {
        for line in &share.lines {
            *given.entry((line.line, line.sku)).or_default() += u64::from(line.units);
            *taken.entry((share.store, line.sku)).or_default() += u64::from(line.units);
        }
    }
    let ordered: BTreeMap<(LineNumber, SkuId), u64> =
        request.lines.iter().map(|line| ((line.line, line.sku), u64::from(line.units))).collect();
    let mut faults = Vec::new();
    if given != ordered {
        faults.push(format!("ordered {ordered:?}, given {given:?}"));
    }
    for ((store, sku), units) in taken {
        let there = u64::from(view.available(store, sku).unwrap_or(0));
        if units > there || units == 0 {
            faults.push(format!("store {store} gives {units} of {sku}, {there} are there"));
        }
    }
    if shares.iter().any(|share| share.lines.is_empty()) {
        faults.push("a store gives nothing".to_owned());
    }
    faults
}

/// Keep-together groups that come from more than one store.
pub(super) fn parted_groups(request: &SourcingRequest, shares: &[Share]) -> u64 {
    let mut holders: BTreeMap<&str, Vec<StoreId>> = BTreeMap::new();
    for line in &request.lines {
        let Some(group) = line.keep_together.as_deref() else { continue };
        let holders = holders.entry(group).or_default();
        let gives = |share: &&Share| share.lines.iter().any(|given| given.line == line.line);
        holders.extend(shares.iter().filter(gives).map(|share| share.store));
    }
    let is_parted = |stores: &&Vec<StoreId>| stores.iter().any(|one| Some(one) != stores.first());
    holders.values().filter(is_parted).count() as u64
}
