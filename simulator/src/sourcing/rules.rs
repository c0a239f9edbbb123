//! Two ways to choose stores that users know, written anew from their public documents.
//!
//! *Priority by distance* (Magento's distance priority): sources are sorted by their distance to the
//! door; each line takes what the first has, the rest from the second, and so on. Nothing counts the
//! sources used, and lines know nothing of each other.
//!
//! *Rules by proximity* (HotWax Commerce's routing, set up as its documents do): first one facility
//! within 3 km that has the whole order, then one anywhere in reach, then a partial allocation:
//! facilities by proximity give what they have of what is left, groups only whole.

use std::collections::BTreeMap;

use dispatch::order::LineUnits;
use dispatch::sourcing::{SourcingLine, SourcingRequest};
use dispatch::view::CityView;
use vocabulary::{Meters, SkuId, StoreId};

use super::able::Able;
use super::answer::{Answer, Share};

/// The reach of the first rule by proximity.
const NEAR: Meters = Meters(3_000);

/// Every line down the list of stores, nearest first.
pub(super) fn by_distance(view: &CityView, request: &SourcingRequest, able: &[Able]) -> Answer {
    let mut draft = Draft::new(view, able);
    for line in &request.lines {
        let mut left = line.units;
        for position in 0..able.len() {
            left -= draft.take(position, line, left);
            if left == 0 {
                break;
            }
        }
        if left > 0 {
            return None;
        }
    }
    Some(draft.shares())
}

/// Whole orders first, then partial allocation.
pub(super) fn by_proximity(view: &CityView, request: &SourcingRequest, able: &[Able]) -> Answer {
    let near = able.iter().take_while(|one| one.distance <= NEAR).count();
    let whole = |from: usize, to: usize| {
        (from..to).find(|position| Draft::new(view, able).has_all(*position, &request.lines))
    };
    let mut draft = Draft::new(view, able);
    if let Some(position) = whole(0, near).or_else(|| whole(near, able.len())) {
        for line in &request.lines {
            draft.take(position, line, line.units);
        }
        return Some(draft.shares());
    }
    let mut left: Vec<(&SourcingLine, u32)> =
        request.lines.iter().map(|line| (line, line.units)).collect();
    for position in 0..able.len() {
        draft.take_groups(position, &mut left);
        for (line, units) in left.iter_mut().filter(|(line, _)| line.keep_together.is_none()) {
            *units -= draft.take(position, line, *units);
        }
        left.retain(|(_, units)| *units > 0);
        if left.is_empty() {
            return Some(draft.shares());
        }
    }
    None
}

/// What is taken so far; nothing is promised to anybody yet.
struct Draft<'a> {
    view: &'a CityView,
    able: &'a [Able],
    taken: BTreeMap<(StoreId, SkuId), u32>,
    lines: BTreeMap<usize, Vec<LineUnits>>,
}

impl<'a> Draft<'a> {
    fn new(view: &'a CityView, able: &'a [Able]) -> Self {
        Self { view, able, taken: BTreeMap::new(), lines: BTreeMap::new() }
    }

    fn left(&self, store: StoreId, sku: SkuId) -> u32 {
        let there = self.view.available(store, sku).unwrap_or(0);
        there.saturating_sub(self.taken.get(&(store, sku)).copied().unwrap_or(0))
    }

    /// Takes up to `most` units of a line from the store at a position, and says how many.
    fn take(&mut self, position: usize, line: &SourcingLine, most: u32) -> u32 {
        let Some(one) = self.able.get(position) else { return 0 };
        let units = self.left(one.store, line.sku).min(most);
        if units > 0 {
            *self.taken.entry((one.store, line.sku)).or_default() += units;
            let given = LineUnits { line: line.line, sku: line.sku, units };
            self.lines.entry(position).or_default().push(given);
        }
        units
    }

    fn has_all(&self, position: usize, lines: &[SourcingLine]) -> bool {
        let Some(one) = self.able.get(position) else { return false };
        let mut wanted: BTreeMap<SkuId, u32> = BTreeMap::new();
        lines.iter().all(|line| {
            let wanted = wanted.entry(line.sku).or_default();
            *wanted += line.units;
            *wanted <= self.left(one.store, line.sku)
        })
    }

    /// Every group of which nothing is taken and all is there.
    fn take_groups(&mut self, position: usize, left: &mut [(&SourcingLine, u32)]) {
        let mut groups: BTreeMap<Box<str>, Vec<SourcingLine>> = BTreeMap::new();
        for (line, units) in left.iter() {
            if let Some(group) = line.keep_together.clone().filter(|_| *units > 0) {
                groups.entry(group).or_default().push((*line).clone());
            }
        }
        for (group, lines) in groups {
            if !self.has_all(position, &lines) {
                continue;
            }
            for (line, units) in left.iter_mut() {
                if line.keep_together.as_ref() == Some(&group) {
                    *units -= self.take(position, line, *units);
                }
            }
        }
    }

    fn shares(self) -> Vec<Share> {
        let shares = self.lines.into_iter().filter_map(|(position, lines)| {
            let one = self.able.get(position)?;
            let Able { store, distance, promised_by } = *one;
            Some(Share { store, distance, promised_by, lines })
        });
        shares.collect()
    }
}
