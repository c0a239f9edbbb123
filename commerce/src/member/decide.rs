//! The member's judgement, apart from what its orders do.

use vocabulary::{CouponId, OrderId, PersonId, Timestamp};

use super::orders::{self, HoldWanted};
use super::{
    ClaimTerms, Consent, Enrolment, Lot, Member, MemberCommand, MemberContext, MemberEvent,
    MemberRefusal, PhoneKey,
};

/// What was judged: facts to record, then what the shell must do about them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberDecision {
    pub events: Vec<MemberEvent>,
    pub wishes: Vec<MemberWish>,
}

/// What a member's owner asks of the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberWish {
    /// Come back with [`MemberCommand::TimerFired`]; the time is in the member's state.
    WakeAt(Timestamp),
    /// Ask the order's city to say so if it never placed the order and will not.
    AskCity { order: OrderId, place_before: Timestamp },
    /// The phone is nobody's any more.
    FreePhone(PhoneKey),
}

/// A decision in the making, over a working copy that each event is folded into.
pub(super) struct Draft<'a> {
    pub member: Member,
    pub context: &'a MemberContext<'a>,
    decision: MemberDecision,
}

impl Draft<'_> {
    pub fn now(&self) -> Timestamp {
        self.context.now
    }

    pub fn record(&mut self, event: MemberEvent) {
        self.member.apply(&event, self.context.now);
        self.decision.events.push(event);
    }

    pub fn wish(&mut self, wish: MemberWish) {
        self.decision.wishes.push(wish);
    }

    /// What has expired leaves, before anything is judged by what is there.
    pub fn expire(&mut self) {
        let now = self.now();
        let points = self.member.points.expired(now);
        if points > 0 {
            self.record(MemberEvent::PointsExpired { points, by: now });
        }
        let coupons = self.member.coupons.iter();
        let over = coupons.filter(|(_, held)| held.held_for.is_none() && held.expires_at <= now);
        let over: Vec<CouponId> = over.map(|(coupon, _)| *coupon).collect();
        for coupon in over {
            self.record(MemberEvent::CouponExpired { coupon });
        }
    }
}

impl Member {
    /// All the judgement. Changes nothing.
    pub fn decide(
        &self,
        command: &MemberCommand,
        context: &MemberContext<'_>,
    ) -> Result<MemberDecision, MemberRefusal> {
        let decision = MemberDecision::default();
        let mut draft = Draft { member: self.clone(), context, decision };
        carry_out(&mut draft, command)?;
        Ok(draft.decision)
    }

    /// After recovery: which time to wait for.
    pub fn resume(&self) -> Option<MemberWish> {
        self.next_ask().map(MemberWish::WakeAt)
    }
}

fn carry_out(draft: &mut Draft<'_>, command: &MemberCommand) -> Result<(), MemberRefusal> {
    use MemberCommand as C;
    match command {
        C::Enrol { person, phone, consent, tail } => enrol(draft, *person, *phone, consent, *tail),
        C::Consent { consent } => agree(draft, consent),
        C::Claim { coupon, terms, reason } => claim(draft, *coupon, terms, reason.as_deref()),
        C::Adjust { points, reason } => adjust(draft, *points, reason),
        C::Erase => erase(draft),
        C::Hold { order, coupons, points, place_before } => {
            let (coupons, points, place_before) = (coupons.as_slice(), *points, *place_before);
            orders::hold(draft, *order, &HoldWanted { coupons, points, place_before })
        }
        C::Confirm { order } => {
            orders::confirm(draft, *order);
            Ok(())
        }
        C::GiveBack { order, because } => {
            orders::give_back(draft, *order, *because);
            Ok(())
        }
        C::Complete { order, paid, points_back, return_until } => {
            orders::complete(draft, *order, *paid, *points_back, *return_until);
            Ok(())
        }
        C::Correct { order, paid, points_back } => {
            orders::correct(draft, *order, *paid, *points_back);
            Ok(())
        }
        C::TimerFired => {
            orders::ask_about_overdue(draft);
            Ok(())
        }
    }
}

