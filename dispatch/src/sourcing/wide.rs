//! The fewest stores among many contenders, proven without trying every set.
//!
//! Some store must give the need that fewest have, so only these are tried first, and so on for
//! what is then missing; a branch ends where even the best-scored stores could not better the best
//! plan known, and a store that was tried in every way is not tried again beside its siblings. The
//! last store of a set is not searched for at all: those that have everything missing are what the
//! givers of each missing need have in common. Holds where a plan's score is the sum of its stores':
//! not where it depends on who gives what.

use super::SearchKind;
use super::assign::assign;
use super::budget::Budget;
use super::contest::Contest;
use super::mask::Mask;
use super::ranks::Ranks;
use super::split::{Found, Split};

pub(super) struct Wide<'c> {
    contest: &'c Contest<'c>,
    /// Contenders, the best-scored first: a rank is a position here.
    ranked: Vec<Ranked>,
    /// By need: who gives it whole or, where it may be parted, has units.
    givers: Vec<Giving>,
    everybody: Ranks,
    least_score: f64,
    size: usize,
    /// Indices of contenders.
    set: Vec<usize>,
    best: Option<(f64, Vec<usize>)>,
}

struct Ranked {
    index: usize,
    score: f64,
    whole: Mask,
    some: Mask,
}

struct Giving {
    ranks: Ranks,
    count: u32,
}

/// What the stores chosen so far come to.
#[derive(Clone, Copy)]
struct Chosen {
    /// Needs given whole.
    given: Mask,
    /// Needs of which there are units.
    some: Mask,
    score: f64,
}

impl<'c> Wide<'c> {
    /// The best of the smallest sets, of `most` stores or fewer.
    pub(super) fn run(contest: &'c Contest<'c>, most: usize) -> Found {
        let mut budget = Budget::of_a_plan();
        let mut wide = Self::of(contest);
        let nothing = Chosen { given: Mask::default(), some: Mask::default(), score: 0.0 };
        for size in 2..=most {
            wide.size = size;
            wide.choose(nothing, wide.everybody, &mut budget);
            if let Some((_, set)) = wide.best.take() {
                let search = if budget.gave_up { SearchKind::Greedy } else { SearchKind::Exact };
                let split = assign(contest, &set, &mut Budget::of_a_plan())
                    .map(|assignment| Split { assignment, search, best_with: Vec::new() });
                return Found::new(split, &budget);
            }
        }
        Found::new(None, &budget)
    }

    fn of(contest: &'c Contest<'c>) -> Self {
        let mut ranked: Vec<Ranked> = contest.contenders.iter().enumerate().map(ranked).collect();
        ranked.sort_by(|one, other| {
            one.score.total_cmp(&other.score).then(one.index.cmp(&other.index))
        });
        let gives = |one: &Ranked, need| {
            let parted = contest.parted.contains(need);
            if parted { one.some } else { one.whole }.contains(need)
        };
        let giving = |need| {
            let ranks = ranked.iter().enumerate().filter(|(_, one)| gives(one, need));
            let ranks = ranks.fold(Ranks::default(), |ranks, (rank, _)| ranks.with(rank));
            Giving { ranks, count: ranks.count() }
        };
        Self {
            contest,
            givers: (0..contest.question.basket.needs.len()).map(giving).collect(),
            everybody: Ranks::first(ranked.len()),
            least_score: ranked.first().map_or(0.0, |one| one.score),
            ranked,
            size: 0,
            set: Vec::new(),
            best: None,
        }
    }

    /// Adds a store to the set in every promising way; only of the stores in `free`.
    fn choose(&mut self, so_far: Chosen, mut free: Ranks, budget: &mut Budget) {
        if !budget.allows_step() {
            return;
        }
        let open = self.size - self.set.len();
        if open == 0 {
            if self.contest.short(&self.set).is_empty() {
                self.judge(budget);
            }
            return;
        }
        let missing = self.missing(so_far);
        let helpers = if open == 1 { self.with_all(missing) } else { self.helpers(missing) };
        for rank in helpers.and(free).iter() {
            let Some(one) = self.ranked.get(rank) else { continue };
            let score = so_far.score + one.score;
            let least = score + self.least_score * (open - 1) as f64;
            if self.best.as_ref().is_some_and(|(best, _)| *best < least) {
                // The helpers come best-scored first: the others are no better.
                return;
            }
            let (given, some) = (so_far.given.or(one.whole), so_far.some.or(one.some));
            free = free.without(rank);
            self.set.push(one.index);
            self.choose(Chosen { given, some, score }, free, budget);
            self.set.pop();
        }
    }

    /// Needs of which the set has nothing, or not the whole that somebody must give.
    fn missing(&self, so_far: Chosen) -> Mask {
        self.contest.whole.without(so_far.given).or(self.contest.parted.without(so_far.some))
    }

    /// Of these one must be in the set.
    fn helpers(&self, missing: Mask) -> Ranks {
        let giving = missing.iter().filter_map(|need| self.givers.get(need));
        if let Some(fewest) = giving.min_by_key(|giving| giving.count) {
            return fewest.ranks;
        }
        let scarce = self.contest.short(&self.set).iter().next();
        scarce.and_then(|need| self.givers.get(need)).map_or(self.everybody, |giving| giving.ranks)
    }

    /// Only these can end the set.
    fn with_all(&self, missing: Mask) -> Ranks {
        if missing.is_empty() {
            return self.helpers(missing);
        }
        let giving = missing.iter().filter_map(|need| self.givers.get(need));
        giving.fold(self.everybody, |all, giving| all.and(giving.ranks))
    }

    fn judge(&mut self, budget: &mut Budget) {
        let mut set = self.set.clone();
        set.sort_unstable();
        let plain = self.contest.plain_score(&set);
        let assigned = || Some(assign(self.contest, &set, budget)?.score);
        let Some(score) = plain.or_else(assigned) else { return };
        // Where scores are equal the nearer stay, as everywhere.
        let is_better = self
            .best
            .as_ref()
            .is_none_or(|(best, known)| score.total_cmp(best).then_with(|| set.cmp(known)).is_lt());
        if is_better {
            self.best = Some((score, set));
        }
    }
}

fn ranked((index, one): (usize, &super::contest::Contender<'_>)) -> Ranked {
    Ranked { index, score: one.score, whole: one.whole, some: one.some }
}
