//! Random walks over a few fulfillment orders, watched by an automaton that knows the allowed
//! steps and by an accountant who counts what was told to whom.

use proptest::prelude::*;

use super::*;

/// Which state may follow which, from the words of the trade.
const PATHS: [(&str, &[&str]); 7] = [
    ("", &["scheduled", "assigned"]),
    ("scheduled", &["assigned", "on_hold", "cancelled", "moved"]),
    ("assigned", &["accepted", "rejected", "on_hold", "cancelled", "moved"]),
    ("accepted", &["picking", "rejected", "on_hold", "cancelled", "moved"]),
    ("picking", &["ready", "rejected", "on_hold", "cancelled", "moved"]),
    ("ready", &["handed_over", "on_hold", "cancelled", "moved"]),
    ("handed_over", &["completed", "returned"]),
];

#[derive(Debug, Clone)]
enum Step {
    Assign { number: u128, later: Option<u32> },
    Verb { number: u128, verb: Verb },
    Front(StoreCommand),
    AutoAccept(bool),
    Wait { seconds: u32 },
    FireDue,
    Retire { number: u128 },
}

#[derive(Debug, Clone)]
enum Verb {
    Accept { ready_in: Option<u32> },
    Reject { lines: Vec<(u16, u32)>, reason: RejectReason },
    StartPicking,
    ShortPick { lines: Vec<(u16, u32)>, reason: RejectReason },
    Pack,
    HandOver { right: bool },
    Suspend,
    Resume,
    Cancel { moved: bool },
    Remove { lines: Vec<(u16, u32)> },
    Expect { right: bool },
    Remind { count: u32 },
    Complete,
    TakeBack,
}

const MODES: [FulfillmentMode; 3] =
    [FulfillmentMode::Delivery, FulfillmentMode::Pickup, FulfillmentMode::Express];

fn mode(number: u128) -> FulfillmentMode {
    MODES[(number % 3) as usize]
}

