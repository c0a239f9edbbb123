//! Units of one line over several stores: the last resort, when no store has all of it.
//!
//! Units go where they cost the score least; where that is equal, to a member that can give all the
//! rest, so that a line is in as few pieces as possible. Only when a part comes out worth too
//! little, or empty, is everything dealt anew, and such parts are first lifted by the fewest units
//! that help.

use super::assign::{Gift, Member, Portion};
use super::basket::{Need, Want};
use super::contest::Contest;

/// What came of dealing the parted needs.
pub(super) enum Dealt {
    /// Nothing better can be done with what the whole needs left.
    Best(Hand),
    /// It will do; as several needs are parted there may be better.
    Good(Hand),
    /// There is no way to deal them.
    NotAtAll,
    /// This way did not do; as several needs are parted another might.
    MaybeNot,
}

pub(super) struct Hand {
    pub(super) gifts: Vec<Gift>,
    /// What the gifts add to the plan's score.
    pub(super) score: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Lift {
    Nobody,
    Small,
}

pub(super) fn deal(contest: &Contest<'_>, members: &[Member<'_>]) -> Dealt {
    let Some((hand, is_fair)) = deal_all(contest, members, Lift::Nobody) else {
        return Dealt::NotAtAll;
    };
    if is_fair {
        return Dealt::Best(hand);
    }
    let several = contest.parted.count() > 1;
    match deal_all(contest, members, Lift::Small) {
        Some((hand, true)) if several && contest.draws() => Dealt::Good(hand),
        Some((hand, true)) => Dealt::Best(hand),
        Some((_, false)) | None if several => Dealt::MaybeNot,
        Some((_, false)) | None => Dealt::NotAtAll,
    }
}

/// A hand, and whether every part is worth giving; `None` when there are too few units.
fn deal_all(contest: &Contest<'_>, members: &[Member<'_>], lift: Lift) -> Option<(Hand, bool)> {
    let mut members = members.to_vec();
    let mut hand = Hand { gifts: Vec::new(), score: 0.0 };
    for (index, need, want) in contest.parted_wants() {
        let units = deal_want(contest, &members, need, want, lift)?;
        for (member, units) in members.iter_mut().zip(units).filter(|(_, units)| *units > 0) {
            member.gives_any = true;
            member.value = member.value.saturating_add(worth(need, want, units));
            hand.score += contest.drawn_units(member.contender, want, units);
            let portion = Portion::Units(units);
            hand.gifts.push(Gift { contender: member.index, need: index, portion });
        }
    }
    let fair = |member: &Member| member.gives_any && member.value >= contest.least_value;
    let is_fair = members.iter().all(fair);
    Some((hand, is_fair))
}

/// Units by member, or `None` when they have too few on their shelves.
fn deal_want(
    contest: &Contest<'_>,
    members: &[Member<'_>],
    need: &Need,
    want: &Want,
    lift: Lift,
) -> Option<Vec<u32>> {
    let mut rest = want.units;
    let mut given = vec![0; members.len()];
    if lift == Lift::Small {
        for (member, given) in members.iter().zip(&mut given) {
            let lacking = units_to_lift(contest, member, need, want);
            *given = lacking.min(member.left(want.slot)).min(rest);
            rest -= *given;
        }
    }
    while rest > 0 {
        let open = members.iter().zip(&mut given).map(|(member, given)| {
            let left = member.left(want.slot) - *given;
            (contest.drawn_units(member.contender, want, 1), left, given)
        });
        let cheapest = open.filter(|(_, left, _)| *left > 0).min_by(|one, other| {
            one.0.total_cmp(&other.0).then((one.1 < rest).cmp(&(other.1 < rest)))
        });
        let (_, left, given) = cheapest?;
        let units = left.min(rest);
        *given += units;
        rest -= units;
    }
    Some(given)
}

/// The fewest units that make this member's part worth giving; all of them if even those do not.
fn units_to_lift(contest: &Contest<'_>, member: &Member<'_>, need: &Need, want: &Want) -> u32 {
    let lacking = contest.least_value.saturating_sub(member.value);
    if lacking <= 0 {
        return u32::from(!member.gives_any);
    }
    let (lacking, value) = (i128::from(lacking), i128::from(need.value.as_fen()));
    if value <= 0 {
        return 0;
    }
    let units = (lacking * i128::from(want.units) + value - 1) / value;
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// What units of a need are worth, in fen rounded down.
fn worth(need: &Need, want: &Want, units: u32) -> i64 {
    let worth = i128::from(need.value.as_fen()) * i128::from(units) / i128::from(want.units.max(1));
    i64::try_from(worth).unwrap_or(i64::MAX)
}

/// The most that a member's part could gain from parted needs, in fen.
pub(super) fn most_value(contest: &Contest<'_>, member: &Member<'_>) -> i64 {
    let worths = contest
        .parted_wants()
        .map(|(_, need, want)| worth(need, want, member.left(want.slot).min(want.units)));
    worths.fold(0, i64::saturating_add)
}

/// The least that dealing adds to the score, if only the score had to be minded.
pub(super) fn least_score(contest: &Contest<'_>, members: &[Member<'_>]) -> f64 {
    contest.parted_wants().map(|(_, _, want)| least_score_of(contest, members, want)).sum()
}

fn least_score_of(contest: &Contest<'_>, members: &[Member<'_>], want: &Want) -> f64 {
    let mut offers: Vec<(f64, u32, &Member)> = members
        .iter()
        .map(|member| {
            let stock = member.contender.stock_in(want.slot);
            (contest.drawn_units(member.contender, want, 1), stock, member)
        })
        .collect();
    offers.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut rest = want.units;
    let mut score = 0.0;
    for (_, stock, member) in offers {
        let units = stock.min(rest);
        rest -= units;
        score += contest.drawn_units(member.contender, want, units);
    }
    score
}
