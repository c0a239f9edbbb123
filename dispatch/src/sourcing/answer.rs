//! From what was found to a plan with its reasons.

use std::collections::BTreeMap;

use vocabulary::{Meters, StoreId};

use super::assign::{Gift, Portion};
use super::basket::Need;
use super::candidate::Candidate;
use super::contest::Contest;
use super::question::Question;
use super::split::Split;
use super::{CandidateVerdict, LostBecause, PlanPart, SearchKind, SourcingPlan, filters};
use crate::order::line::LineUnits;

/// So many stores are named in a plan that ended with the nearest one: those that were passed
/// over, and the next ones that were not even looked at. Keeps the record of most orders short.
const NAMED_AT_LEAST: usize = 4;

/// Everything from one store, which is among the candidates at `winner`.
pub(super) fn from_one(
    question: &Question<'_>,
    candidates: &[Candidate<'_>],
    winner: usize,
    search: SearchKind,
) -> Option<SourcingPlan> {
    let chosen = candidates.get(winner)?;
    let lines = question.basket.needs.iter().flat_map(|need| whole_need(question, need)).collect();
    let best = chosen.score_alone(question);
    let because = candidates.iter().enumerate().map(|(index, candidate)| {
        let lost =
            if index == winner { None } else { Some(lost_to_one(question, candidate, best)) };
        candidate.verdict(lost)
    });
    Some(SourcingPlan { parts: vec![part(chosen, lines)?], search, because: because.collect() })
}

fn lost_to_one(question: &Question<'_>, candidate: &Candidate<'_>, best: f64) -> LostBecause {
    match &candidate.lost {
        Some(lost) => lost.clone(),
        None if candidate.has_everything(question) => worse(candidate.score_alone(question), best),
        None => filters::not_enough(question, &candidate.shelf),
    }
}

/// Scores are for people, and kept with every order: hundredths do.
fn worse(score: f64, best: f64) -> LostBecause {
    let told = |score: f64| (score * 100.0).round() / 100.0;
    LostBecause::WorseScore { score: told(score), best: told(best) }
}

/// Names the next nearest stores beside a plan that did not need them.
pub(super) fn name_neighbours(plan: &mut SourcingPlan, not_looked_at: &[(StoreId, Meters)]) {
    let room = NAMED_AT_LEAST.saturating_sub(plan.because.len());
    let neighbours = not_looked_at.iter().take(room).map(|(store, distance)| CandidateVerdict {
        store: *store,
        distance: Some(*distance),
        lost: Some(LostBecause::NotLookedAt),
    });
    plan.because.extend(neighbours);
}

/// Leaves out the losers behind the first ring: hundreds may have been looked at.
pub(super) fn name_first_and_chosen(plan: &mut SourcingPlan, ring: usize) {
    let mut number = 0;
    plan.because.retain(|verdict| {
        number += 1;
        number <= ring || verdict.lost.is_none()
    });
}

pub(super) fn from_several(
    contest: &Contest<'_>,
    candidates: &[Candidate<'_>],
    split: &Split,
) -> Option<SourcingPlan> {
    let shares = shares(contest, &split.assignment.gifts);
    let parts = shares.into_iter().map(|(index, lines)| part(candidates.get(index)?, lines));
    let parts: Vec<PlanPart> = parts.collect::<Option<_>>()?;
    let chosen = |store| parts.iter().any(|part| part.store == store);
    let because = candidates.iter().enumerate().map(|(index, candidate)| {
        let lost =
            (!chosen(candidate.store)).then(|| lost_to_several(contest, candidate, index, split));
        candidate.verdict(lost)
    });
    let because = because.collect();
    Some(SourcingPlan { parts, search: split.search, because })
}

fn lost_to_several(
    contest: &Contest<'_>,
    candidate: &Candidate<'_>,
    index: usize,
    split: &Split,
) -> LostBecause {
    if let Some(lost) = &candidate.lost {
        return lost.clone();
    }
    let contender = contest.contenders.iter().position(|one| one.candidate == index);
    match contender.map(|contender| split.best_with.get(contender)) {
        Some(Some(Some(score))) => worse(*score, split.assignment.score),
        Some(Some(None)) => LostBecause::MoreSplits,
        // It has nothing that others lack, or not every plan was looked at.
        Some(None) | None => filters::not_enough(contest.question, &candidate.shelf),
    }
}

/// Lines by candidate. Parted units go out from the first line of their product on.
fn shares(contest: &Contest<'_>, gifts: &[Gift]) -> BTreeMap<usize, Vec<LineUnits>> {
    let mut shares: BTreeMap<usize, Vec<LineUnits>> = BTreeMap::new();
    let mut dealt: BTreeMap<usize, u32> = BTreeMap::new();
    for gift in gifts {
        let Some(contender) = contest.contenders.get(gift.contender) else { continue };
        let Some(need) = contest.need(gift.need) else { continue };
        let share = shares.entry(contender.candidate).or_default();
        match gift.portion {
            Portion::Whole => share.extend(whole_need(contest.question, need)),
            Portion::Units(units) => {
                let skipped = dealt.entry(gift.need).or_default();
                share.extend(units_of_need(contest.question, need, *skipped, units));
                *skipped = skipped.saturating_add(units);
            }
        }
    }
    shares
}

fn whole_need(question: &Question<'_>, need: &Need) -> impl Iterator<Item = LineUnits> {
    let lines = question.basket.lines_of(need).iter();
    lines.map(|line| LineUnits { line: line.line, sku: line.sku, units: line.units })
}

/// Units `skipped..skipped + units` of a need, counted through its lines.
fn units_of_need(
    question: &Question<'_>,
    need: &Need,
    skipped: u32,
    units: u32,
) -> impl Iterator<Item = LineUnits> {
    let (mut skip, mut rest) = (skipped, units);
    whole_need(question, need).filter_map(move |line| {
        let passed = skip.min(line.units);
        skip -= passed;
        let taken = rest.min(line.units - passed);
        rest -= taken;
        (taken > 0).then_some(LineUnits { units: taken, ..line })
    })
}

fn part(candidate: &Candidate<'_>, mut lines: Vec<LineUnits>) -> Option<PlanPart> {
    let promise = candidate.timing?.promise;
    lines.sort_unstable();
    Some(PlanPart {
        store: candidate.store,
        place: candidate.row.settings.place,
        lines,
        distance: candidate.distance,
        ready_at: promise.ready_at,
        promised_from: promise.from,
        promised_by: promise.by,
        release_at: promise.release_at,
    })
}
