//! A cover by the store that helps most, again and again: good and quick, not proven.

use super::assign::{Assignment, assign};
use super::budget::Budget;
use super::contest::Contest;
use super::mask::Mask;

/// The best of the covers that begin with each contender, nearest first and as far as the budget
/// goes, by stores and then by score.
pub(super) fn cover(contest: &Contest<'_>) -> Option<Assignment> {
    let mut budget = Budget::of_a_plan();
    let mut asking = Budget::of_covers();
    let mut best: Option<(usize, f64, Vec<usize>)> = None;
    for start in 0..contest.contenders.len() {
        if asking.gave_up {
            break;
        }
        let Some(set) = cover_from(contest, start, &mut asking) else { continue };
        if best.as_ref().is_some_and(|(size, ..)| *size < set.len()) {
            continue;
        }
        let assigned = || Some(assign(contest, &set, &mut budget)?.score);
        let Some(score) = contest.plain_score(&set).or_else(assigned) else { continue };
        let is_better = best
            .as_ref()
            .is_none_or(|(size, best_score, _)| set.len() < *size || score < *best_score);
        if is_better {
            best = Some((set.len(), score, set));
        }
    }
    let (_, _, set) = best?;
    assign(contest, &set, &mut Budget::of_a_plan())
}

/// Ascending indices of stores that together miss nothing and of which none is superfluous.
fn cover_from(contest: &Contest<'_>, start: usize, asking: &mut Budget) -> Option<Vec<usize>> {
    let mut set = vec![start];
    loop {
        let missing = contest.missing(&set);
        if missing.is_empty() {
            break;
        }
        if set.len() >= contest.most_stores {
            return None;
        }
        set.push(most_helpful(contest, &set, missing, asking)?);
    }
    drop_superfluous(contest, &mut set);
    set.sort_unstable();
    (set.len() > 1).then_some(set)
}

/// Who gives most of what is missing; where that is equal the better-scored, then the nearer.
fn most_helpful(
    contest: &Contest<'_>,
    set: &[usize],
    missing: Mask,
    asking: &mut Budget,
) -> Option<usize> {
    let helpers = (0..contest.contenders.len()).filter(|index| !set.contains(index));
    let helpers = helpers.filter(|_| asking.allows_step());
    let rated = helpers.filter_map(|index| {
        let help = contest.help(set, index, missing);
        (help > (0, 0)).then_some((help, contest.contenders.get(index)?.score, index))
    });
    let best = rated.min_by(|one, other| {
        other.0.cmp(&one.0).then(one.1.total_cmp(&other.1)).then(one.2.cmp(&other.2))
    });
    best.map(|(_, _, index)| index)
}

fn drop_superfluous(contest: &Contest<'_>, set: &mut Vec<usize>) {
    let mut position = 0;
    while position < set.len() {
        let mut without = set.clone();
        without.remove(position);
        if contest.missing(&without).is_empty() {
            *set = without;
        } else {
            position += 1;
        }
    }
}
