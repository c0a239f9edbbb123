//! The way through a planning: ring by ring, one store before several.

use vocabulary::{StoreId, Timestamp};

use super::candidate::Candidate;
use super::contest::Contest;
use super::farther::Farther;
use super::question::Question;
use super::reach::{Reach, Reached};
use super::{SearchKind, SourcingPlan, SourcingRequest, Surveyed};
use super::{answer, farther, filters, refuse, split};
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

/// What each store near could do alone, nearest first. For people who choose by hand; nothing stops
/// at the first good store, and those behind the first ring are looked at when nobody in it can.
/// For a pickup those around the named store are asked.
pub fn survey(
    request: &SourcingRequest,
    view: &CityView,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<Surveyed>, Refusal> {
    let question = Question::pose(request, view, policy, now)?;
    let Some(reach) = Reach::around_the_door(&question) else {
        return Ok(survey_a_pickup(&question));
    };
    let mut surveyed = look_at_each(&question, reach.first_ring());
    if surveyed.iter().all(|one| one.verdict.lost.is_some()) {
        surveyed.extend(look_at_each(&question, &reach.behind_first_ring()));
    }
    Ok(surveyed)
}

fn look_at_each(question: &Question<'_>, ring: &[Reached]) -> Vec<Surveyed> {
    let looked =
        ring.iter().filter_map(|(store, far)| Candidate::look_at(question, *store, Some(*far)));
    looked.map(|candidate| surveyed(question, candidate)).collect()
}

fn survey_a_pickup(question: &Question<'_>) -> Vec<Surveyed> {
    let named = question.request.pinned.and_then(|store| question.view.store(store));
    let Some(named) = named else { return Vec::new() };
    let index = question.view.store_index();
    let near = index.nearest(named.settings.place, question.ring_size(), |_| true);
    let looked = near.iter().filter_map(|(store, _)| Candidate::look_at(question, *store, None));
    looked.map(|candidate| surveyed(question, candidate)).collect()
}

fn surveyed(question: &Question<'_>, mut candidate: Candidate<'_>) -> Surveyed {
    candidate.check_timing(question);
    let lost = candidate.lost.clone().or_else(|| {
        let is_short = !candidate.has_everything(question);
        is_short.then(|| filters::not_enough(question, &candidate.shelf))
    });
    let can = candidate.timing.filter(|_| lost.is_none());
    let promised_by = can.map(|timing| timing.promise.by);
    Surveyed { verdict: candidate.verdict(lost), promised_by }
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
    if let Some(plan) = from_one_of_ring(question, &mut candidates, reach.first_ring()) {
        return Ok(plan);
    }
    let found = if farther::pays(question) {
        from_everybody(question, &mut candidates, &reach.behind_first_ring())
    } else {
        from_several(question, &mut candidates)
    };
    if let Some(plan) = found {
        return Ok(plan);
    }
    let lacking = Contest::between(question, &candidates).lacking();
    let last = reach.last_ring(lacking, &candidates);
    if !last.is_empty() {
        let plan = from_one_of_ring(question, &mut candidates, &last)
            .or_else(|| from_several(question, &mut candidates));
        if let Some(mut plan) = plan {
            answer::name_first_and_chosen(&mut plan, reach.first_ring().len());
            return Ok(plan);
        }
    }
    Err(refuse::unfillable(question, &candidates))
}

/// Looks at the ring's stores beside those looked at before, for one that gives everything.
fn from_one_of_ring<'a>(
    question: &Question<'a>,
    candidates: &mut Vec<Candidate<'a>>,
    ring: &[Reached],
) -> Option<SourcingPlan> {
    let nearest_wins = farther::nearest_wins(question);
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
    from_one(question, candidates)
}

/// One store behind the first ring, or several from anywhere in reach. The reasons name the first
/// ring and the chosen. Without a plan, all that were looked at are candidates in the end.
fn from_everybody<'a>(
    question: &Question<'a>,
    candidates: &mut Vec<Candidate<'a>>,
    behind: &[Reached],
) -> Option<SourcingPlan> {
    let ring = candidates.len();
    let together = match farther::look(question, behind) {
        Farther::Alone(alone) => {
            candidates.push(alone);
            return answer::from_one(question, candidates, ring, SearchKind::Exact);
        }
        Farther::Together(together) => together,
    };
    for candidate in candidates.iter_mut() {
        candidate.check_timing(question);
    }
    let passed_over = farther::join(question, candidates, together);
    let mut plan = with_whole_lines(question, candidates);
    if can_be_fewer(plan.as_ref()) {
        candidates.extend(passed_over);
        candidates.sort_by_key(|one| (one.distance, one.store));
        plan = by_parting(question, candidates, plan);
    }
    if let Some(plan) = &mut plan {
        answer::name_first_and_chosen(plan, ring);
    }
    plan
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

fn from_several(question: &Question<'_>, candidates: &mut [Candidate<'_>]) -> Option<SourcingPlan> {
    let plan = with_whole_lines(question, candidates);
    if can_be_fewer(plan.as_ref()) { by_parting(question, candidates, plan) } else { plan }
}

/// Only now do hours and capacity of stores matter that have a part of the basket.
fn with_whole_lines(
    question: &Question<'_>,
    candidates: &mut [Candidate<'_>],
) -> Option<SourcingPlan> {
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

/// Two stores are the fewest, once no store does alone.
fn can_be_fewer(plan: Option<&SourcingPlan>) -> bool {
    plan.is_none_or(|plan| plan.parts.len() > 2)
}

/// A line in two pieces is better than a store more, or than no order.
fn by_parting(
    question: &Question<'_>,
    candidates: &mut [Candidate<'_>],
    plan: Option<SourcingPlan>,
) -> Option<SourcingPlan> {
    let allowed = question.policy.sourcing.max_splits.max(1) as usize;
    let most = plan.as_ref().map_or(allowed, |plan| plan.parts.len() - 1);
    for candidate in candidates.iter_mut() {
        candidate.check_timing(question);
    }
    let contest = Contest::with_lines_parted(question, candidates, most);
    let fewer = split::fewest_stores(&contest)
        .and_then(|split| answer::from_several(&contest, candidates, &split));
    fewer.or(plan)
}
