//! What a member's owner says yes and no to, case by case.

use vocabulary::{CampaignId, CouponId, MemberId, Money, OrderId, PersonId, Seconds, Timestamp};

use super::*;

pub(super) const NOON: Timestamp = Timestamp::from_millis(1_795_000_000_000);

pub(super) fn order(number: u64) -> OrderId {
    OrderId::from_bits(number.into())
}

pub(super) fn coupon(number: u64) -> CouponId {
    CouponId::from_bits(number.into())
}

pub(super) fn at(seconds: u32) -> Timestamp {
    NOON.after(Seconds(seconds))
}

/// A member with its events, and the wishes of the last command.
pub(super) struct Story {
    pub member: Member,
    pub policy: MemberPolicy,
    pub now: Timestamp,
    pub events: Vec<MemberEvent>,
    /// When each of them was recorded.
    pub recorded_at: Vec<Timestamp>,
    pub wishes: Vec<MemberWish>,
}

impl Story {
    pub fn begin() -> Self {
        let mut story = Self {
            member: Member::new(MemberId::from_bits(1)),
            policy: MemberPolicy::default(),
            now: NOON,
            events: Vec::new(),
            recorded_at: Vec::new(),
            wishes: Vec::new(),
        };
        let consent = Consent { terms: "2026-11".into(), marketing: false };
        let (person, phone) = (PersonId::from_bits(2), PhoneKey::from_bits(3));
        story.ask(MemberCommand::Enrol { person, phone, consent, tail: None }).unwrap();
        story
    }

    pub fn ask(&mut self, command: MemberCommand) -> Result<(), MemberRefusal> {
        let context = MemberContext { now: self.now, policy: &self.policy };
        let decision = self.member.decide(&command, &context)?;
        for event in &decision.events {
            self.member.apply(event, self.now);
        }
        self.recorded_at.extend(decision.events.iter().map(|_| self.now));
        self.events.extend(decision.events);
        self.wishes = decision.wishes;
        Ok(())
    }

    pub fn give(&mut self, points: i64) {
        self.ask(MemberCommand::Adjust { points, reason: "welcome".into() }).unwrap();
    }

    pub fn claim(&mut self, number: u64, expires_at: Timestamp) -> Result<(), MemberRefusal> {
        let campaign = CampaignId::from_bits(9);
        let terms = ClaimTerms { campaign, per_member: Some(3), expires_at };
        self.ask(MemberCommand::Claim { coupon: coupon(number), terms, reason: None })
    }

    pub fn hold(&mut self, number: u64, coupons: &[u64], points: u64) -> Result<(), MemberRefusal> {
        self.ask(MemberCommand::Hold {
            order: order(number),
            coupons: coupons.iter().map(|number| coupon(*number)).collect(),
            points,
            place_before: self.now.after(Seconds(60)),
        })
    }

    pub fn complete(&mut self, number: u64, fen: i64, points_back: u64) {
        let return_until = self.now.after(Seconds(7 * 86_400));
        let (order, paid) = (order(number), Money::fen(fen));
        self.ask(MemberCommand::Complete { order, paid, points_back, return_until }).unwrap();
    }

    pub fn correct(&mut self, number: u64, fen: i64, points_back: u64) {
        let (order, paid) = (order(number), Money::fen(fen));
        self.ask(MemberCommand::Correct { order, paid, points_back }).unwrap();
    }

    pub fn available(&self) -> u64 {
        self.member.points.available(self.now)
    }

    /// The ledger as it is shown now.
    pub fn lines(&self) -> Vec<(Timestamp, LedgerEntry)> {
        let events = self.recorded_at.iter().copied().zip(self.events.iter().cloned());
        ledger_at(events, self.now)
    }

    pub fn ledger(&self) -> i64 {
        self.events.iter().flat_map(ledger_entries).map(|entry| entry.points).sum()
    }
}

