//! What orders do with a member's coupons and points: hold, confirm, give back, use, earn, reverse.
//!
//! A hold is kept from other orders until its city says how the order ended. When its time is over
//! and the city has said nothing, the city is asked; time alone never lets a hold go, because the
//! word that the order was placed may still be under way.

use vocabulary::{CouponId, Money, OrderId, Seconds, Timestamp};

use super::decide::{Draft, MemberWish, enrolled, lot_for};
use super::points::{gather, total};
use super::policy::for_paid;
use super::{GiveBack, Hold, HoldPhase, Lot, Member, MemberEvent, MemberRefusal};

/// What an order wants kept.
pub(super) struct HoldWanted<'a> {
    pub coupons: &'a [CouponId],
    pub points: u64,
    pub place_before: Timestamp,
}

pub(super) fn hold(
    draft: &mut Draft<'_>,
    order: OrderId,
    wanted: &HoldWanted<'_>,
) -> Result<(), MemberRefusal> {
    enrolled(draft)?;
    if draft.member.accounts.contains_key(&order) {
        return Err(MemberRefusal::OrderOver);
    }
    if wanted.place_before <= draft.now() {
        return Err(MemberRefusal::HoldTooLate);
    }
    if let Some(known) = draft.member.holds.get(&order) {
        let known = known.clone();
        return hold_again(draft, order, &known, wanted);
    }
    draft.expire();
    check_coupons(&draft.member, wanted.coupons)?;
    let now = draft.now();
    let available = draft.member.points.available(now);
    let points = draft.member.points.oldest(wanted.points, now);
    let points = points.ok_or(MemberRefusal::NotEnoughPoints { available })?;
    let (coupons, place_before) = (wanted.coupons.to_vec(), wanted.place_before);
    let ask_at = place_before;
    draft.record(MemberEvent::OrderHeld { order, coupons, points, place_before, ask_at });
    draft.wish(MemberWish::WakeAt(ask_at));
    Ok(())
}

/// The door retries: the same things are kept, perhaps for longer.
fn hold_again(
    draft: &mut Draft<'_>,
    order: OrderId,
    known: &Hold,
    wanted: &HoldWanted<'_>,
) -> Result<(), MemberRefusal> {
    if known.coupons != wanted.coupons || total(&known.points) != wanted.points {
        return Err(MemberRefusal::HoldDiffers);
    }
    match known.phase {
        HoldPhase::Waiting { place_before, .. } if place_before < wanted.place_before => {
            let place_before = wanted.place_before;
            let ask_at = place_before;
            draft.record(MemberEvent::HoldExtended { order, place_before, ask_at });
            draft.wish(MemberWish::WakeAt(ask_at));
        }
        HoldPhase::Waiting { .. } | HoldPhase::Placed => {}
    }
    Ok(())
}

fn check_coupons(member: &Member, coupons: &[CouponId]) -> Result<(), MemberRefusal> {
    for (place, coupon) in coupons.iter().enumerate() {
        let is_twice = coupons.iter().take(place).any(|before| before == coupon);
        match member.coupons.get(coupon) {
            None => return Err(MemberRefusal::CouponGone { coupon: *coupon }),
            Some(known) if known.held_for.is_some() || is_twice => {
                return Err(MemberRefusal::CouponHeld { coupon: *coupon });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

pub(super) fn confirm(draft: &mut Draft<'_>, order: OrderId) {
    let hold = draft.member.holds.get(&order);
    if hold.is_some_and(|hold| hold.phase != HoldPhase::Placed) {
        draft.record(MemberEvent::HoldConfirmed { order });
    }
}

pub(super) fn give_back(draft: &mut Draft<'_>, order: OrderId, because: GiveBack) {
    let Some(hold) = draft.member.holds.get(&order) else { return };
    // A city that says it never placed an order did not place it; the word is older than another.
    if because == GiveBack::NeverPlaced && hold.phase == HoldPhase::Placed {
        return;
    }
    let points = hold.points.clone();
    draft.record(MemberEvent::HoldGivenBack { order, because, points });
    draft.expire();
}

pub(super) fn complete(
    draft: &mut Draft<'_>,
    order: OrderId,
    paid: Money,
    points_back: u64,
    return_until: Timestamp,
) {
    if !draft.member.is_enrolled() || draft.member.accounts.contains_key(&order) {
        return;
    }
    draft.expire();
    let policy = draft.context.policy;
    let earn_permille = draft.member.tier(policy).map_or(0, |tier| tier.earn_permille_per_yuan);
    let growth_permille = policy.growth_permille_per_yuan;
    let (earned, repaid) = lot_for(draft, for_paid(paid, earn_permille));
    let spent = draft.member.holds.get(&order).map(|hold| hold.points.clone());
    let points_back = last_of(&spent.unwrap_or_default(), points_back);
    draft.record(MemberEvent::OrderCompleted {
        order,
        paid,
        earned,
        repaid,
        earn_permille,
        growth: for_paid(paid, growth_permille),
        growth_permille,
        points_back,
        keep_until: policy.keep_until(return_until),
    });
    draft.expire();
}

pub(super) fn correct(draft: &mut Draft<'_>, order: OrderId, paid: Money, points_back: u64) {
    let Some(account) = draft.member.accounts.get(&order).cloned() else { return };
    let earned = for_paid(paid, account.earn_permille);
    let growth = for_paid(paid, account.growth_permille);
    let is_known = paid >= account.paid && points_back <= account.points_back;
    if is_known || account.keep_until <= draft.now() {
        return;
    }
    draft.expire();
    let (now, too_many) = (draft.now(), account.earned.saturating_sub(earned));
    let (reversed, owed) = draft.member.points.newest(too_many, now);
    draft.record(MemberEvent::OrderCorrected {
        order,
        paid,
        reversed,
        owed,
        growth_lost: account.growth.saturating_sub(growth),
        points_back: last_of(&account.spent, points_back.saturating_sub(account.points_back)),
    });
    draft.expire();
}

/// So many of the points spent on an order, the last to expire first.
fn last_of(spent: &[Lot], points: u64) -> Vec<Lot> {
    gather(spent.iter().rev(), points).0
}

/// Asks the city of every order whose time to be placed is over.
pub(super) fn ask_about_overdue(draft: &mut Draft<'_>) {
    let now = draft.now();
    let overdue = draft.member.holds.iter().filter_map(|(order, hold)| match hold.phase {
        HoldPhase::Waiting { place_before, ask_at } if ask_at <= now => {
            Some((*order, place_before))
        }
        HoldPhase::Waiting { .. } | HoldPhase::Placed => None,
    });
    let overdue: Vec<_> = overdue.collect();
    let ask_at = now.after(Seconds(draft.context.policy.ask_again_after_s));
    for (order, place_before) in overdue {
        draft.record(MemberEvent::HoldDoubted { order, ask_at });
        draft.wish(MemberWish::AskCity { order, place_before });
    }
    if let Some(next) = draft.member.next_ask() {
        draft.wish(MemberWish::WakeAt(next));
    }
}

impl Member {
    /// When a city is to be asked next.
    pub(super) fn next_ask(&self) -> Option<Timestamp> {
        let waiting = self.holds.values().filter_map(|hold| match hold.phase {
            HoldPhase::Waiting { ask_at, .. } => Some(ask_at),
            HoldPhase::Placed => None,
        });
        waiting.min()
    }
}