fn verbs() -> impl Strategy<Value = Verb> {
    let lines = || prop::collection::vec((1..4_u16, 0..4_u32), 0..3);
    let reason = || {
        prop_oneof![
            Just(RejectReason::NotInStock),
            Just(RejectReason::Damaged),
            Just(RejectReason::TooBusy)
        ]
    };
    prop_oneof![
        6 => prop::option::of(0..900_u32).prop_map(|ready_in| Verb::Accept { ready_in }),
        1 => (lines(), reason()).prop_map(|(lines, reason)| Verb::Reject { lines, reason }),
        4 => Just(Verb::StartPicking),
        2 => (lines(), reason()).prop_map(|(lines, reason)| Verb::ShortPick { lines, reason }),
        4 => Just(Verb::Pack),
        6 => prop::bool::weighted(0.7).prop_map(|right| Verb::HandOver { right }),
        2 => Just(Verb::Suspend),
        4 => Just(Verb::Resume),
        1 => any::<bool>().prop_map(|moved| Verb::Cancel { moved }),
        1 => lines().prop_map(|lines| Verb::Remove { lines }),
        6 => prop::bool::weighted(0.9).prop_map(|right| Verb::Expect { right }),
        2 => (1..4_u32).prop_map(|count| Verb::Remind { count }),
        3 => Just(Verb::Complete),
        3 => Just(Verb::TakeBack),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let number = 0..6_u128;
    let front = prop_oneof![
        Just(StoreCommand::Pause { until: None }),
        Just(StoreCommand::Rush { extra_prep: Seconds(300), until: None }),
        Just(StoreCommand::Reopen),
        any::<bool>().prop_map(|online| StoreCommand::ReportScreen { online }),
    ];
    prop_oneof![
        8 => (number.clone(), prop::option::weighted(0.3, 1..4_000_u32))
            .prop_map(|(number, later)| Step::Assign { number, later }),
        40 => (number.clone(), verbs()).prop_map(|(number, verb)| Step::Verb { number, verb }),
        2 => front.prop_map(Step::Front),
        1 => any::<bool>().prop_map(Step::AutoAccept),
        5 => (0..5_000_u32).prop_map(|seconds| Step::Wait { seconds }),
        4 => Just(Step::FireDue),
        1 => number.prop_map(|number| Step::Retire { number }),
    ]
}

/// What was told about one fulfillment order so far.
#[derive(Debug, Default)]
struct Account {
    path: Vec<&'static str>,
    consumed: u32,
    released: u32,
    given_back: u32,
}

struct Walk {
    desk: Desk,
    accounts: BTreeMap<u128, Account>,
    version: u64,
    gone: Vec<u128>,
}

fn skus(lines: &[(u16, u32)]) -> Vec<LineUnits> {
    let sku = |line| if line == 1 { MILK } else { RICE };
    lines.iter().map(|(line, count)| units(*line, sku(*line), *count)).collect()
}

impl Walk {
    fn begin() -> Self {
        let desk = Desk::open();
        Self { desk, accounts: BTreeMap::new(), version: 1, gone: Vec::new() }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Assign { number, later } if !self.gone.contains(number) => {
                let mut wish = self.desk.wish(*number, mode(*number));
                wish.release_at = later.map(|seconds| self.desk.now.after(Seconds(seconds)));
                self.tell_twice(StoreCommand::Assign(Box::new(wish)));
            }
            Step::Assign { .. } => {}
            Step::Verb { number, verb } => self.verb(*number, verb),
            Step::Front(command) => self.tell_twice(command.clone()),
            Step::AutoAccept(auto_accept) => {
                self.version += 1;
                let version = self.version;
                let settings = StoreSettings { auto_accept: *auto_accept, version, ..settings() };
                self.tell_twice(StoreCommand::Configure(Box::new(settings)));
            }
            Step::Wait { seconds } => self.desk.wait(Seconds(*seconds)),
            Step::FireDue => {
                for effect in self.desk.store.resume(self.desk.now) {
                    let Effect::Arm { timer, due } = effect else {
                        panic!("a store only arms timers after a restart, not {effect:?}");
                    };
                    if due <= self.desk.now {
                        self.tell_twice(StoreCommand::TimerFired(timer));
                    }
                }
            }
            Step::Retire { number } => {
                self.desk.store.retire(share(*number));
                let is_known = self.desk.store.fulfillment_order(share(*number)).is_some();
                if self.accounts.contains_key(number) && !is_known {
                    self.gone.push(*number);
                    self.desk.rows.remove(&StoreRow::FulfillmentOrder(share(*number)));
                }
            }
        }
    }

    fn verb(&mut self, number: u128, verb: &Verb) {
        let fulfillment_order = share(number);
        let command = match verb {
            Verb::Accept { ready_in } => {
                let ready_in = ready_in.map(Seconds);
                StoreCommand::Accept { fulfillment_order, ready_in }
            }
            Verb::Reject { lines, reason } => {
                let (lines, reason) = (skus(lines), *reason);
                return drop(self.tell(StoreCommand::Reject { fulfillment_order, lines, reason }));
            }
            Verb::StartPicking => StoreCommand::StartPicking { fulfillment_order },
            Verb::ShortPick { lines, reason } => {
                let (lines, reason) = (skus(lines), *reason);
                let short = StoreCommand::ShortPick { fulfillment_order, lines, reason };
                return drop(self.tell(short));
            }
            Verb::Pack => StoreCommand::Pack { fulfillment_order },
            Verb::HandOver { right } => {
                let to = match (mode(number), right) {
                    (FulfillmentMode::Delivery, true) => to_courier(),
                    (FulfillmentMode::Pickup, true) => to_shopper(CODE),
                    (FulfillmentMode::Express, true) => to_carrier(),
                    (FulfillmentMode::Delivery, false) => to_carrier(),
                    (FulfillmentMode::Pickup, false) => to_shopper("999999"),
                    (FulfillmentMode::Express, false) => to_courier(),
                };
                let command = StoreCommand::HandOver { fulfillment_order, to };
                if !right {
                    return drop(self.tell(command));
                }
                command
            }
            Verb::Suspend => StoreCommand::Suspend { fulfillment_order },
            Verb::Resume => StoreCommand::Resume { fulfillment_order },
            Verb::Cancel { moved } => StoreCommand::Cancel { fulfillment_order, moved: *moved },
            Verb::Remove { lines } => {
                let lines = skus(lines);
                return drop(self.tell(StoreCommand::RemoveLines { fulfillment_order, lines }));
            }
            Verb::Expect { right } => {
                let courier = Some(if *right { COURIER } else { CourierId::from_bits(51) });
                StoreCommand::ExpectCourier { fulfillment_order, courier, at: Some(self.desk.now) }
            }
            Verb::Remind { count } => {
                let reminded = Reminded { count: *count, at: self.desk.now, is_answered: false };
                StoreCommand::HearReminder { fulfillment_order, reminded }
            }
            Verb::Complete => StoreCommand::Complete { fulfillment_order },
            Verb::TakeBack => StoreCommand::TakeBack { fulfillment_order },
        };
        self.tell_twice(command);
    }

    /// A command that arrives again at once changes nothing more.
    fn tell_twice(&mut self, command: StoreCommand) {
        self.tell(command.clone());
        let before = self.desk.store.clone();
        let again = self.tell(command);
        assert_eq!(self.desk.store, before);
        assert!(again.is_none_or(|decision| decision.effects.is_empty()));
    }

    fn tell(&mut self, command: StoreCommand) -> Option<Decision<StoreEvent>> {
        let before = self.desk.store.clone();
        let context = Context { now: self.desk.now, policy: &self.desk.policy, by: By::Partition };
        let Ok(decision) = before.decide(&command, &context) else {
            return None;
        };
        for event in &decision.events {
            self.desk.record(event);
            if let Some(id) = event.fulfillment_order() {
                self.follow(id);
            }
        }
        self.count(&decision);
        Some(decision)
    }

    /// Every state on the way must be one that may follow.
    fn follow(&mut self, id: FulfillmentOrderId) {
        let number = id.bits() - 300;
        let now = self.desk.get(number).status_text();
        let account = self.accounts.entry(number).or_default();
        let was = account.path.last().copied().unwrap_or("");
        if was == now {
            return;
        }
        let before_hold = account.path.iter().rev().find(|state| **state != "on_hold");
        let is_allowed = if was == "on_hold" {
            Some(&now) == before_hold || now == "cancelled" || now == "moved"
        } else {
            PATHS.iter().any(|(from, to)| *from == was && to.contains(&now))
        };
        assert!(is_allowed, "{was:?} cannot become {now:?} (after {:?})", account.path);
        account.path.push(now);
    }

    fn count(&mut self, decision: &Decision<StoreEvent>) {
        for word in stock_words(decision) {
            let reservation = match &word {
                InventoryCommand::Consume { reservation }
                | InventoryCommand::Release { reservation, .. }
                | InventoryCommand::ReleaseLines { reservation, .. } => *reservation,
                other => panic!("a store never says {other:?}"),
            };
            let account = self.accounts.get_mut(&(reservation.bits() - 200)).unwrap();
            match word {
                InventoryCommand::Consume { .. } => account.consumed += 1,
                InventoryCommand::Release { .. } => account.released += 1,
                InventoryCommand::ReleaseLines { lines, .. } => {
                    account.given_back += lines.iter().map(|line| line.units).sum::<u32>();
                }
                _ => {}
            }
        }
    }

    fn check(&self) {
        let store = &self.desk.store;
        let shares = store.fulfillment_orders();
        let working = ["assigned", "accepted", "picking"];
        let in_progress =
            shares.values().filter(|share| working.contains(&share.status_text())).count();
        assert_eq!(store.open_orders() as usize, in_progress);
        for (id, share) in shares {
            let account = &self.accounts[&(id.bits() - 300)];
            let was_taken = account.path.contains(&"handed_over");
            assert_eq!(account.consumed, u32::from(was_taken), "stock leaves with the goods");
            let is_on_board = account.path.contains(&"assigned");
            assert_eq!(share.board.is_some(), is_on_board);
            let is_rejected = share.status_text() == "rejected";
            assert!(account.released <= 1 && (!is_rejected || account.released == 1));
            let left: u32 = share.lines.iter().map(|line| line.units).sum();
            assert!(left > 0 && left + account.given_back <= 5);
        }
        let awaited = |share: &FulfillmentOrder| match share.status_text() {
            "scheduled" | "assigned" => true,
            "ready" => share.mode == FulfillmentMode::Pickup,
            _ => false,
        };
        let waiting = shares.values().filter(|share| awaited(share)).count();
        assert_eq!(store.resume(self.desk.now).len(), waiting, "every wait has its timer");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_walk_stays_on_the_paths_of_the_trade(walk in prop::collection::vec(steps(), 1..150)) {
        let mut walker = Walk::begin();
        for step in &walk {
            walker.take(step);
            walker.check();
        }
        let desk = &walker.desk;
        prop_assert_eq!(&desk.recovered(), &desk.store, "rows are the state");
        let mut replayed = desk.replayed();
        for number in &walker.gone {
            replayed.retire(share(*number));
        }
        prop_assert_eq!(&replayed, &desk.store, "events fold to the state");
        let text = serde_json::to_string(&desk.store).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Store>(&text).unwrap(), &desk.store);
    }
}
