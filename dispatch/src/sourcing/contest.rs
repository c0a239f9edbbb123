//! The search for stores that fill a basket together: who contends, for what, and what counts.

use super::basket::{Need, Want};
use super::candidate::Candidate;
use super::mask::Mask;
use super::question::Question;
use super::score;

pub(super) struct Contest<'q> {
    pub(super) question: &'q Question<'q>,
    /// Nearest first.
    pub(super) contenders: Vec<Contender>,
    /// Needs that somebody must give whole.
    pub(super) whole: Mask,
    /// Loose needs that no contender can give whole: their units may be parted.
    pub(super) parted: Mask,
    pub(super) most_stores: usize,
    /// No part of a split may be worth less, in fen.
    pub(super) least_value: i64,
}

/// A candidate that passed every hard filter and has something to give.
pub(super) struct Contender {
    /// Index among the candidates.
    pub(super) candidate: usize,
    pub(super) score: f64,
    pub(super) whole: Mask,
    some: Mask,
    /// Units for sale by slot of the basket.
    stock: Vec<u32>,
}

impl<'q> Contest<'q> {
    /// Whole needs first: a loose need is parted only when nobody has all of it.
    pub(super) fn between(question: &'q Question<'q>, candidates: &[Candidate<'_>]) -> Self {
        let contenders = enter(question, candidates);
        let givable = contenders.iter().fold(Mask::default(), |all, one| all.or(one.whole));
        let nobody_has_all = |index, need: &Need| !need.together && !givable.contains(index);
        Self::over(question, contenders, nobody_has_all)
    }

    /// Where a keep-together group wants the same product as a loose line, what it leaves may be
    /// with nobody in one piece: the second try parts such lines too. `None` when there are none.
    pub(super) fn with_rivals_parted(
        question: &'q Question<'q>,
        candidates: &[Candidate<'_>],
    ) -> Option<Self> {
        let basket = &question.basket;
        if !basket.has_rivals {
            return None;
        }
        let contenders = enter(question, candidates);
        let givable = contenders.iter().fold(Mask::default(), |all, one| all.or(one.whole));
        let parts = |index, need: &Need| {
            let rival = basket.wants_of(need).iter().any(|want| want.has_rival);
            !need.together && (rival || !givable.contains(index))
        };
        Some(Self::over(question, contenders, parts))
    }

    fn over(
        question: &'q Question<'q>,
        mut contenders: Vec<Contender>,
        is_parted: impl Fn(usize, &Need) -> bool,
    ) -> Self {
        let needs = question.basket.needs.iter().enumerate();
        let parted = needs
            .filter(|(index, need)| is_parted(*index, need))
            .fold(Mask::default(), |mask, (index, _)| mask.with(index));
        let whole = question.basket.all().without(parted);
        contenders.retain(|one| one.is_useful(whole, parted));
        let policy = &question.policy.sourcing;
        Self {
            question,
            contenders,
            whole,
            parted,
            most_stores: policy.max_splits.max(1) as usize,
            least_value: policy.min_part_value_fen.max(0),
        }
    }

    pub(super) fn need(&self, need: usize) -> Option<&Need> {
        self.question.basket.needs.get(need)
    }

    /// The needs whose units may be parted, each with its one want.
    pub(super) fn parted_wants(&self) -> impl Iterator<Item = (usize, &Need, &Want<'q>)> {
        self.parted.iter().filter_map(|index| {
            let need = self.need(index)?;
            Some((index, need, self.question.basket.wants_of(need).first()?))
        })
    }

    fn members(&self, set: &[usize]) -> impl Iterator<Item = &Contender> {
        set.iter().filter_map(|member| self.contenders.get(*member))
    }

    /// Needs that all contenders together cannot give.
    pub(super) fn lacking(&self) -> Mask {
        let everyone: Vec<usize> = (0..self.contenders.len()).collect();
        self.missing(&everyone)
    }

    /// Needs that these contenders cannot give, each need looked at by itself.
    pub(super) fn missing(&self, set: &[usize]) -> Mask {
        let given = self.members(set).fold(Mask::default(), |all, one| all.or(one.whole));
        self.whole.without(given).or(self.short(set))
    }

    /// Parted needs of which these contenders together have too few units.
    pub(super) fn short(&self, set: &[usize]) -> Mask {
        let short = self.parted_wants().filter(|(_, _, want)| {
            let units = self.members(set).map(|one| u64::from(one.stock_in(want.slot)));
            units.sum::<u64>() < u64::from(want.units)
        });
        short.fold(Mask::default(), |mask, (need, _, _)| mask.with(need))
    }

    /// What one more contender would add to a set: needs it gives whole, then missing units of
    /// parted needs.
    pub(super) fn help(&self, set: &[usize], contender: usize, missing: Mask) -> (u32, u64) {
        let Some(one) = self.contenders.get(contender) else { return (0, 0) };
        let whole = missing.without(missing.without(one.whole)).count();
        let parted = self.parted_wants().filter(|(need, _, _)| missing.contains(*need));
        let units = parted.map(|(_, _, want)| {
            let had: u64 = self.members(set).map(|m| u64::from(m.stock_in(want.slot))).sum();
            u64::from(want.units).saturating_sub(had).min(u64::from(one.stock_in(want.slot)))
        });
        (whole, units.sum())
    }

    /// What a need taken whole from this contender adds to the plan's score.
    pub(super) fn drawn(&self, contender: &Contender, need: &Need) -> f64 {
        let wants = self.question.basket.wants_of(need).iter();
        wants.map(|want| self.drawn_units(contender, want, want.units)).sum()
    }

    pub(super) fn drawn_units(&self, contender: &Contender, want: &Want<'_>, units: u32) -> f64 {
        score::of_units(self.question, units, contender.stock_in(want.slot))
    }

    /// The sum of the stores' own scores.
    pub(super) fn score_of_stores(&self, set: &[usize]) -> f64 {
        self.members(set).map(|one| one.score).sum()
    }
}

fn enter(question: &Question<'_>, candidates: &[Candidate<'_>]) -> Vec<Contender> {
    let indexed = candidates.iter().enumerate();
    indexed.filter_map(|(index, one)| Contender::of(question, index, one)).collect()
}

impl Contender {
    /// `None` for a candidate that failed a hard filter.
    fn of(question: &Question<'_>, index: usize, candidate: &Candidate<'_>) -> Option<Self> {
        let timing = candidate.timing.filter(|_| candidate.lost.is_none())?;
        let wants = question.basket.wants().iter();
        Some(Self {
            candidate: index,
            score: timing.score,
            whole: candidate.shelf.whole,
            some: candidate.shelf.some,
            stock: wants.map(|want| want.available_at(candidate.store).unwrap_or(0)).collect(),
        })
    }

    pub(super) fn stock_in(&self, slot: usize) -> u32 {
        self.stock.get(slot).copied().unwrap_or(0)
    }

    fn is_useful(&self, whole: Mask, parted: Mask) -> bool {
        self.whole.meets(whole) || self.some.meets(parted)
    }
}
