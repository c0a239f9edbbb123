//! Random walks against a naive bookkeeper who knows only the words of the trade: an automaton of
//! statuses, a list of movements, and lists of lines. It shares no code with the machine.

use proptest::prelude::*;

use super::*;
use crate::Timer;
use crate::store::RejectReason;

#[derive(Debug, Clone)]
enum Step {
    Hold { number: u128, lines: Vec<(usize, u32)> },
    Commit { number: u128 },
    Consume { number: u128 },
    Release { number: u128, reason: ReleaseReason },
    ReleaseLines { number: u128, lines: Vec<(usize, u32)>, reason: ReleaseReason },
    SafetyStock { sku: usize, units: u32 },
    Listed { sku: usize, listed: bool },
    Sold { sku: usize, units: u32, receipt: u8 },
    Counted { sku: usize, on_hand: u32 },
    Adjusted { sku: usize, delta: i64, damaged: bool },
    CameBack { sku: usize, units: u32, sellable: bool },
    Expiry { number: u128 },
    Wait { seconds: u32 },
    Retire { number: u128 },
}

const SKUS: [SkuId; 3] = [MILK, RICE, SkuId::from_bits(12)];

fn reasons() -> impl Strategy<Value = ReleaseReason> {
    prop_oneof![
        Just(ReleaseReason::OrderCancelled),
        Just(ReleaseReason::Moved),
        Just(ReleaseReason::Rejected(RejectReason::NotInStock)),
        Just(ReleaseReason::Rejected(RejectReason::Mismatch)),
        Just(ReleaseReason::Rejected(RejectReason::Damaged)),
        Just(ReleaseReason::Rejected(RejectReason::TooBusy)),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let number = 0..12_u128;
    let sku = 0..SKUS.len();
    let lines = || prop::collection::vec((0..SKUS.len(), 1..6_u32), 1..4);
    prop_oneof![
        6 => (number.clone(), lines()).prop_map(|(number, lines)| Step::Hold { number, lines }),
        4 => number.clone().prop_map(|number| Step::Commit { number }),
        2 => number.clone().prop_map(|number| Step::Consume { number }),
        1 => (number.clone(), reasons())
            .prop_map(|(number, reason)| Step::Release { number, reason }),
        2 => (number.clone(), lines(), reasons())
            .prop_map(|(number, lines, reason)| Step::ReleaseLines { number, lines, reason }),
        1 => (sku.clone(), 0..4_u32).prop_map(|(sku, units)| Step::SafetyStock { sku, units }),
        1 => (sku.clone(), prop::bool::weighted(0.8))
            .prop_map(|(sku, listed)| Step::Listed { sku, listed }),
        3 => (sku.clone(), 0..5_u32, any::<u8>())
            .prop_map(|(sku, units, receipt)| Step::Sold { sku, units, receipt }),
        2 => (sku.clone(), 0..20_u32).prop_map(|(sku, on_hand)| Step::Counted { sku, on_hand }),
        3 => (sku.clone(), -6..15_i64, any::<bool>())
            .prop_map(|(sku, delta, damaged)| Step::Adjusted { sku, delta, damaged }),
        1 => (sku, 0..4_u32, any::<bool>())
            .prop_map(|(sku, units, sellable)| Step::CameBack { sku, units, sellable }),
        2 => number.clone().prop_map(|number| Step::Expiry { number }),
        2 => (0..1_200_u32).prop_map(|seconds| Step::Wait { seconds }),
        1 => number.prop_map(|number| Step::Retire { number }),
    ]
}

#[derive(Debug, Clone)]
struct Kept {
    status: &'static str,
    units: BTreeMap<(u16, SkuId), u32>,
    since: Timestamp,
    expires_at: Timestamp,
}

impl Kept {
    fn is_live(&self) -> bool {
        self.status == "held" || self.status == "committed"
    }

    fn of(&self, sku: SkuId) -> i64 {
        let units = self.units.iter().filter(|((_, known), _)| *known == sku);
        units.map(|(_, units)| i64::from(*units)).sum()
    }
}

/// What the trade says must be true, kept in the plainest way.
#[derive(Debug, Default)]
struct Bookkeeper {
    on_hand: BTreeMap<SkuId, i64>,
    safety: BTreeMap<SkuId, u32>,
    unlisted: BTreeMap<SkuId, bool>,
    kept: BTreeMap<u128, Kept>,
    /// Ended and forgotten: their numbers are not used again.
    gone: Vec<u128>,
}

impl Bookkeeper {
    fn reserved(&self, sku: SkuId) -> i64 {
        self.kept.values().filter(|kept| kept.is_live()).map(|kept| kept.of(sku)).sum()
    }

    fn on_hand(&self, sku: SkuId) -> i64 {
        self.on_hand.get(&sku).copied().unwrap_or(0)
    }

    fn may_sell(&self, sku: SkuId) -> i64 {
        if self.unlisted.get(&sku).copied().unwrap_or(false) {
            return 0;
        }
        let safety = i64::from(self.safety.get(&sku).copied().unwrap_or(0));
        (self.on_hand(sku) - self.reserved(sku) - safety).max(0)
    }

    fn end(&mut self, number: u128, status: &'static str, now: Timestamp) {
        let kept = self.kept.get_mut(&number).unwrap();
        assert!(kept.is_live(), "reservation {number} ends twice");
        assert!(
            matches!(
                (kept.status, status),
                ("held", "expired")
                    | ("held" | "committed", "released")
                    | ("committed", "consumed")
            ),
            "{} cannot become {status}",
            kept.status
        );
        (kept.status, kept.since) = (status, now);
    }

    /// A store that rejects units tells what is on its shelf.
    fn corrected(&mut self, lost: &BTreeMap<SkuId, i64>, reason: ReleaseReason) {
        for (sku, units) in lost {
            let reserved = self.reserved(*sku);
            let on_hand = self.on_hand.entry(*sku).or_default();
            match reason {
                ReleaseReason::Rejected(RejectReason::NotInStock) => {
                    *on_hand = (*on_hand).min(reserved);
                }
                ReleaseReason::Rejected(RejectReason::Mismatch | RejectReason::Damaged) => {
                    *on_hand -= units;
                }
                _ => {}
            }
        }
    }

    /// Checks that exactly the uncovered units were raised, from the right reservations.
    fn observed(&mut self, sku: SkuId, decision: &Decision<InventoryEvent>, now: Timestamp) {
        let uncovered = (self.reserved(sku) - self.on_hand(sku).max(0)).max(0);
        let mut raised = 0;
        let mut last_rank = None;
        for command in told(decision) {
            let OrderCommand::CoverShortfall { reservation: id, lines } = command else {
                panic!("an observation tells orders of shortfalls only, not {command:?}");
            };
            let number = id.bits() - 200;
            let kept = self.kept.get_mut(&number).unwrap();
            let rank = (kept.status == "committed", std::cmp::Reverse((kept.since, number)));
            assert!(last_rank < Some(rank), "victims out of order");
            last_rank = Some(rank);
            for line in &lines {
                assert_eq!(line.sku, sku);
                let units = kept.units.get_mut(&(line.line, sku)).unwrap();
                *units = units.checked_sub(line.units).expect("no more than it has");
                raised += i64::from(line.units);
            }
            if kept.of(sku) > 0 {
                assert_eq!(raised, uncovered, "taken in part only when that is enough");
            }
            if kept.units.values().all(|units| *units == 0) {
                self.end(number, "released", now);
            }
        }
        assert_eq!(raised, uncovered, "every uncovered unit is raised, and no other");
    }
}

fn as_lines(lines: &[(usize, u32)]) -> Vec<LineUnits> {
    let numbered = lines.iter().zip(1_u16..);
    numbered.map(|((sku, count), line)| units(line, SKUS[*sku], *count)).collect()
}

struct Walk {
    shelf: Shelf,
    book: Bookkeeper,
    receipts: Vec<(SkuId, u8)>,
}

impl Walk {
    fn begin() -> Self {
        Self { shelf: Shelf::empty(), book: Bookkeeper::default(), receipts: Vec::new() }
    }

    fn take(&mut self, step: &Step) {
        let now = self.shelf.now;
        match step {
            Step::Hold { number, lines } => self.hold(*number, &as_lines(lines)),
            Step::Commit { number } => {
                let command = InventoryCommand::Commit { reservation: reservation(*number) };
                let outcome = self.shelf.try_to(command);
                match self.book.kept.get_mut(number) {
                    None => assert_eq!(outcome, Err(Refusal::ReservationUnknown)),
                    Some(kept) if kept.status == "held" => {
                        assert_eq!(kinds(&outcome.unwrap()), ["reservation_committed"]);
                        (kept.status, kept.since) = ("committed", now);
                    }
                    Some(_) => assert!(outcome.unwrap().events.is_empty()),
                }
            }
            Step::Consume { number } => self.consume(*number),
            Step::Release { number, reason } => {
                let lines = self.kept_lines(*number);
                self.give_back(*number, &lines, *reason, true);
            }
            Step::ReleaseLines { number, lines, reason } => {
                self.give_back(*number, &as_lines(lines), *reason, false);
            }
            Step::SafetyStock { sku, units } => {
                let sku = SKUS[*sku];
                self.shelf.tell(InventoryCommand::SetSafetyStock { sku, units: *units });
                self.book.safety.insert(sku, *units);
            }
            Step::Listed { sku, listed } => {
                let sku = SKUS[*sku];
                self.shelf.tell(InventoryCommand::SetListed { sku, listed: *listed });
                self.book.unlisted.insert(sku, !listed);
            }
            Step::Sold { sku, units, receipt } => {
                let sku = SKUS[*sku];
                let is_double = self.receipts.contains(&(sku, *receipt));
                // The machine remembers a bounded number of receipts: doubles are sent at once.
                let sold = if is_double || *units == 0 { 0 } else { i64::from(*units) };
                let reference = format!("{receipt}");
                let sale = Observation::PosSale { sku, units: *units, reference, sold_at: None };
                if is_double && self.receipts.last() != Some(&(sku, *receipt)) {
                    return;
                }
                if sold > 0 {
                    self.receipts.push((sku, *receipt));
                }
                self.observe(sku, -sold, sale.clone());
                if sold > 0 {
                    self.observe(sku, 0, sale);
                }
            }
            Step::Counted { sku, on_hand } => {
                let sku = SKUS[*sku];
                let delta = i64::from(*on_hand) - self.book.on_hand(sku);
                self.observe(sku, delta, Observation::Counted { sku, on_hand: *on_hand });
            }
            Step::Adjusted { sku, delta, damaged } => {
                let sku = SKUS[*sku];
                let reason = if *damaged { "damaged" } else { "received" }.into();
                self.observe(sku, *delta, Observation::Adjusted { sku, delta: *delta, reason });
            }
            Step::CameBack { sku, units, sellable } => {
                let sku = SKUS[*sku];
                let delta = if *sellable { i64::from(*units) } else { 0 };
                let (units, sellable, order) = (*units, *sellable, order(0));
                self.observe(sku, delta, Observation::CameBack { sku, units, sellable, order });
            }
            Step::Expiry { number } => {
                let timer = Timer::HoldExpiry(reservation(*number));
                let decision = self.shelf.tell(InventoryCommand::TimerFired(timer));
                let kept = self.book.kept.get(number);
                if kept.is_some_and(|kept| kept.status == "held" && now >= kept.expires_at) {
                    assert_eq!(kinds(&decision), ["reservation_expired"]);
                    self.book.end(*number, "expired", now);
                } else {
                    assert!(decision.events.is_empty());
                }
            }
            Step::Wait { seconds } => self.shelf.wait(Seconds(*seconds)),
            Step::Retire { number } => {
                self.shelf.inventory.retire(reservation(*number));
                if self.book.kept.get(number).is_some_and(|kept| !kept.is_live()) {
                    self.book.kept.remove(number);
                    self.book.gone.push(*number);
                    self.shelf.rows.remove(&InventoryRow::Reservation(reservation(*number)));
                }
            }
        }
    }

    fn hold(&mut self, number: u128, lines: &[LineUnits]) {
        if self.book.gone.contains(&number) {
            return;
        }
        let mut wanted: BTreeMap<SkuId, i64> = BTreeMap::new();
        for line in lines {
            *wanted.entry(line.sku).or_default() += i64::from(line.units);
        }
        let fits = wanted.iter().all(|(sku, units)| *units <= self.book.may_sell(*sku));
        let is_new = !self.book.kept.contains_key(&number);
        let decision = self.shelf.hold(number, lines);
        assert_eq!(decision.events.len(), usize::from(is_new && fits), "a decision beyond ATS");
        let answers = told(&decision);
        match answers.as_slice() {
            [] => assert!(!is_new),
            [OrderCommand::AnswerHold { answer, .. }] => {
                assert_eq!(answer.is_ok(), !is_new || fits);
            }
            other => panic!("one answer at most, not {other:?}"),
        }
        if is_new && fits {
            let units = lines.iter().map(|line| ((line.line, line.sku), line.units)).collect();
            let (since, expires_at) = (self.shelf.now, self.shelf.now.after(HOLD_FOR));
            self.book.kept.insert(number, Kept { status: "held", units, since, expires_at });
        }
    }

    fn consume(&mut self, number: u128) {
        let command = InventoryCommand::Consume { reservation: reservation(number) };
        let outcome = self.shelf.try_to(command);
        match self.book.kept.get(&number).map(|kept| kept.status) {
            Some("held") => assert_eq!(outcome.unwrap_err().code(), "reservation_state"),
            Some("committed") => {
                assert_eq!(kinds(&outcome.unwrap()), ["reservation_consumed"]);
                for line in self.kept_lines(number) {
                    *self.book.on_hand.entry(line.sku).or_default() -= i64::from(line.units);
                }
                self.book.end(number, "consumed", self.shelf.now);
            }
            _ => assert!(outcome.unwrap().events.is_empty()),
        }
    }

    fn kept_lines(&self, number: u128) -> Vec<LineUnits> {
        let kept = self.book.kept.get(&number);
        let lines = kept.into_iter().flat_map(|kept| &kept.units);
        lines.map(|((line, sku), count)| units(*line, *sku, *count)).collect()
    }

    fn give_back(&mut self, number: u128, lines: &[LineUnits], reason: ReleaseReason, whole: bool) {
        let id = reservation(number);
        let decision = self.shelf.tell(if whole {
            InventoryCommand::Release { reservation: id, reason }
        } else {
            let lines = lines.to_vec();
            InventoryCommand::ReleaseLines { reservation: id, lines, reason }
        });
        let Some(kept) = self.book.kept.get_mut(&number).filter(|kept| kept.is_live()) else {
            assert!(decision.events.is_empty());
            return;
        };
        let mut lost: BTreeMap<SkuId, i64> = BTreeMap::new();
        for line in lines {
            if let Some(units) = kept.units.get_mut(&(line.line, line.sku)) {
                let taken = line.units.min(*units);
                *units -= taken;
                *lost.entry(line.sku).or_default() += i64::from(taken);
            }
        }
        lost.retain(|_, units| *units > 0);
        if whole || (!lost.is_empty() && kept.units.values().all(|units| *units == 0)) {
            self.book.end(number, "released", self.shelf.now);
        }
        self.book.corrected(&lost, reason);
    }

    fn observe(&mut self, sku: SkuId, delta: i64, observation: Observation) {
        let decision = self.shelf.observe(observation);
        *self.book.on_hand.entry(sku).or_default() += delta;
        self.book.observed(sku, &decision, self.shelf.now);
    }

    /// The machine and the bookkeeper agree on everything that can be asked.
    fn compare(&self) {
        let inventory = &self.shelf.inventory;
        for sku in SKUS {
            let (on_hand, reserved) = (self.book.on_hand(sku), self.book.reserved(sku));
            let level = inventory.level(sku).cloned().unwrap_or_default();
            assert_eq!(level.on_hand, on_hand);
            assert_eq!(i64::from(level.reserved), reserved);
            assert!(reserved <= on_hand.max(0), "an uncovered unit without a shortfall");
            let moved = self.shelf.movements.get(&sku).copied().unwrap_or(0);
            assert_eq!(moved, on_hand, "on-hand is the sum of its movements");
            assert_eq!(i64::from(inventory.available(sku).unwrap_or(0)), self.book.may_sell(sku));
        }
        let statuses = inventory.reservations().iter();
        let statuses: Vec<_> =
            statuses.map(|(id, kept)| (id.bits() - 200, kept.status_text())).collect();
        let expected: Vec<_> =
            self.book.kept.iter().map(|(number, kept)| (*number, kept.status)).collect();
        assert_eq!(statuses, expected);
        let armed: Vec<Effect> = self
            .book
            .kept
            .iter()
            .filter(|(_, kept)| kept.status == "held")
            .map(|(number, kept)| {
                let timer = Timer::HoldExpiry(reservation(*number));
                Effect::Arm { timer, due: kept.expires_at }
            })
            .collect();
        assert_eq!(inventory.resume(self.shelf.now), armed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_walk_never_leaves_the_rules_of_the_trade(walk in prop::collection::vec(steps(), 1..120)) {
        let mut walker = Walk::begin();
        for step in &walk {
            walker.take(step);
            walker.compare();
        }
        let shelf = &walker.shelf;
        prop_assert_eq!(&shelf.recovered(), &shelf.inventory, "rows are the state");
        let mut replayed = shelf.replayed();
        for number in &walker.book.gone {
            replayed.retire(reservation(*number));
        }
        prop_assert_eq!(&replayed, &shelf.inventory, "events fold to the state");
    }
}
