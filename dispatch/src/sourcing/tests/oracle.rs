//! The fewest stores and the best score by trying everything: no masks, no bounds, no order of
//! search. Only for a handful of stores.

use super::*;
use crate::policy::SourcingScore;

/// What one store would give, by need.
type Deal = Vec<Vec<u32>>;

pub(super) struct Oracle<'w> {
    world: &'w World,
    stores: Vec<StoreId>,
    needs: Vec<Wanted>,
}

struct Wanted {
    /// Units by SKU; one SKU unless the lines stay together.
    units: BTreeMap<SkuId, u32>,
    value: i64,
    together: bool,
}

impl<'w> Oracle<'w> {
    pub(super) fn of(world: &'w World) -> Self {
        let mut needs: BTreeMap<(Option<&str>, Option<SkuId>), Wanted> = BTreeMap::new();
        for line in &world.request.lines {
            let group = line.keep_together.as_deref();
            let key = (group, group.is_none().then_some(line.sku));
            let empty = Wanted { units: BTreeMap::new(), value: 0, together: group.is_some() };
            let wanted = needs.entry(key).or_insert(empty);
            *wanted.units.entry(line.sku).or_default() += line.units;
            wanted.value += line.value.as_fen();
        }
        let stores = world.rows.keys().copied();
        let stores = stores.filter(|store| !world.request.excluded.contains(store)).collect();
        Self { world, stores, needs: needs.into_values().collect() }
    }

    /// Stores and score of the best plan.
    pub(super) fn best(&self) -> Option<(usize, f64)> {
        let most = self.world.policy.sourcing.max_splits as usize;
        let whole = self.best_with_whole_lines(most);
        let fewer = whole.map_or(most, |(stores, _)| stores - 1);
        // Two are the fewest where one store does not do.
        let can_be_fewer = whole.is_none_or(|(stores, _)| stores > 2);
        if can_be_fewer && self.is_there() {
            self.best_with(fewer, |_| true).or(whole)
        } else {
            whole
        }
    }

    /// Whether all stores together have enough.
    fn is_there(&self) -> bool {
        let mut wanted: BTreeMap<SkuId, u32> = BTreeMap::new();
        for (sku, units) in self.needs.iter().flat_map(|need| &need.units) {
            *wanted.entry(*sku).or_default() += units;
        }
        let there =
            |sku| self.stores.iter().map(|store| self.world.available(*store, sku)).sum::<u32>();
        wanted.into_iter().all(|(sku, units)| there(sku) >= units)
    }

    fn best_with_whole_lines(&self, most: usize) -> Option<(usize, f64)> {
        self.best_with(most, |need| self.nobody_has_all(need)).or_else(|| {
            let shared = |need: &Wanted| {
                let sku = need.units.keys().next().unwrap();
                self.needs.iter().filter(|other| other.units.contains_key(sku)).count() > 1
            };
            let may_part = |need: &Wanted| self.nobody_has_all(need) || shared(need);
            self.best_with(most, may_part)
        })
    }

    fn nobody_has_all(&self, need: &Wanted) -> bool {
        !self.stores.iter().any(|store| self.has(*store, need))
    }

    fn has(&self, store: StoreId, need: &Wanted) -> bool {
        need.units.iter().all(|(sku, units)| self.world.available(store, *sku) >= *units)
    }

    fn best_with(&self, most: usize, may_part: impl Fn(&Wanted) -> bool) -> Option<(usize, f64)> {
        (1..=most.min(self.stores.len())).find_map(|size| {
            let sets = subsets(&self.stores, size);
            let scores = sets.iter().flat_map(|set| {
                let deals = self.needs.iter().fold(vec![Deal::new()], |deals, need| {
                    let ways = ways(need, set.len(), !need.together && may_part(need));
                    let longer = |deal: &Deal| {
                        let deal = deal.clone();
                        ways.clone().into_iter().map(move |way| [deal.clone(), vec![way]].concat())
                    };
                    deals.iter().flat_map(longer).collect()
                });
                let scores = deals.iter().filter_map(|deal| self.score(set, deal));
                scores.collect::<Vec<_>>()
            });
            Some((size, scores.min_by(f64::total_cmp)?))
        })
    }

    /// `None` for a deal against the rules.
    fn score(&self, set: &[StoreId], deal: &Deal) -> Option<f64> {
        let least = if set.len() > 1 { self.world.policy.sourcing.min_part_value_fen } else { 0 };
        let mut score = 0.0;
        for (member, store) in set.iter().enumerate() {
            let mut taken: BTreeMap<SkuId, u32> = BTreeMap::new();
            let mut value = 0;
            for (need, way) in self.needs.iter().zip(deal) {
                let all: u32 = way.iter().sum();
                value += need.value * i64::from(way[member]) / i64::from(all);
                for (sku, units) in &need.units {
                    *taken.entry(*sku).or_default() += units * way[member] / all;
                }
            }
            let fits =
                taken.iter().all(|(sku, units)| self.world.available(*store, *sku) >= *units);
            if !fits || value < least || taken.values().all(|units| *units == 0) {
                return None;
            }
            score += self.world.score_of(*store, taken);
        }
        Some(score)
    }
}

impl World {
    pub(super) fn available(&self, store: StoreId, sku: SkuId) -> u32 {
        let mut known = self.stock.iter().rev();
        known.find(|(at, of, _)| (*at, *of) == (store, sku)).map_or(0, |(_, _, units)| *units)
    }

    /// What a store adds to a plan's score by giving these units.
    pub(super) fn score_of(
        &self,
        store: StoreId,
        units: impl IntoIterator<Item = (SkuId, u32)>,
    ) -> f64 {
        let row = &self.rows[&store];
        match self.policy.sourcing.score {
            SourcingScore::Nearest => f64::from(geo_index::distance(door(), row.settings.place).0),
            SourcingScore::Load => {
                f64::from(row.open_orders) / f64::from(row.settings.capacity_per_window)
            }
            SourcingScore::StockBalance => units
                .into_iter()
                .filter(|(_, units)| *units > 0)
                .map(|(sku, units)| f64::from(units) / f64::from(self.available(store, sku)))
                .sum(),
            SourcingScore::TravelTime | SourcingScore::Cost => unreachable!("not drawn here"),
        }
    }
}

/// All ways to give a need to so many members: whole to one, or in any parts. A need of several
/// SKUs counts as one unit.
fn ways(need: &Wanted, members: usize, may_part: bool) -> Vec<Vec<u32>> {
    if may_part {
        return sums(*need.units.values().next().unwrap(), members);
    }
    let whole = |member| (0..members).map(|other| u32::from(other == member)).collect();
    (0..members).map(whole).collect()
}

/// All ways to write `total` as a sum of so many numbers.
fn sums(total: u32, terms: usize) -> Vec<Vec<u32>> {
    if terms == 1 {
        return vec![vec![total]];
    }
    let with_first = |first| {
        sums(total - first, terms - 1).into_iter().map(move |rest| [vec![first], rest].concat())
    };
    (0..=total).flat_map(with_first).collect()
}

fn subsets(stores: &[StoreId], size: usize) -> Vec<Vec<StoreId>> {
    match (size, stores.split_first()) {
        (0, _) => vec![Vec::new()],
        (_, None) => Vec::new(),
        (_, Some((first, rest))) => {
            let with = subsets(rest, size - 1).into_iter();
            let with = with.map(|set| [vec![*first], set].concat());
            with.chain(subsets(rest, size)).collect()
        }
    }
}
