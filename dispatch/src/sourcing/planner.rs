//! The way through a planning: ring by ring, one store before several.

use vocabulary::{StoreId, Timestamp};

use super::candidate::Candidate;
use super::contest::Contest;
use super::question::Question;
use super::reach::{Reach, Reached};
use super::{CandidateVerdict, SearchKind, SourcingPlan, SourcingRequest};
use super::{answer, filters, refuse, split};
use crate::policy::SourcingScore;
use crate::view::CityView;
use crate::{Policy, Refusal};

/// Which stores fulfil the request, and why the others do not.
///
/// Equal views, policies and times give equal plans. Refuses what no store or allowed number of
/// stores in reach can give, saying what lacks; a named store that is closed, with the time it
/// opens; and a request that is no question (no lines, no door, a pickup at no store).
pub fn plan(
    request: &SourcingRequest,
    view: &CityView,
    policy: &Policy,
    now: Timestamp,
) -> Result<SourcingPlan, Refusal> {
    let question = Question::pose(request, view, policy, now)?;
    match request.pinned {
        Some(store) => from_the_named(&question, store),
        None => from_the_best(&question),
    }
}

/// What each store of the first ring could do alone, nearest first: no reason for those that
/// could give everything. For people who choose by hand; nothing stops at the first good store.
pub fn survey(
    request: &SourcingRequest,
    view: &CityView,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<CandidateVerdict>, Refusal> {
    let question = Question::pose(request, view, policy, now)?;
    let reach = Reach::around_the_door(&question);
    let ring = reach.as_ref().map(Reach::first_ring).unwrap_or_default();
    let named = request.pinned.filter(|store| ring.iter().all(|(other, _)| other != store));
    let named = named.and_then(|store| Candidate::named(&question, store));
    let around =
        ring.iter().filter_map(|(store, far)| Candidate::look_at(&question, *store, Some(*far)));
    let verdicts = around.chain(named).map(|mut candidate| {
        candidate.check_timing(&question);
        let short = (!candidate.has_everything(&question))
            .then(|| filters::not_enough(&question, &candidate.shelf));
        candidate.verdict(candidate.lost.clone().or(short))
    });
    Ok(verdicts.collect())
}

fn from_the_named(question: &Question<'_>, store: StoreId) -> Result<SourcingPlan, Refusal> {
    let Some(mut candidate) = Candidate::named(question, store) else {
        return Err(refuse::unknown_store());
    };
    candidate.check_timing(question);
    if candidate.lost.is_some() || !candidate.has_everything(question) {
        return Err(refuse::named(question, &candidate));
    }
    answer::from_one(question, &[candidate], 0, SearchKind::Pinned)
        .ok_or_else(refuse::unknown_store)
}

fn from_the_best(question: &Question<'_>) -> Result<SourcingPlan, Refusal> {
    let Some(reach) = Reach::around_the_door(question) else {
        return Err(refuse::out_of_reach(question));
    };
    let mut candidates = Vec::with_capacity(reach.first_ring().len());
    if let Some(plan) = from_ring(question, &mut candidates, reach.first_ring()) {
        return Ok(plan);
    }
    let lacking = Contest::between(question, &candidates).lacking();
    let second = reach.second_ring(lacking);
    if !second.is_empty()
        && let Some(plan) = from_ring(question, &mut candidates, &second)
    {
        return Ok(plan);
    }
    Err(refuse::unfillable(question, &candidates))
}

/// Looks at the ring's stores beside those looked at before.
fn from_ring<'a>(
    question: &Question<'a>,
    candidates: &mut Vec<Candidate<'a>>,
    ring: &[Reached],
) -> Option<SourcingPlan> {
    let nearest_wins = match question.policy.sourcing.score {
        SourcingScore::Nearest => true,
        SourcingScore::TravelTime
        | SourcingScore::Load
        | SourcingScore::Cost
        | SourcingScore::StockBalance => false,
    };
    for (looked_at, (store, far)) in ring.iter().enumerate() {
        let Some(mut candidate) = Candidate::look_at(question, *store, Some(*far)) else {
            continue;
        };
        if candidate.lost.is_none() && candidate.has_everything(question) {
            candidate.check_timing(question);
        }
        let can_give_all = candidate.lost.is_none() && candidate.timing.is_some();
        candidates.push(candidate);
        if nearest_wins && can_give_all {
            // Nobody farther can be better: most plans end here, at their first store.
            let winner = candidates.len() - 1;
            let mut plan = answer::from_one(question, candidates, winner, SearchKind::Exact)?;
            answer::name_neighbours(&mut plan, ring.get(looked_at + 1..).unwrap_or_default());
            return Some(plan);
        }
    }
    from_one(question, candidates).or_else(|| from_several(question, candidates))
}

fn from_one(question: &Question<'_>, candidates: &[Candidate<'_>]) -> Option<SourcingPlan> {
    let able = candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| candidate.lost.is_none() && candidate.has_everything(question));
    let scored = able.map(|(index, candidate)| (candidate.score_alone(question), index));
    // The first of equals is the nearest.
    let (_, winner) = scored.min_by(|one, other| one.0.total_cmp(&other.0))?;
    answer::from_one(question, candidates, winner, SearchKind::Exact)
}

/// Only now do hours and capacity of stores matter that have a part of the basket.
fn from_several(question: &Question<'_>, candidates: &mut [Candidate<'_>]) -> Option<SourcingPlan> {
    for candidate in candidates.iter_mut() {
        candidate.check_timing(question);
    }
    let contest = Contest::between(question, candidates);
    if let Some(split) = split::fewest_stores(&contest) {
        return answer::from_several(&contest, candidates, &split);
    }
    let contest = Contest::with_rivals_parted(question, candidates)?;
    let split = split::fewest_stores(&contest)?;
    answer::from_several(&contest, candidates, &split)
}