#[test]
fn a_coupon_is_held_for_one_order_and_used_once() {
    let mut story = Story::begin();
    story.claim(1, at(86_400)).unwrap();
    story.hold(1, &[1], 0).unwrap();
    story.hold(1, &[1], 0).unwrap();
    let held = Err(MemberRefusal::CouponHeld { coupon: coupon(1) });
    assert_eq!(story.hold(2, &[1], 0), held);
    assert_eq!(story.member.standing(&story.policy, story.now).unwrap().coupons, Vec::new());
    story.ask(MemberCommand::Confirm { order: order(1) }).unwrap();
    story.complete(1, 10_000, 0);
    let unknown = Err(MemberRefusal::CouponGone { coupon: coupon(1) });
    assert_eq!(story.hold(2, &[1], 0), unknown);
    assert_eq!(story.hold(1, &[1], 0), Err(MemberRefusal::OrderOver));
}

#[test]
fn an_order_that_ends_without_goods_gives_everything_back_unless_expired() {
    let mut story = Story::begin();
    story.give(500);
    story.claim(1, at(86_400)).unwrap();
    story.claim(2, at(120)).unwrap();
    story.hold(1, &[1, 2], 300).unwrap();
    assert_eq!(story.available(), 200);
    story.ask(MemberCommand::Confirm { order: order(1) }).unwrap();
    story.now = at(600);
    let because = GiveBack::Cancelled;
    story.ask(MemberCommand::GiveBack { order: order(1), because }).unwrap();
    let standing = story.member.standing(&story.policy, story.now).unwrap();
    assert_eq!(standing.points, 500);
    assert_eq!(standing.coupons.iter().map(|held| held.id).collect::<Vec<_>>(), [coupon(1)]);
    // The same word again changes nothing.
    story.ask(MemberCommand::GiveBack { order: order(1), because }).unwrap();
    assert_eq!((story.available(), story.ledger()), (500, 500));
}

#[test]
fn time_alone_never_lets_a_hold_go() {
    let mut story = Story::begin();
    story.claim(1, at(86_400)).unwrap();
    story.hold(1, &[1], 0).unwrap();
    assert_eq!(story.wishes, [MemberWish::WakeAt(at(60))]);
    assert!(story.member.is_live());
    story.now = at(60);
    story.ask(MemberCommand::TimerFired).unwrap();
    let ask = MemberWish::AskCity { order: order(1), place_before: at(60) };
    assert_eq!(story.wishes, [ask, MemberWish::WakeAt(at(120))]);
    assert!(story.hold(2, &[1], 0).is_err());
    // The city placed it in time, and its word was only late.
    story.ask(MemberCommand::Confirm { order: order(1) }).unwrap();
    let because = GiveBack::NeverPlaced;
    story.ask(MemberCommand::GiveBack { order: order(1), because }).unwrap();
    assert!(story.hold(2, &[1], 0).is_err(), "an older word lets nothing go");
    assert!(!story.member.is_live() && story.member.resume().is_none());
}

#[test]
fn an_order_that_was_never_placed_lets_go_on_its_citys_word() {
    let mut story = Story::begin();
    story.give(50);
    story.hold(1, &[], 50).unwrap();
    story.now = at(61);
    story.ask(MemberCommand::TimerFired).unwrap();
    let because = GiveBack::NeverPlaced;
    story.ask(MemberCommand::GiveBack { order: order(1), because }).unwrap();
    assert_eq!(story.available(), 50);
    story.hold(2, &[], 50).unwrap();
}

#[test]
fn a_completed_order_earns_by_the_tier_and_a_return_takes_its_part_back() {
    let mut story = Story::begin();
    story.complete(1, 150_000, 0);
    assert_eq!((story.available(), story.member.growth), (1_500, 1_500));
    assert_eq!(story.member.tier(&story.policy).unwrap().code.as_str(), "silver");
    story.complete(2, 10_050, 0);
    assert_eq!(story.available(), 1_620, "silver earns 1.2 points a yuan: 120.6, rounded down");
    story.correct(2, 5_000, 0);
    assert_eq!((story.available(), story.member.growth), (1_560, 1_550));
    story.correct(2, 5_000, 0);
    assert_eq!(story.available(), 1_560, "a total told twice changes nothing");
    story.correct(1, 0, 0);
    story.correct(2, 0, 0);
    assert_eq!((story.available(), story.member.growth), (0, 0));
    assert_eq!(story.ledger(), 0);
}

