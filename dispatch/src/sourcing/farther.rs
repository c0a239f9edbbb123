//! Stores behind the first ring: one of them may have everything, or save a store of a split.
//!
//! Most of them can do nothing that a nearer one cannot, and are not asked for hours and capacity.

use super::candidate::Candidate;
use super::mask::Mask;
use super::question::Question;
use super::reach::Reached;
use super::score;
use crate::policy::SourcingScore;

/// What is behind the first ring.
pub(super) enum Farther<'a> {
    /// One that gives everything, the best-scored.
    Alone(Candidate<'a>),
    /// Nobody alone.
    Together(Vec<Candidate<'a>>),
}

/// The nearest that gives everything ends the look where the nearest wins.
pub(super) fn look<'a>(question: &Question<'a>, behind: &[Reached]) -> Farther<'a> {
    let mut seen = Vec::new();
    let mut best: Option<(f64, Candidate<'a>)> = None;
    for (store, far) in behind {
        let Some(mut one) = Candidate::look_at(question, *store, Some(*far)) else { continue };
        if one.lost.is_none() && one.has_everything(question) {
            one.check_timing(question);
            let score = one.score_alone(question);
            if one.lost.is_none() && best.as_ref().is_none_or(|(least, _)| score < *least) {
                best = Some((score, one));
                if nearest_wins(question) {
                    break;
                }
                continue;
            }
        }
        seen.push(one);
    }
    match best {
        Some((_, alone)) => Farther::Alone(alone),
        None => Farther::Together(seen),
    }
}

/// Asks hours and capacity of those who may improve a split, and returns the others apart.
pub(super) fn join<'a>(
    question: &Question<'a>,
    near: &mut Vec<Candidate<'a>>,
    farther: Vec<Candidate<'a>>,
) -> Vec<Candidate<'a>> {
    let mut passed_over = Vec::new();
    let able = near.iter().filter(|one| one.lost.is_none());
    let mut given = able.fold(Mask::default(), |all, one| all.or(one.shelf.whole));
    for mut one in farther {
        if one.lost.is_none() && !nearest_wins(question) {
            one.check_timing(question);
        }
        if one.lost.is_some() || adds_nothing(question, near, given, &one) {
            passed_over.push(one);
            continue;
        }
        one.check_timing(question);
        if one.lost.is_some() {
            passed_over.push(one);
            continue;
        }
        given = given.or(one.shelf.whole);
        near.push(one);
    }
    passed_over
}

/// Whether another, scored no worse, gives all that it gives. Units of needs that somebody gives
/// whole are nothing to give: such needs are not parted.
fn adds_nothing(
    question: &Question<'_>,
    near: &[Candidate<'_>],
    given: Mask,
    one: &Candidate<'_>,
) -> bool {
    let pieces = one.shelf.some.without(one.shelf.whole);
    let no_worse = |other: &Candidate<'_>| {
        let Some(timing) = other.timing.filter(|_| other.lost.is_none()) else { return false };
        // Those before it are nearer, so only other scores need a look.
        nearest_wins(question) || one.timing.is_some_and(|own| timing.score <= own.score)
    };
    given.covers(pieces)
        && near.iter().any(|other| other.shelf.whole.covers(one.shelf.whole) && no_worse(other))
}

/// Whether looking farther can pay: a store can stand in for another only where the score does not
/// hang on who gives what, and no two needs share a shelf.
pub(super) fn pays(question: &Question<'_>) -> bool {
    !score::draws(question) && !question.basket.has_rivals
}

pub(super) fn nearest_wins(question: &Question<'_>) -> bool {
    match question.policy.sourcing.score {
        SourcingScore::Nearest => true,
        SourcingScore::TravelTime
        | SourcingScore::Load
        | SourcingScore::Cost
        | SourcingScore::StockBalance => false,
    }
}
