//! What became of a member's coupons, told from the member's events.

use std::collections::BTreeMap;

use commerce::member::MemberEvent;
use persistence::EventRow;
use vocabulary::{CampaignId, CouponId, OrderId, Timestamp};

use super::member::{CouponHistory, CouponLine, member_events};

/// What became of every coupon that the member ever had, by campaigns' names as they are now.
pub fn coupon_history(
    rows: &[EventRow],
    now: Timestamp,
    limit: usize,
    name: impl Fn(CampaignId) -> Option<String>,
) -> CouponHistory {
    let mut story = CouponStory { name, known: BTreeMap::new(), held: BTreeMap::new() };
    let mut lines: Vec<CouponLine> =
        member_events(rows).flat_map(|(at, event)| story.lines(at, event)).collect();
    lines.extend(story.unnoticed(now));
    // A coupon expires at its own moment, which may have been recorded later.
    lines.sort_by_key(|line| line.at);
    lines.reverse();
    lines.truncate(limit);
    CouponHistory { lines }
}

struct CouponStory<N> {
    name: N,
    known: BTreeMap<CouponId, KnownCoupon>,
    held: BTreeMap<OrderId, Vec<CouponId>>,
}

struct KnownCoupon {
    campaign: CampaignId,
    expires_at: Timestamp,
    /// Neither held, used nor expired, since when.
    free_since: Option<Timestamp>,
}

impl KnownCoupon {
    /// One that came back after its time leaves when it has come.
    fn ends_at(&self) -> Timestamp {
        self.free_since.map_or(self.expires_at, |since| since.max(self.expires_at))
    }
}

impl<N: Fn(CampaignId) -> Option<String>> CouponStory<N> {
    fn lines(&mut self, at: Timestamp, event: MemberEvent) -> Vec<CouponLine> {
        match event {
            MemberEvent::CouponClaimed { coupon, campaign, expires_at, reason } => {
                let known = KnownCoupon { campaign, expires_at, free_since: Some(at) };
                self.known.insert(coupon, known);
                let line = self.line(at, "claimed", coupon, None);
                vec![CouponLine { reason: reason.map(String::from), ..line }]
            }
            MemberEvent::CouponExpired { coupon } => {
                let ended_at = self.known.get(&coupon).map_or(at, KnownCoupon::ends_at);
                self.set_free(&[coupon], None);
                vec![self.line(ended_at, "expired", coupon, None)]
            }
            MemberEvent::OrderHeld { order, coupons, .. } => {
                self.set_free(&coupons, None);
                self.held.insert(order, coupons.clone());
                coupons.iter().map(|held| self.line(at, "held", *held, Some(order))).collect()
            }
            MemberEvent::HoldGivenBack { order, .. } => {
                let coupons = self.held.remove(&order).unwrap_or_default();
                self.set_free(&coupons, Some(at));
                coupons.iter().map(|back| self.line(at, "given_back", *back, Some(order))).collect()
            }
            MemberEvent::OrderCompleted { order, .. } => {
                let coupons = self.held.remove(&order).unwrap_or_default();
                coupons.iter().map(|used| self.line(at, "used", *used, Some(order))).collect()
            }
            MemberEvent::MemberErased { .. } => {
                self.known.clear();
                Vec::new()
            }
            MemberEvent::MemberEnrolled { .. }
            | MemberEvent::ConsentGiven { .. }
            | MemberEvent::PointsExpired { .. }
            | MemberEvent::PointsGranted { .. }
            | MemberEvent::PointsTaken { .. }
            | MemberEvent::HoldExtended { .. }
            | MemberEvent::HoldDoubted { .. }
            | MemberEvent::HoldConfirmed { .. }
            | MemberEvent::OrderCorrected { .. } => Vec::new(),
        }
    }

    /// Those that have expired and lie in the wallet: the next thing the member does records it.
    fn unnoticed(&self, now: Timestamp) -> Vec<CouponLine> {
        let free = self.known.iter().filter(|(_, known)| known.free_since.is_some());
        let over = free.filter(|(_, known)| known.expires_at <= now);
        over.map(|(coupon, known)| self.line(known.ends_at(), "expired", *coupon, None)).collect()
    }

    fn set_free(&mut self, coupons: &[CouponId], since: Option<Timestamp>) {
        for coupon in coupons {
            if let Some(known) = self.known.get_mut(coupon) {
                known.free_since = since;
            }
        }
    }

    fn line(
        &self,
        at: Timestamp,
        what: &str,
        coupon: CouponId,
        order: Option<OrderId>,
    ) -> CouponLine {
        let campaign = self.known.get(&coupon).map(|known| known.campaign);
        let name = campaign.and_then(|campaign| (self.name)(campaign));
        CouponLine { at, what: what.to_owned(), coupon, name, reason: None, order }
    }
}
