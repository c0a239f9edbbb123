//! The fewest stores that fill a basket together, and of these the best-scored.
//!
//! Where few stores contend every pair is tried, then every triple and so on up to `max_splits`, cut
//! off where even all the stores to come cannot give what is missing: then each loser's best plan is
//! known as well. Where many contend only promising sets are ([`super::wide`]). Where the score hangs
//! on who gives what, or the search would cost too much, a greedy cover is tried from every store,
//! and the plan says so.

use super::SearchKind;
use super::assign::{Assignment, assign};
use super::budget::Budget;
use super::contest::Contest;
use super::greedy;
use super::mask::Mask;
use super::ranks::Ranks;
use super::wide::Wide;

pub(super) struct Split {
    pub(super) assignment: Assignment,
    pub(super) search: SearchKind,
    /// By contender: the score of the best plan of as few stores that it would be part of. Empty
    /// when not every plan was looked at.
    pub(super) best_with: Vec<Option<f64>>,
}

/// Contenders that alone give everything are not looked for: that is settled before.
pub(super) fn fewest_stores(contest: &Contest<'_>) -> Option<Split> {
    if !contest.lacking().is_empty() {
        return None;
    }
    let few = contest.contenders.len() <= contest.question.policy.sourcing.exact_up_to as usize;
    if few {
        Exact::run(contest).or_if_undecided(|| greedily(contest))
    } else if contest.adds_up() && contest.contenders.len() <= Ranks::SIZE {
        Wide::run(contest, most_useful_size(contest)).or_if_undecided(|| greedily(contest))
    } else {
        greedily(contest).or_else(|| Exact::run(contest).split)
    }
}

/// What a search came to: of a search that ended within its budget nothing better is left.
pub(super) struct Found {
    pub(super) split: Option<Split>,
    pub(super) gave_up: bool,
}

impl Found {
    pub(super) fn new(split: Option<Split>, budget: &Budget) -> Self {
        Self { split, gave_up: budget.gave_up }
    }

    /// What a search did not find within its budget another still may.
    fn or_if_undecided(self, other: impl FnOnce() -> Option<Split>) -> Option<Split> {
        if self.gave_up { better(self.split, other()) } else { self.split }
    }
}

fn better(one: Option<Split>, other: Option<Split>) -> Option<Split> {
    let both = [one, other].into_iter().flatten();
    both.min_by(|one, other| {
        let by_stores = one.assignment.stores().cmp(&other.assignment.stores());
        by_stores.then(one.assignment.score.total_cmp(&other.assignment.score))
    })
}

/// More parts than this are too many, or could not all be worth the least.
fn most_useful_size(contest: &Contest<'_>) -> usize {
    let most = contest.most_stores.min(contest.contenders.len());
    let needs = contest.question.basket.needs.iter();
    let value = needs.fold(0_i64, |sum, need| sum.saturating_add(need.value.as_fen()));
    match value.checked_div(contest.least_value) {
        Some(parts) => most.min(usize::try_from(parts).unwrap_or(0)),
        None => most,
    }
}

fn greedily(contest: &Contest<'_>) -> Option<Split> {
    let assignment = greedy::cover(contest)?;
    Some(Split { assignment, search: SearchKind::Greedy, best_with: Vec::new() })
}

struct Exact<'c> {
    contest: &'c Contest<'c>,
    /// What the contenders from an index on can give whole together.
    from_here: Vec<Mask>,
    size: usize,
    set: Vec<usize>,
    best: Option<(f64, Vec<usize>)>,
    best_with: Vec<Option<f64>>,
}

impl<'c> Exact<'c> {
    fn run(contest: &'c Contest<'c>) -> Found {
        let mut budget = Budget::of_a_plan();
        let mut exact = Self {
            contest,
            from_here: from_here(contest),
            size: 0,
            set: Vec::new(),
            best: None,
            best_with: vec![None; contest.contenders.len()],
        };
        for size in 2..=most_useful_size(contest) {
            exact.size = size;
            exact.extend(0, Mask::default(), Mask::default(), &mut budget);
            if let Some((_, set)) = exact.best.take() {
                return Found::new(exact.answer(&set, &budget), &budget);
            }
        }
        Found::new(None, &budget)
    }

    fn answer(self, set: &[usize], budget: &Budget) -> Option<Split> {
        let assignment = assign(self.contest, set, &mut Budget::of_a_plan())?;
        Some(if budget.gave_up {
            Split { assignment, search: SearchKind::Greedy, best_with: Vec::new() }
        } else {
            Split { assignment, search: SearchKind::Exact, best_with: self.best_with }
        })
    }

    /// Tries every set of `size` that begins with the present one, which gives `given` whole and of
    /// `some` has units.
    fn extend(&mut self, from: usize, given: Mask, some: Mask, budget: &mut Budget) {
        if !budget.allows_step() {
            return;
        }
        let open = self.size - self.set.len();
        if open == 0 {
            if some.covers(self.contest.parted) {
                self.judge(budget);
            }
            return;
        }
        let last = self.contest.contenders.len().saturating_sub(open);
        for index in from..=last {
            let Some(contender) = self.contest.contenders.get(index) else { return };
            let given = given.or(contender.whole);
            let to_come = if open == 1 { None } else { self.from_here.get(index + 1).copied() };
            if given.or(to_come.unwrap_or_default()).covers(self.contest.whole) {
                self.set.push(index);
                self.extend(index + 1, given, some.or(contender.some), budget);
                self.set.pop();
            }
        }
    }

    fn judge(&mut self, budget: &mut Budget) {
        if !self.contest.short(&self.set).is_empty() {
            return;
        }
        let plain = self.contest.plain_score(&self.set);
        let assigned = || Some(assign(self.contest, &self.set, budget)?.score);
        let Some(score) = plain.or_else(assigned) else { return };
        for member in &self.set {
            if let Some(best) = self.best_with.get_mut(*member) {
                *best = Some(best.map_or(score, |best| best.min(score)));
            }
        }
        // Sets come nearest first, so the nearer one stays where scores are equal.
        if self.best.as_ref().is_none_or(|(best, _)| score < *best) {
            self.best = Some((score, self.set.clone()));
        }
    }
}

fn from_here(contest: &Contest<'_>) -> Vec<Mask> {
    let mut masks: Vec<Mask> = contest
        .contenders
        .iter()
        .rev()
        .scan(Mask::default(), |all, contender| {
            *all = all.or(contender.whole);
            Some(*all)
        })
        .collect();
    masks.reverse();
    masks
}