fn enrol(
    draft: &mut Draft<'_>,
    person: PersonId,
    phone: PhoneKey,
    consent: &Consent,
    tail: Option<PhoneKey>,
) -> Result<(), MemberRefusal> {
    match draft.member.enrolment {
        Enrolment::Unknown => {
            let consent = consent.clone();
            draft.record(MemberEvent::MemberEnrolled { person, phone, consent, tail });
            Ok(())
        }
        Enrolment::Enrolled { .. } => Err(MemberRefusal::AlreadyEnrolled),
        Enrolment::Erased { .. } => Err(MemberRefusal::MemberUnknown),
    }
}

fn agree(draft: &mut Draft<'_>, consent: &Consent) -> Result<(), MemberRefusal> {
    match &draft.member.enrolment {
        Enrolment::Enrolled { consent: known, .. } if known == consent => Ok(()),
        Enrolment::Enrolled { .. } => {
            draft.record(MemberEvent::ConsentGiven { consent: consent.clone() });
            Ok(())
        }
        Enrolment::Unknown | Enrolment::Erased { .. } => Err(MemberRefusal::MemberUnknown),
    }
}

fn claim(
    draft: &mut Draft<'_>,
    coupon: CouponId,
    terms: &ClaimTerms,
    reason: Option<&str>,
) -> Result<(), MemberRefusal> {
    enrolled(draft)?;
    if draft.member.coupons.contains_key(&coupon) {
        return Ok(());
    }
    if terms.expires_at <= draft.now() {
        return Err(MemberRefusal::ClaimOver);
    }
    draft.expire();
    let claimed = draft.member.claims.get(&terms.campaign).copied().unwrap_or_default();
    if let Some(per_member) = terms.per_member.filter(|most| claimed >= *most) {
        return Err(MemberRefusal::ClaimLimit { per_member });
    }
    let most = draft.context.policy.most_coupons;
    if draft.member.coupons.len() >= most as usize {
        return Err(MemberRefusal::WalletFull { most });
    }
    let ClaimTerms { campaign, expires_at, .. } = *terms;
    let reason = reason.map(Into::into);
    draft.record(MemberEvent::CouponClaimed { coupon, campaign, expires_at, reason });
    Ok(())
}

fn adjust(draft: &mut Draft<'_>, points: i64, reason: &str) -> Result<(), MemberRefusal> {
    enrolled(draft)?;
    if reason.trim().is_empty() {
        return Err(MemberRefusal::NoteMissing);
    }
    draft.expire();
    let (amount, now) = (points.unsigned_abs(), draft.now());
    let reason = reason.into();
    if points < 0 {
        let available = draft.member.points.available(now);
        let lots = draft.member.points.oldest(amount, now);
        let lots = lots.ok_or(MemberRefusal::NotEnoughPoints { available })?;
        draft.record(MemberEvent::PointsTaken { lots, reason });
    } else if points > 0 {
        let (lot, repaid) = lot_for(draft, amount);
        draft.record(MemberEvent::PointsGranted { lot, repaid, reason });
    }
    Ok(())
}

/// New points: what is owed is paid first, the rest is a lot that lives by the policy.
pub(super) fn lot_for(draft: &Draft<'_>, earned: u64) -> (Lot, u64) {
    let repaid = earned.min(draft.member.points.owed);
    let expires_at = draft.context.policy.points_expire_at(draft.now());
    (Lot { points: earned - repaid, expires_at }, repaid)
}

fn erase(draft: &mut Draft<'_>) -> Result<(), MemberRefusal> {
    let phone = match draft.member.enrolment {
        Enrolment::Enrolled { phone, .. } => phone,
        Enrolment::Erased { .. } => return Ok(()),
        Enrolment::Unknown => return Err(MemberRefusal::MemberUnknown),
    };
    if !draft.member.holds.is_empty() {
        return Err(MemberRefusal::OrdersOpen);
    }
    let points = draft.member.points.balance();
    draft.record(MemberEvent::MemberErased { points });
    draft.wish(MemberWish::FreePhone(phone));
    Ok(())
}

pub(super) fn enrolled(draft: &Draft<'_>) -> Result<(), MemberRefusal> {
    if draft.member.is_enrolled() { Ok(()) } else { Err(MemberRefusal::MemberUnknown) }
}
