//! Letters between partitions, and what members and budgets do with them, through crashes.

use std::sync::Arc;
use std::time::Duration;

use actors::{
    Above, CommandError, Conflict, Errand, Idempotency, Letter, Partition, PartitionConfig,
    PartitionHandle, PartitionState, Placed, Road, RuntimeClock,
};
use commerce::budget::{AllowanceCommand, BudgetCommand, Portion};
use commerce::member::{
    ClaimTerms, Consent, LedgerReason, MemberCommand, MemberEvent, MemberPolicy, MemberRefusal,
    PhoneCommand, PhoneKey, ledger_entries,
};
use dispatch::Refusal;
use dispatch::order::{BudgetUse, CancelReason, MemberUses, OrderCommand, PaymentMethod, Uses};
use dispatch::{Message, Policy};
use geo_index::StraightLine;
use persistence::{Batch, Epoch, Journal, MemoryOptions, PartitionId};
use tokio::sync::mpsc;
use vocabulary::{
    CampaignId, Chance, CouponId, Id, IdSource, MemberId, Money, OrderId, PersonId, Place, Seconds,
    Slot, Timestamp,
};

use super::city::{City, NOON, on_paused_time, order_id};

const CITY: PartitionId = PartitionId(1);
const MEMBERS: PartitionId = PartitionId(60_001);

/// A city and the partition of the members, on one journal and one road.
struct Chain {
    journal: Journal,
    city: City,
    members: PartitionHandle,
    road: Road,
}

fn member() -> MemberId {
    let mut ids = IdSource::new(Slot(MEMBERS.0), Chance::from_seed(1));
    ids.next(NOON)
}

fn above_id<I: Id>(seed: u64) -> I {
    IdSource::new(Slot(MEMBERS.0), Chance::from_seed(seed)).next(NOON)
}

fn coupon() -> CouponId {
    CouponId::from_bits(77)
}

fn campaign() -> CampaignId {
    above_id(9)
}

impl Chain {
    async fn start() -> Self {
        let journal = Journal::memory(MemoryOptions::default());
        let clock = RuntimeClock::starting_at(NOON);
        let road = Road::default();
        let members = start_members(&journal, &clock, &road).await;
        let above = Above { member_policy: MemberPolicy::default(), road: road.clone() };
        let city = City::start_among_others(journal.clone(), 1, clock, above).await;
        road.open(city.handle.clone());
        Self { journal, city, members, road }
    }

    async fn enrol(&self) {
        let consent = Consent { terms: "1".into(), marketing: false };
        let person = PersonId::from_bits(5);
        let command = PhoneCommand::Enrol { member: member(), person, consent, tail: None };
        let errand = Errand::Phone { phone: PhoneKey::from_bits(6), command };
        self.members.run(City::submission(Vec::new()), errand).await.unwrap();
    }

    async fn tell(&self, command: MemberCommand) -> Result<u64, CommandError> {
        let errand = Errand::Member { member: member(), command };
        self.members.run(City::submission(Vec::new()), errand).await
    }

    async fn give(&self, points: i64) {
        let reason = "welcome".to_owned();
        self.tell(MemberCommand::Adjust { points, reason }).await.unwrap();
    }

    async fn claim(&self) {
        let terms = ClaimTerms {
            campaign: CampaignId::from_bits(1),
            per_member: None,
            expires_at: NOON.after(Seconds(30 * 86_400)),
        };
        self.tell(MemberCommand::Claim { coupon: coupon(), terms, reason: None }).await.unwrap();
    }

    async fn now(&self) -> Timestamp {
        self.members.read(|reader| reader.now()).await.unwrap()
    }

    async fn hold(&self, order: OrderId, coupons: bool, points: u64) -> Result<u64, CommandError> {
        let place_before = self.now().await.after(Seconds(60));
        let coupons = if coupons { vec![coupon()] } else { Vec::new() };
        self.tell(MemberCommand::Hold { order, coupons, points, place_before }).await
    }

    async fn place(&self, number: u64, uses: Uses, units: u32) -> Result<Placed, CommandError> {
        let key = format!("k{number}");
        let set = |place: &mut dispatch::order::PlaceOrder| place.uses = Some(Box::new(uses));
        self.city.place_with(&[(0, units)], PaymentMethod::Online, &key, set).await
    }