#[test]
fn points_reversed_after_they_were_spent_are_owed_and_paid_by_the_next() {
    let mut story = Story::begin();
    story.complete(1, 10_000, 0);
    story.hold(2, &[], 80).unwrap();
    story.ask(MemberCommand::Confirm { order: order(2) }).unwrap();
    story.complete(2, 0, 0);
    story.correct(1, 0, 0);
    assert_eq!((story.available(), story.member.points.owed), (0, 80));
    story.complete(3, 5_000, 0);
    assert_eq!((story.available(), story.member.points.owed), (0, 30));
    story.complete(4, 5_000, 0);
    assert_eq!((story.available(), story.member.points.owed), (20, 0));
    assert_eq!(story.ledger(), 20);
}

#[test]
fn points_spent_on_units_that_never_arrived_come_back() {
    let mut story = Story::begin();
    story.give(1_000);
    story.hold(1, &[], 600).unwrap();
    story.ask(MemberCommand::Confirm { order: order(1) }).unwrap();
    story.complete(1, 0, 250);
    assert_eq!(story.available(), 650);
    story.correct(1, 0, 600);
    assert_eq!(story.available(), 1_000);
    story.correct(1, 0, 600);
    assert_eq!((story.available(), story.ledger()), (1_000, 1_000));
}

#[test]
fn what_is_oldest_is_spent_first_and_expires_first() {
    let mut story = Story::begin();
    story.policy.points_live_days = 1;
    story.give(100);
    story.policy.points_live_days = 365;
    story.give(100);
    story.hold(1, &[], 30).unwrap();
    let left: Vec<u64> = story.member.points.lots().map(|lot| lot.points).collect();
    assert_eq!(left, [70, 100]);
    story.now = at(3 * 86_400);
    assert_eq!(story.available(), 100);
    let refused = story.hold(2, &[], 101);
    assert_eq!(refused, Err(MemberRefusal::NotEnoughPoints { available: 100 }));
    story.hold(2, &[], 100).unwrap();
    let expired = MemberEvent::PointsExpired { points: 70, by: at(3 * 86_400) };
    assert!(story.events.contains(&expired));
    // What was held comes back with the expiry it had, which has passed.
    let because = GiveBack::Cancelled;
    story.ask(MemberCommand::GiveBack { order: order(1), because }).unwrap();
    assert_eq!((story.available(), story.member.points.balance()), (0, 0));
    assert_eq!(story.ledger(), 0);
}

#[test]
fn points_leave_the_ledger_when_they_expire_and_not_when_somebody_comes_by() {
    let mut story = Story::begin();
    story.policy.points_live_days = 1;
    story.give(100);
    let first_ends = story.member.points.next_expiry(NOON).unwrap().expires_at;
    story.policy.points_live_days = 3;
    story.give(50);
    let second_ends = story.policy.points_expire_at(NOON);
    story.hold(1, &[], 30).unwrap();
    let seen = |story: &Story| -> Vec<(Timestamp, LedgerReason, i64)> {
        story.lines().into_iter().map(|(at, line)| (at, line.reason, line.points)).collect()
    };
    let paid_in = [
        (NOON, LedgerReason::Adjust, 100),
        (NOON, LedgerReason::Adjust, 50),
        (NOON, LedgerReason::Spend, -30),
    ];
    assert_eq!(seen(&story), paid_in);
    story.now = first_ends;
    let first_gone = [&paid_in[..], &[(first_ends, LedgerReason::Expire, -70)]].concat();
    assert_eq!((story.available(), seen(&story)), (50, first_gone.clone()));
    // Days later something is recorded: the line stays where it was.
    story.now = at(10 * 86_400);
    let because = GiveBack::Cancelled;
    let both_gone = [&first_gone[..], &[(second_ends, LedgerReason::Expire, -50)]].concat();
    assert_eq!((story.available(), seen(&story)), (0, both_gone.clone()));
    story.ask(MemberCommand::GiveBack { order: order(1), because }).unwrap();
    // What came back was over by then, so that it left again at once.
    let came = [(story.now, LedgerReason::GiveBack, 30), (story.now, LedgerReason::Expire, -30)];
    assert_eq!(seen(&story), [&both_gone[..], &came].concat());
}

