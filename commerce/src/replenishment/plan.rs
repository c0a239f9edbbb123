//! Where what is needed comes from: from the nearest store that has too much, else bought.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{Meters, SkuId, StoreId};

use super::{Assessment, ReplenishmentPolicy};

/// One SKU at one store, as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Shelf<'a> {
    pub store: StoreId,
    pub sku: SkuId,
    /// Here or on its way, and promised to nobody.
    pub position: i64,
    /// Of it, what is here.
    pub here: i64,
    /// Whether the store sells it. One that does not has no needs, and all it has is too much.
    pub is_listed: bool,
    /// `None` where nothing can be said: it needs nothing, and nothing of it is too much.
    pub assessment: Option<&'a Assessment>,
}

/// What one store should get of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub store: StoreId,
    pub sku: SkuId,
    pub need: Need,
    /// Their units add up to what is needed.
    pub sources: Vec<SupplySource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub position: i64,
    pub reorder_point: u32,
    pub units: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SupplySource {
    Transfer { from: StoreId, units: u32, distance: Meters },
    Purchase { units: u32 },
}

/// The plan over all stores. The neediest is served first (the least of its reorder point left), so
/// that what one store has too much of is promised once.
pub fn plan(
    shelves: &[Shelf<'_>],
    policy: &ReplenishmentPolicy,
    distance: impl Fn(StoreId, StoreId) -> Meters,
) -> Vec<Suggestion> {
    let mut spare: BTreeMap<SkuId, BTreeMap<StoreId, u32>> = BTreeMap::new();
    for shelf in shelves {
        let units = spare_of(shelf);
        if units > 0 {
            spare.entry(shelf.sku).or_default().insert(shelf.store, units);
        }
    }
    let mut needs: Vec<(&Shelf<'_>, Need)> =
        shelves.iter().filter_map(|shelf| Some((shelf, need_of(shelf)?))).collect();
    needs.sort_by_key(|(shelf, need)| (left_of(need), shelf.sku, shelf.store));
    let suggestions = needs.into_iter().map(|(shelf, need)| {
        let others = spare.entry(shelf.sku).or_default();
        let sources = sources_of(shelf.store, need.units, others, policy, &distance);
        Suggestion { store: shelf.store, sku: shelf.sku, need, sources }
    });
    suggestions.collect()
}

/// What is left of the reorder point, in thousandths.
fn left_of(need: &Need) -> i64 {
    need.position.saturating_mul(1_000) / i64::from(need.reorder_point.max(1))
}

fn need_of(shelf: &Shelf<'_>) -> Option<Need> {
    let known = shelf.assessment.filter(|_| shelf.is_listed)?;
    if shelf.position > i64::from(known.reorder_point) {
        return None;
    }
    let lacking = i64::from(known.order_up_to).saturating_sub(shelf.position);
    let units = u32::try_from(lacking).ok().filter(|units| *units > 0)?;
    Some(Need { position: shelf.position, reorder_point: known.reorder_point, units })
}

/// What a store can give without needing more itself.
fn spare_of(shelf: &Shelf<'_>) -> u32 {
    let kept = match (shelf.is_listed, shelf.assessment) {
        (false, _) => 0,
        (true, Some(known)) => i64::from(known.order_up_to),
        (true, None) => return 0,
    };
    u32::try_from(shelf.here.saturating_sub(kept).max(0)).unwrap_or(u32::MAX)
}

fn sources_of(
    store: StoreId,
    needed: u32,
    spare: &mut BTreeMap<StoreId, u32>,
    policy: &ReplenishmentPolicy,
    distance: impl Fn(StoreId, StoreId) -> Meters,
) -> Vec<SupplySource> {
    let mut near: Vec<(Meters, StoreId)> = spare
        .keys()
        .filter(|from| **from != store)
        .map(|from| (distance(*from, store), *from))
        .filter(|(far, _)| far.0 <= policy.transfer_radius_m)
        .collect();
    near.sort_unstable();
    let mut left = needed;
    let mut sources = Vec::new();
    for (distance, from) in near {
        let Some(has) = spare.get_mut(&from) else { continue };
        let units = left.min(*has);
        if units > 0 {
            *has -= units;
            left -= units;
            sources.push(SupplySource::Transfer { from, units, distance });
        }
    }
    if left > 0 {
        sources.push(SupplySource::Purchase { units: left });
    }
    sources
}