    async fn uses(&self, coupons: bool, points: u64) -> Uses {
        let place_before = self.now().await.after(Seconds(60));
        uses(coupons, points, Some(place_before))
    }

    async fn available(&self) -> u64 {
        self.settle().await;
        let now = self.now().await;
        self.members
            .read_member(member(), move |member| member.points.available(now))
            .await
            .unwrap()
    }

    async fn coupon_is_free(&self) -> bool {
        self.settle().await;
        let now = self.now().await;
        let is_free = move |member: &commerce::member::Member| {
            member.coupons.get(&coupon()).is_some_and(|coupon| coupon.is_free(now))
        };
        self.members.read_member(member(), is_free).await.unwrap()
    }

    /// Until every letter has arrived.
    async fn settle(&self) {
        for _ in 0..10_000 {
            let waiting = [CITY, MEMBERS].map(|partition| self.waiting(partition));
            let [city, members] = waiting;
            if city.await + members.await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("letters do not arrive");
    }

    async fn waiting(&self, partition: PartitionId) -> usize {
        // Loading only reads.
        self.journal.load(partition, NOON).await.unwrap().outbox.len()
    }

    /// Breaks the partition's journal: its next commit fails as if the process had been killed
    /// before it, and it recovers from what is recorded.
    async fn crash(&self, partition: PartitionId) {
        let of_nobody = Batch {
            partition,
            epoch: Epoch(0),
            events: Vec::new(),
            states: Vec::new(),
            movements: Vec::new(),
            idempotency: Vec::new(),
            outbox: Vec::new(),
            persons: Vec::new(),
            tokens: Vec::new(),
        };
        self.journal.commit(of_nobody).await.unwrap_err();
    }

    async fn cancel(&self, order: OrderId) {
        let reason = CancelReason::ShopperRequest;
        let command = OrderCommand::Cancel { reason, note: None };
        self.city.command(Message::Order(order, Box::new(command))).await.unwrap();
    }
}

fn uses(coupons: bool, points: u64, place_before: Option<Timestamp>) -> Uses {
    let coupons = if coupons { vec![coupon()] } else { Vec::new() };
    let member = MemberUses {
        member: member(),
        tier: "silver".into(),
        coupons,
        points,
        points_per_fen: 1,
        place_before,
    };
    Uses { member: Some(member), budgets: Vec::new() }
}

async fn start_members(journal: &Journal, clock: &RuntimeClock, road: &Road) -> PartitionHandle {
    let (outlet, mut outputs) = mpsc::channel(64);
    actix::spawn(async move { while outputs.recv().await.is_some() {} });
    let config = PartitionConfig {
        id: MEMBERS,
        owner: "test".into(),
        url: "local".into(),
        center: Place::new(30.6, 114.3).unwrap(),
        travel: Arc::new(|| Box::new(StraightLine::default())),
        policy: Policy::default(),
        above: Above { member_policy: MemberPolicy::default(), road: road.clone() },
        clock: Arc::new(clock.clone()),
        intake_capacity: 1_024,
        keys_for: Seconds(86_400),
        pairs_in_place: usize::MAX,
    };
    let partition = Partition::start_here(config, journal.clone(), outlet);
    let mut state = partition.state.clone();
    state.wait_for(|state| *state == PartitionState::Serving).await.unwrap();
    road.open(partition.handle.clone());
    partition.handle
}

#[test]
fn five_hundred_letters_through_crashes_on_both_sides_arrive_once_each() {
    on_paused_time(async {
        let chain = Chain::start().await;
        chain.enrol().await;
        let mut chance = Chance::from_seed(7);
        for number in 0..500u32 {
            if chance.below(20) == 0 {
                chain.crash(CITY).await;
            }
            if chance.below(20) == 0 {
                chain.crash(MEMBERS).await;
            }
            let keys = vec![Idempotency {
                scope: "test".into(),
                key: number.to_string(),
                body_hash: [0; 32],
                conflict: Conflict::IdempotencyKey,
            }];
            let command = MemberCommand::Adjust { points: 1, reason: number.to_string() };
            let errand = Errand::Member { member: member(), command };
            // The city is not the member's home: it writes a letter.
            while chain.city.handle.run(City::submission(keys.clone()), errand.clone()).await
                == Err(CommandError::Unavailable)
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        assert_eq!(chain.available().await, 500);
        assert!(chain.city.metrics().recoveries.get() > 5, "the city did crash");
        assert!(chain.members.metrics().recoveries.get() > 5, "the members did crash");
        let events =
            chain.journal.entity_history(MEMBERS, "member", member().bits()).await.unwrap();
        let mut reasons: Vec<String> = events
            .iter()
            .filter_map(|row| match serde_json::from_str(&row.payload).unwrap() {
                MemberEvent::PointsGranted { reason, .. } => Some(reason.into()),
                _ => None,
            })
            .collect();
        let order: Vec<String> = (0..500).map(|number: u32| number.to_string()).collect();
        assert_eq!(reasons, order, "in order");
        reasons.dedup();
        assert_eq!(reasons.len(), 500);
    });
}

#[test]
fn a_letter_that_is_sent_again_is_dropped() {
    on_paused_time(async {
        let chain = Chain::start().await;
        chain.enrol().await;
        let command = MemberCommand::Adjust { points: 5, reason: "once".into() };
        let errand = vec![Errand::Member { member: member(), command }];
        let letter = |seq| Letter { seq, payload: serde_json::to_string(&errand).unwrap() };
        let from = PartitionId(9);
        chain.members.letters(from, vec![letter(3), letter(4)]).await.unwrap();
        chain.members.letters(from, vec![letter(3), letter(4), letter(6)]).await.unwrap();
        chain.crash(MEMBERS).await;
        let again = chain.members.letters(from, vec![letter(6)]).await;
        assert_eq!(again, Ok(()), "what is known needs no commit");
        chain.give(0).await;
        assert_eq!(chain.available().await, 15);
    });
}

#[test]
fn an_order_holds_confirms_and_uses_what_its_member_has() {
    on_paused_time(async {
        let chain = Chain::start().await;
        chain.enrol().await;
        chain.give(1_000).await;
        chain.claim().await;
        let order = order_id(1);
        chain.hold(order, true, 300).await.unwrap();
        let placed = chain.place(1, chain.uses(true, 300).await, 2).await.unwrap();
        assert_eq!((placed.order, chain.available().await), (order, 700));
        assert!(!chain.coupon_is_free().await);
        // Long after the time to place it, it is still held: it was placed.
        tokio::time::sleep(Duration::from_secs(300)).await;
        assert_eq!(chain.available().await, 700);
        chain.cancel(order).await;
        assert_eq!(chain.available().await, 1_000);
        assert!(chain.coupon_is_free().await);
    });
}

#[test]
fn a_held_order_that_is_never_placed_lets_go_at_its_time_also_through_a_restart() {
    on_paused_time(async {
        let chain = Chain::start().await;
        chain.enrol().await;
        chain.give(100).await;
        chain.hold(order_id(1), false, 100).await.unwrap();
        // The door dies here; so do both partitions.
        chain.crash(MEMBERS).await;
        chain.crash(CITY).await;
        tokio::time::sleep(Duration::from_secs(55)).await;
        assert_eq!(chain.available().await, 0, "it could still be placed");
        tokio::time::sleep(Duration::from_secs(70)).await;
        assert_eq!(chain.available().await, 100);
        let late = uses(false, 100, Some(NOON.after(Seconds(60))));
        let refused = chain.place(1, late, 1).await;
        assert_eq!(refused, Err(CommandError::Refused(Refusal::UsesOver)));
    });
}

#[test]
fn a_city_that_stops_between_placing_and_telling_tells_after_its_restart() {
    on_paused_time(async {
        let chain = Chain::start().await;
        chain.enrol().await;
        chain.give(100).await;
        let order = order_id(1);
        chain.hold(order, false, 100).await.unwrap();
        // Nobody takes letters while the order is placed and for long after its time.
        chain.road.close();
        let uses = chain.uses(false, 100).await;
        chain.place(1, uses, 1).await.unwrap();
        tokio::time::sleep(Duration::from_secs(200)).await;
        assert_eq!(chain.waiting(CITY).await, 1);
        chain.crash(CITY).await;
        let pause = MemberCommand::Adjust { points: 1, reason: "wake".into() };
        let errand = Errand::Member { member: member(), command: pause };
        let _ = chain.city.handle.run(City::submission(Vec::new()), errand).await;
        chain.road.open(chain.city.handle.clone());
        chain.road.open(chain.members.clone());
        tokio::time::sleep(Duration::from_secs(200)).await;
        assert_eq!(chain.available().await, 0, "it was placed, and is not asked away");
        chain.cancel(order).await;
        assert_eq!(chain.available().await, 100);
    });
}

#[test]
fn a_placing_that_no_store_can_do_frees_what_was_held_at_once() {
    on_paused_time(async {
        let chain = Chain::start().await;
        chain.enrol().await;
        chain.give(100).await;
        chain.hold(order_id(1), false, 100).await.unwrap();
        let refused = chain.place(1, chain.uses(false, 100).await, 5_000).await;
        assert!(matches!(refused, Err(CommandError::Refused(Refusal::Unfillable { .. }))));
        assert_eq!(chain.available().await, 100);
        let said = |reason| LedgerReason::GiveBack == reason;
        let events =
            chain.journal.entity_history(MEMBERS, "member", member().bits()).await.unwrap();
        let entries = events.iter().flat_map(|row| {
            ledger_entries(&serde_json::from_str::<MemberEvent>(&row.payload).unwrap())
        });
        assert_eq!(entries.filter(|entry| said(entry.reason)).count(), 1);
    });
}

#[test]
fn of_many_orders_for_one_coupon_one_holds_it() {
    on_paused_time(async {
        let chain = Chain::start().await;
        chain.enrol().await;
        chain.claim().await;
        let mut held = 0;
        for number in 1..=50 {
            match chain.hold(order_id(number), true, 0).await {
                Ok(_) => held += 1,
                Err(CommandError::Declined(MemberRefusal::CouponHeld { .. })) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(held, 1);
    });
}

#[test]
fn a_budget_is_drawn_while_placing_and_never_overspent_through_crashes() {
    on_paused_time(async {
        let chain = Chain::start().await;
        let home = Slot(MEMBERS.0);
        let total = Portion { money: Some(Money::fen(1_000)), uses: None };
        let set = BudgetCommand::Set { total };
        let errand = Errand::Budget { home, campaign: campaign(), command: set };
        chain.members.run(City::submission(Vec::new()), errand).await.unwrap();
        let open = AllowanceCommand::Open { home };
        let errand = Errand::Allowance { city: Slot(1), campaign: campaign(), command: open };
        chain.city.handle.run(City::submission(Vec::new()), errand).await.unwrap();
        chain.settle().await;
        let mut placed = Vec::new();
        for number in 1..=20 {
            if number % 4 == 0 {
                chain.crash(if number % 8 == 0 { CITY } else { MEMBERS }).await;
            }
            let drawn = BudgetUse { campaign: campaign(), amount: Money::fen(90) };
            // Refused while more is on its way: the shopper quotes again.
            for again in 0..6u64 {
                let uses = Uses { member: None, budgets: vec![drawn] };
                let answer = chain.place(number * 10 + again, uses, 1).await;
                match answer {
                    Ok(answer) => {
                        placed.push(answer.order);
                        break;
                    }
                    Err(CommandError::Declined(MemberRefusal::BudgetSpent))
                    | Err(CommandError::Unavailable) => {
                        tokio::time::sleep(Duration::from_millis(300)).await;
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        }
        assert_eq!(placed.len(), 11, "eleven times 0.90 of 10.00 yuan");
        chain.cancel(placed[0]).await;
        chain.settle().await;
        let left = chain.city.handle.read(|reader| {
            reader.allowance(campaign(), |allowance| (allowance.left, allowance.open.len()))
        });
        let (left, open) = left.await.unwrap().unwrap();
        assert_eq!(open, 10);
        assert!(left.has(Money::fen(90)), "what was cancelled can be drawn again");
        let granted = chain.members.read(|reader| {
            reader.budget(campaign(), |budget| budget.granted.get(&Slot(1)).copied())
        });
        let granted = granted.await.unwrap().flatten().unwrap();
        assert!(granted.money.unwrap() <= Money::fen(1_000));
    });
}