#[test]
fn claims_have_limits() {
    let mut story = Story::begin();
    assert_eq!(story.claim(9, NOON), Err(MemberRefusal::ClaimOver));
    for number in 1..=3 {
        story.claim(number, at(60)).unwrap();
    }
    assert_eq!(story.claim(4, at(60)), Err(MemberRefusal::ClaimLimit { per_member: 3 }));
    story.claim(1, at(60)).unwrap();
    story.policy.most_coupons = 3;
    let terms =
        ClaimTerms { campaign: CampaignId::from_bits(8), per_member: None, expires_at: at(600) };
    let other = MemberCommand::Claim { coupon: coupon(5), terms, reason: None };
    assert_eq!(story.ask(other.clone()), Err(MemberRefusal::WalletFull { most: 3 }));
    story.now = at(60);
    story.ask(other).unwrap();
    assert_eq!(story.member.coupons.len(), 1, "the expired ones made room");
}

#[test]
fn a_forgotten_member_leaves_nothing_and_hears_nothing() {
    let mut story = Story::begin();
    story.give(100);
    story.hold(1, &[], 10).unwrap();
    assert_eq!(story.ask(MemberCommand::Erase), Err(MemberRefusal::OrdersOpen));
    story.ask(MemberCommand::Confirm { order: order(1) }).unwrap();
    story.complete(1, 0, 0);
    story.ask(MemberCommand::Erase).unwrap();
    assert_eq!(story.wishes, [MemberWish::FreePhone(PhoneKey::from_bits(3))]);
    assert_eq!(story.ledger(), 0);
    story.correct(1, 0, 10);
    story.complete(2, 1_000, 0);
    assert_eq!(story.hold(3, &[], 0), Err(MemberRefusal::MemberUnknown));
    let forgotten =
        Member { enrolment: Enrolment::Erased { at: NOON }, ..Member::new(story.member.id) };
    assert_eq!(story.member, forgotten);
}

#[test]
fn a_phone_belongs_to_one_member() {
    let mut phone = PhoneBinding::default();
    let consent = Consent { terms: "1".into(), marketing: true };
    let enrol = |bits| PhoneCommand::Enrol {
        member: MemberId::from_bits(bits),
        person: PersonId::from_bits(1),
        consent: consent.clone(),
        tail: None,
    };
    phone.apply(&phone.decide(&enrol(1)).unwrap().unwrap());
    assert_eq!(phone.decide(&enrol(2)), Err(MemberRefusal::PhoneTaken));
    let free = |bits| PhoneCommand::Free { member: MemberId::from_bits(bits) };
    assert_eq!(phone.decide(&free(2)), Ok(None));
    phone.apply(&phone.decide(&free(1)).unwrap().unwrap());
    assert!(phone.decide(&enrol(2)).unwrap().is_some());
}

#[test]
fn every_fault_of_a_policy_is_named() {
    assert_eq!(MemberPolicy::default().faults(), Vec::new());
    let mut policy = MemberPolicy { points_live_days: 0, ..MemberPolicy::default() };
    policy.tiers[1].from_growth = 0;
    policy.tiers[2].earn_permille_per_yuan = 1_000_000;
    let faults = policy.faults();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["tiers.from_growth", "tiers.earn_permille_per_yuan", "points_live_days"]);
}
