//! Saying what lacks when there is no plan.

use std::fmt::Write;

use super::LostBecause;
use super::candidate::Candidate;
use super::contest::Contest;
use super::question::Question;
use crate::Refusal;
use crate::order::FulfillmentMode;

/// So many lines are named one by one.
const LINES_NAMED: usize = 5;

pub(super) fn unknown_store() -> Refusal {
    because("the named store is not in this city")
}

pub(super) fn out_of_reach(question: &Question<'_>) -> Refusal {
    because(match question.request.mode {
        FulfillmentMode::Delivery => "no store delivers to this door",
        FulfillmentMode::Express => "no store is near enough to send it by express",
        FulfillmentMode::Pickup => "no store was named to collect it from",
    })
}

/// The one store that was allowed cannot do it.
pub(super) fn named(question: &Question<'_>, candidate: &Candidate<'_>) -> Refusal {
    match &candidate.lost {
        Some(LostBecause::Closed { opens_at }) => {
            Refusal::StoreClosed { store: candidate.store, opens_at: *opens_at }
        }
        Some(LostBecause::NoneListed | LostBecause::NotEnoughStock { .. }) | None => {
            let contest = Contest::between(question, std::slice::from_ref(candidate));
            let goods = goods_lacking(question, &contest, &[candidate]);
            because(format!("the named store lacks {goods}"))
        }
        Some(lost) => because(format!("the named store {}", doing(lost))),
    }
}

/// Nobody was named, and nobody can do it, alone or together.
pub(super) fn unfillable(question: &Question<'_>, candidates: &[Candidate<'_>]) -> Refusal {
    if candidates.is_empty() {
        return out_of_reach(question);
    }
    let contest = Contest::between(question, candidates);
    let mut summary = String::new();
    if contest.lacking().is_empty() {
        let policy = &question.policy.sourcing;
        let _ = write!(summary, "it would take more than {} stores", policy.max_splits.max(1));
        if policy.min_part_value_fen > 0 {
            summary.push_str(", or parts worth too little");
        }
    } else {
        let able: Vec<&Candidate> = candidates.iter().filter(|one| one.lost.is_none()).collect();
        let goods = goods_lacking(question, &contest, &able);
        let _ = write!(summary, "stores in reach lack {goods}");
    }
    append_absent(&mut summary, candidates);
    because(summary)
}

/// `line 2 (5 wanted, 3 there)`, for the first few lines; groups by their lines.
fn goods_lacking(
    question: &Question<'_>,
    contest: &Contest<'_>,
    able: &[&Candidate<'_>],
) -> String {
    let mut lines: Vec<(u16, String)> = Vec::new();
    for need in contest.lacking().iter().filter_map(|need| question.basket.needs.get(need)) {
        for line in question.basket.lines_of(need) {
            let wanted = question.basket.wants_of(need).iter().find(|want| want.sku == line.sku);
            let Some(want) = wanted else { continue };
            let have = able.iter().map(|one| one.shelf.units_in(want.slot));
            let text = if need.together {
                "must stay together with others".to_owned()
            } else {
                format!("{} wanted, {} there", want.units, have.map(u64::from).sum::<u64>())
            };
            lines.push((line.line, text));
        }
    }
    lines.sort();
    let more = lines.len().saturating_sub(LINES_NAMED);
    let named = lines.iter().take(LINES_NAMED).map(|(line, text)| format!("line {line} ({text})"));
    let mut text = named.collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(text, " and {more} more lines");
    }
    text
}

/// `; of 9 stores 2 are closed, 1 is paused`, so that a night is not taken for a shortage.
fn append_absent(summary: &mut String, candidates: &[Candidate<'_>]) {
    let mut absent: Vec<(&'static str, usize)> = Vec::new();
    let filtered = candidates.iter().filter_map(|candidate| candidate.lost.as_ref());
    for text in filtered.filter(|lost| !is_about_goods(lost)).map(doing) {
        match absent.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => absent.push((text, 1)),
        }
    }
    if absent.is_empty() {
        return;
    }
    let listed: Vec<String> =
        absent.iter().map(|(text, count)| format!("{count} {text}")).collect();
    let _ = write!(summary, "; of {} stores in reach: {}", candidates.len(), listed.join(", "));
}

fn is_about_goods(lost: &LostBecause) -> bool {
    matches!(lost, LostBecause::NoneListed | LostBecause::NotEnoughStock { .. })
}

/// What a store that lost is doing.
fn doing(lost: &LostBecause) -> &'static str {
    match lost {
        LostBecause::Excluded => "gave this back before",
        LostBecause::ModeNotOffered => "does not offer this way of fulfilment",
        LostBecause::OutsideServiceArea => "does not serve this door",
        LostBecause::Closed { .. } => "closed at that time",
        LostBecause::Paused => "takes no orders at the moment",
        LostBecause::ScreenOffline => "cannot be reached",
        LostBecause::CapacityFull => "can promise no more orders for that time",
        LostBecause::NoneListed | LostBecause::NotEnoughStock { .. } => "lacks the goods",
        LostBecause::MoreSplits | LostBecause::WorseScore { .. } => "was not the best",
        LostBecause::NotLookedAt => "was not looked at",
        LostBecause::TooManyStores { .. } => "would be one store too many",
    }
}

fn because(summary: impl Into<String>) -> Refusal {
    Refusal::Unfillable { summary: summary.into() }
}
