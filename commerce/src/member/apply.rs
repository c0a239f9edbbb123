//! Folding of recorded events. Nothing here judges, and nothing can fail.

use vocabulary::{CampaignId, Money, OrderId, Timestamp};

use super::points::total;
use super::{Coupon, Enrolment, Hold, HoldPhase, Lot, Member, MemberEvent, OrderAccount};

impl Member {
    /// Folds an event that was recorded at `at`.
    pub fn apply(&mut self, event: &MemberEvent, at: Timestamp) {
        use MemberEvent as E;
        match event {
            E::MemberEnrolled { person, phone, consent, tail } => {
                let (person, phone, tail) = (*person, *phone, *tail);
                let consent = consent.clone();
                self.enrolment = Enrolment::Enrolled { person, phone, tail, consent, at };
            }
            E::ConsentGiven { consent: given } => {
                if let Enrolment::Enrolled { consent, .. } = &mut self.enrolment {
                    *consent = given.clone();
                }
            }
            E::MemberErased { .. } => self.forget(at),
            E::PointsExpired { by, .. } => self.points.expire(*by),
            E::PointsGranted { lot, repaid, .. } => self.earn(*lot, *repaid),
            E::PointsTaken { lots, .. } => self.points.take(lots),
            E::CouponClaimed { coupon, campaign, expires_at, .. } => {
                let coupons =
                    Coupon { campaign: *campaign, expires_at: *expires_at, held_for: None };
                self.coupons.insert(*coupon, coupons);
                self.count_claim(*campaign);
            }
            E::CouponExpired { coupon } => {
                self.coupons.remove(coupon);
            }
            E::OrderHeld { order, coupons, points, place_before, ask_at } => {
                self.points.take(points);
                let (place_before, ask_at) = (*place_before, *ask_at);
                let phase = HoldPhase::Waiting { place_before, ask_at };
                let hold = Hold { coupons: coupons.clone(), points: points.clone(), phase };
                self.keep(*order, hold);
            }
            E::HoldExtended { order, place_before, ask_at } => {
                let (place_before, ask_at) = (*place_before, *ask_at);
                self.set_phase(*order, HoldPhase::Waiting { place_before, ask_at });
            }
            E::HoldDoubted { order, ask_at } => self.ask_again(*order, *ask_at),
            E::HoldConfirmed { order } => self.set_phase(*order, HoldPhase::Placed),
            E::HoldGivenBack { order, points, .. } => self.let_go(*order, points),
            E::OrderCompleted { .. } => self.completed(event, at),
            E::OrderCorrected { order, paid, reversed, owed, growth_lost, points_back } => {
                self.points.take(reversed);
                self.points.owed = self.points.owed.saturating_add(*owed);
                self.growth = self.growth.saturating_sub(*growth_lost);
                self.come_back(points_back);
                let lost = total(reversed).saturating_add(*owed);
                self.correct_account(*order, *paid, lost, *growth_lost, points_back);
            }
        }
    }

    fn forget(&mut self, at: Timestamp) {
        *self = Self { enrolment: Enrolment::Erased { at }, ..Self::new(self.id) };
    }

    fn earn(&mut self, lot: Lot, repaid: u64) {
        self.points.add(lot);
        self.points.owed = self.points.owed.saturating_sub(repaid);
    }

    fn come_back(&mut self, lots: &[Lot]) {
        lots.iter().for_each(|lot| self.points.add(*lot));
    }

    fn count_claim(&mut self, campaign: CampaignId) {
        let claims = self.claims.entry(campaign).or_default();
        *claims = claims.saturating_add(1);
    }

    fn keep(&mut self, order: OrderId, hold: Hold) {
        for coupon in &hold.coupons {
            if let Some(coupon) = self.coupons.get_mut(coupon) {
                coupon.held_for = Some(order);
            }
        }
        self.holds.insert(order, hold);
    }

    fn set_phase(&mut self, order: OrderId, phase: HoldPhase) {
        if let Some(hold) = self.holds.get_mut(&order) {
            hold.phase = phase;
        }
    }

    fn ask_again(&mut self, order: OrderId, at: Timestamp) {
        if let Some(Hold { phase: HoldPhase::Waiting { ask_at, .. }, .. }) =
            self.holds.get_mut(&order)
        {
            *ask_at = at;
        }
    }

    fn let_go(&mut self, order: OrderId, points: &[Lot]) {
        let Some(hold) = self.holds.remove(&order) else { return };
        for coupon in &hold.coupons {
            if let Some(coupon) = self.coupons.get_mut(coupon) {
                coupon.held_for = None;
            }
        }
        self.come_back(points);
    }

    fn completed(&mut self, event: &MemberEvent, at: Timestamp) {
        let MemberEvent::OrderCompleted {
            order,
            paid,
            earned,
            repaid,
            earn_permille,
            growth,
            growth_permille,
            points_back,
            keep_until,
        } = event
        else {
            return;
        };
        self.accounts.retain(|_, account| account.keep_until > at);
        let hold = self.holds.remove(order);
        for coupon in hold.iter().flat_map(|hold| &hold.coupons) {
            self.coupons.remove(coupon);
        }
        self.earn(*earned, *repaid);
        self.growth = self.growth.saturating_add(*growth);
        self.come_back(points_back);
        let mut spent = hold.map(|hold| hold.points).unwrap_or_default();
        take_back(&mut spent, points_back);
        let account = OrderAccount {
            paid: *paid,
            earn_permille: *earn_permille,
            growth_permille: *growth_permille,
            earned: earned.points.saturating_add(*repaid),
            growth: *growth,
            spent,
            points_back: total(points_back),
            keep_until: *keep_until,
        };
        self.accounts.insert(*order, account);
    }

    fn correct_account(
        &mut self,
        order: OrderId,
        paid: Money,
        earned_lost: u64,
        growth_lost: u64,
        points_back: &[Lot],
    ) {
        let Some(account) = self.accounts.get_mut(&order) else { return };
        account.paid = paid;
        account.earned = account.earned.saturating_sub(earned_lost);
        account.growth = account.growth.saturating_sub(growth_lost);
        account.points_back = account.points_back.saturating_add(total(points_back));
        take_back(&mut account.spent, points_back);
    }
}

fn take_back(spent: &mut Vec<Lot>, back: &[Lot]) {
    for lot in back {
        if let Some(known) = spent.iter_mut().find(|known| known.expires_at == lot.expires_at) {
            known.points = known.points.saturating_sub(lot.points);
        }
    }
    spent.retain(|lot| lot.points > 0);
}
