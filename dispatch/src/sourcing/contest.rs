//! The search for stores that fill a basket together: who contends, for what, and what counts.

use super::basket::{Need, Shelf, Want};
use super::candidate::Candidate;
use super::mask::Mask;
use super::question::Question;
use super::score;

pub(super) struct Contest<'q> {
    pub(super) question: &'q Question<'q>,
    /// Nearest first.
    pub(super) contenders: Vec<Contender<'q>>,
    /// Needs that somebody must give whole.
    pub(super) whole: Mask,
    /// Loose needs that no contender can give whole, or that may be parted for other reasons.
    pub(super) parted: Mask,
    pub(super) most_stores: usize,
    /// No part of a split may be worth less, in fen.
    pub(super) least_value: i64,
}

/// A candidate that passed every hard filter and has something to give.
pub(super) struct Contender<'q> {
    /// Index among the candidates.
    pub(super) candidate: usize,
    pub(super) score: f64,
    pub(super) whole: Mask,
    /// Loose needs of which it has units.
    pub(super) some: Mask,
    shelf: &'q Shelf,
}

impl<'q> Contest<'q> {
    /// Whole needs first: a loose need is parted only when nobody has all of it.
    pub(super) fn between(question: &'q Question<'q>, candidates: &'q [Candidate<'_>]) -> Self {
        let contenders = enter(candidates);
        let givable = contenders.iter().fold(Mask::default(), |all, one| all.or(one.whole));
        let nobody_has_all = |index, need: &Need| !need.together && !givable.contains(index);
        Self::over(question, contenders, nobody_has_all)
    }

    /// Where a keep-together group wants the same product as a loose line, what it leaves may be
    /// with nobody in one piece: the second try parts such lines too. `None` when there are none.
    pub(super) fn with_rivals_parted(
        question: &'q Question<'q>,
        candidates: &'q [Candidate<'_>],
    ) -> Option<Self> {
        let basket = &question.basket;
        if !basket.has_rivals {
            return None;
        }
        let contenders = enter(candidates);
        let givable = contenders.iter().fold(Mask::default(), |all, one| all.or(one.whole));
        let parts = |index, need: &Need| {
            let rival = basket.wants_of(need).iter().any(|want| want.has_rival);
            !need.together && (rival || !givable.contains(index))
        };
        Some(Self::over(question, contenders, parts))
    }

    /// Every loose line may be parted, if that needs no more stores than `most`.
    pub(super) fn with_lines_parted(
        question: &'q Question<'q>,
        candidates: &'q [Candidate<'_>],
        most: usize,
    ) -> Self {
        let parted = Self::over(question, enter(candidates), |_, need| !need.together);
        Self { most_stores: most.min(parted.most_stores), ..parted }
    }

    fn over(
        question: &'q Question<'q>,
        mut contenders: Vec<Contender<'q>>,
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
    pub(super) fn parted_wants(&self) -> impl Iterator<Item = (usize, &Need, &Want)> {
        self.wants_among(self.parted)
    }

    fn wants_among(&self, parted: Mask) -> impl Iterator<Item = (usize, &Need, &Want)> {
        parted.iter().filter_map(|index| {
            let need = self.need(index)?;
            Some((index, need, self.question.basket.wants_of(need).first()?))
        })
    }

    fn members(&self, set: &[usize]) -> impl Iterator<Item = &Contender<'q>> {
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
        // Who has all of a need is enough for it: units are added up only for the others.
        let enough = self.members(set).fold(Mask::default(), |all, one| all.or(one.whole));
        let short = self.wants_among(self.parted.without(enough)).filter(|(_, _, want)| {
            let units = self.members(set).map(|one| u64::from(one.stock_in(want.slot)));
            units.sum::<u64>() < u64::from(want.units)
        });
        short.fold(Mask::default(), |mask, (need, _, _)| mask.with(need))
    }

    /// What one more contender would add to a set: needs it gives whole, then missing units of
    /// parted needs.
    pub(super) fn help(&self, set: &[usize], contender: usize, missing: Mask) -> (u32, u64) {
        let Some(one) = self.contenders.get(contender) else { return (0, 0) };
        let whole = missing.and(one.whole).count();
        let parted = self.wants_among(missing.and(self.parted));
        let units = parted.map(|(_, _, want)| {
            let had: u64 = self.members(set).map(|m| u64::from(m.stock_in(want.slot))).sum();
            u64::from(want.units).saturating_sub(had).min(u64::from(one.stock_in(want.slot)))
        });
        (whole, units.sum())
    }

    /// What a need taken whole from this contender adds to the plan's score.
    pub(super) fn drawn(&self, contender: &Contender<'_>, need: &Need) -> f64 {
        let wants = self.question.basket.wants_of(need).iter();
        wants.map(|want| self.drawn_units(contender, want, want.units)).sum()
    }

    pub(super) fn drawn_units(&self, contender: &Contender<'_>, want: &Want, units: u32) -> f64 {
        score::of_units(self.question, units, contender.stock_in(want.slot))
    }

    /// Whether the score depends on who gives what, not only on the stores chosen.
    pub(super) fn draws(&self) -> bool {
        score::draws(self.question)
    }

    /// Whether a set's score is the sum of its stores', whoever gives what.
    pub(super) fn adds_up(&self) -> bool {
        !self.draws() && !self.question.basket.has_rivals
    }

    /// The best score of a set that misses nothing, where nothing stands in the way of giving each
    /// need to the member that suits it best. `None` where something may: then only an assignment
    /// can tell.
    pub(super) fn plain_score(&self, set: &[usize]) -> Option<f64> {
        let in_the_way = self.least_value > 0 || self.question.basket.has_rivals;
        if in_the_way || (self.draws() && !self.parted.is_empty()) {
            return None;
        }
        let drawn: f64 = if self.draws() {
            self.whole.iter().map(|need| self.least_drawn(set, need)).sum()
        } else {
            0.0
        };
        Some(self.score_of_stores(set) + drawn)
    }

    fn least_drawn(&self, set: &[usize], index: usize) -> f64 {
        let Some(need) = self.need(index) else { return 0.0 };
        let has_it = self.members(set).filter(|member| member.whole.contains(index));
        has_it.map(|member| self.drawn(member, need)).fold(f64::INFINITY, f64::min)
    }

    /// The sum of the stores' own scores.
    pub(super) fn score_of_stores(&self, set: &[usize]) -> f64 {
        self.members(set).map(|one| one.score).sum()
    }
}

fn enter<'q>(candidates: &'q [Candidate<'_>]) -> Vec<Contender<'q>> {
    let indexed = candidates.iter().enumerate();
    indexed.filter_map(|(index, one)| Contender::of(index, one)).collect()
}

impl<'q> Contender<'q> {
    /// `None` for a candidate that failed a hard filter.
    fn of(index: usize, candidate: &'q Candidate<'_>) -> Option<Self> {
        let timing = candidate.timing.filter(|_| candidate.lost.is_none())?;
        let shelf = &candidate.shelf;
        Some(Self {
            candidate: index,
            score: timing.score,
            whole: shelf.whole,
            some: shelf.some,
            shelf,
        })
    }

    pub(super) fn stock_in(&self, slot: usize) -> u32 {
        self.shelf.units_in(slot)
    }

    fn is_useful(&self, whole: Mask, parted: Mask) -> bool {
        self.whole.meets(whole) || self.some.meets(parted)
    }
}
