//! Three stores that send goods to each other, against one who counts units.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vocabulary::{Seconds, SkuId, StoreId, Timestamp, TransferId};

use super::*;
use crate::inventory::{
    Inventory, InventoryCommand, InventoryEvent, InventoryRow, Observation, StockLevel, movements,
};
use crate::{By, Context, Effect, Machine, Message, Policy, Refusal};

const SKUS: [SkuId; 2] = [SkuId::from_bits(10), SkuId::from_bits(11)];

fn store(number: usize) -> StoreId {
    StoreId::from_bits(1 + number as u128)
}

fn transfer(number: usize) -> TransferId {
    TransferId::from_bits(900 + number as u128)
}

fn line(sku: usize, units: u32) -> TransferLine {
    TransferLine { sku: SKUS[sku], units }
}

/// The stores of a chain with their rows as the shell writes them: a transfer has one row, wherever
/// it is.
struct Chain {
    stores: BTreeMap<StoreId, Inventory>,
    stock_rows: BTreeMap<(StoreId, SkuId), String>,
    transfer_rows: BTreeMap<TransferId, (StoreId, String)>,
    moved: i64,
    now: Timestamp,
}

impl Chain {
    fn with(units: u32) -> Self {
        let mut chain = Self {
            stores: (0..3).map(|number| (store(number), Inventory::new(store(number)))).collect(),
            stock_rows: BTreeMap::new(),
            transfer_rows: BTreeMap::new(),
            moved: 0,
            now: Timestamp::from_millis(1_790_000_000_000),
        };
        for number in 0..3 {
            for sku in SKUS {
                let counted = Observation::Counted { sku, on_hand: units };
                chain.tell(number, InventoryCommand::Observe(counted)).unwrap();
            }
        }
        chain
    }

    fn tell(&mut self, at: usize, command: InventoryCommand) -> Result<Vec<String>, Refusal> {
        self.tell_store(store(at), command)
    }

    fn tell_store(
        &mut self,
        at: StoreId,
        command: InventoryCommand,
    ) -> Result<Vec<String>, Refusal> {
        let policy = Policy::default();
        let context = Context { now: self.now, policy: &policy, by: By::Partition };
        let decision = self.stores[&at].decide(&command, &context)?;
        let mut kinds = Vec::new();
        for event in &decision.events {
            self.record(at, event);
            kinds.push(event.kind().to_owned());
        }
        for effect in decision.effects {
            if let Effect::Tell(Message::Inventory(to, command)) = effect {
                kinds.extend(self.tell_store(to, *command)?);
            }
        }
        Ok(kinds)
    }

    fn record(&mut self, at: StoreId, event: &InventoryEvent) {
        let text = serde_json::to_string(event).unwrap();
        assert_eq!(&serde_json::from_str::<InventoryEvent>(&text).unwrap(), event);
        let inventory = self.stores.get_mut(&at).unwrap();
        inventory.apply(event, self.now);
        self.moved += movements(event).iter().map(|(_, delta, _)| delta).sum::<i64>();
        for row in Inventory::touched(event) {
            match row {
                InventoryRow::Stock(sku) => {
                    let level = serde_json::to_string(&inventory.stock()[&sku]).unwrap();
                    self.stock_rows.insert((at, sku), level);
                }
                InventoryRow::Transfer(id) => {
                    let Some(known) = inventory.transfer(id) else { continue };
                    let known = serde_json::to_string(known).unwrap();
                    self.transfer_rows.insert(id, (at, known));
                }
                InventoryRow::Reservation(_) => unreachable!("nobody orders here"),
            }
        }
    }

    /// The store as a restart would find it, ended transfers among its rows.
    fn recovered(&self, at: StoreId) -> Inventory {
        let stock = self.stock_rows.iter().filter(|((of, _), _)| *of == at);
        let stock = stock.map(|((_, sku), text)| (*sku, serde_json::from_str(text).unwrap()));
        let transfers = self.transfer_rows.iter().filter(|(_, (of, _))| *of == at);
        let transfers = transfers.map(|(id, (_, text))| (*id, serde_json::from_str(text).unwrap()));
        Inventory::restore(at, stock, [], transfers)
    }

    fn of(
        &mut self,
        number: usize,
        at: usize,
        command: TransferCommand,
    ) -> Result<Vec<String>, Refusal> {
        self.tell(at, InventoryCommand::Transfer(transfer(number), command))
    }

    fn level(&self, at: usize, sku: usize) -> StockLevel {
        self.stores[&store(at)].level(SKUS[sku]).cloned().unwrap_or_default()
    }

    fn status(&self, number: usize) -> &'static str {
        let known = self.stores.values().find_map(|store| store.transfer(transfer(number)));
        known.map_or("unknown", StockTransfer::status_text)
    }
}

fn draft(to: usize, lines: &[TransferLine]) -> TransferCommand {
    TransferCommand::Draft { to: store(to), lines: lines.to_vec(), note: None }
}

fn ship(lines: Option<&[TransferLine]>) -> TransferCommand {
    TransferCommand::Ship { lines: lines.map(<[_]>::to_vec), expected_at: None }
}

fn came(
    lines: &[TransferLine],
    discrepancies: &[(usize, u32, DiscrepancyReason)],
) -> TransferCommand {
    let discrepancies = discrepancies.iter().map(|(sku, units, reason)| Discrepancy {
        sku: SKUS[*sku],
        units: *units,
        reason: *reason,
        note: None,
    });
    let discrepancies = discrepancies.collect();
    TransferCommand::Receive(Receipt { lines: lines.to_vec(), discrepancies, ..Receipt::default() })
}

/// Rows are states, columns are commands at the store that has the transfer; a cell is the state
/// afterwards, `-` when nothing happens, `no` when it is refused.
const LIFE: &str = "
    state               ready  ship        receive   cancel
    draft               ready  no          no        cancelled
    ready               -      in_transit  no        cancelled
    in_transit          no     no          received  no
    partially_received  no     no          received  no
    received            no     no          no        no
    cancelled           no     no          no        -
";

fn in_state(state: &str) -> (Chain, usize) {
    let mut chain = Chain::with(10);
    chain.of(1, 0, draft(1, &[line(0, 4)])).unwrap();
    if matches!(state, "cancelled") {
        chain.of(1, 0, TransferCommand::Cancel { reason: "mistake".into() }).unwrap();
    }
    if !matches!(state, "draft" | "cancelled") {
        chain.of(1, 0, TransferCommand::Ready).unwrap();
    }
    if matches!(state, "in_transit" | "partially_received" | "received") {
        chain.of(1, 0, ship(None)).unwrap();
    }
    if matches!(state, "partially_received" | "received") {
        chain.of(1, 1, came(&[line(0, 1)], &[])).unwrap();
    }
    if state == "received" {
        chain.of(1, 1, came(&[line(0, 3)], &[])).unwrap();
    }
    assert_eq!(chain.status(1), state);
    let at = usize::from(matches!(state, "in_transit" | "partially_received" | "received"));
    (chain, at)
}

#[test]
fn a_transfer_lives_as_the_table_says() {
    let mut rows = LIFE.trim().lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    let verbs = rows.next().unwrap();
    for row in rows {
        for (verb, expected) in verbs.iter().zip(&row).skip(1) {
            let (mut chain, at) = in_state(row[0]);
            let left = if row[0] == "partially_received" { 3 } else { 4 };
            let command = match *verb {
                "ready" => TransferCommand::Ready,
                "ship" => ship(None),
                "receive" => came(&[line(0, left)], &[]),
                "cancel" => TransferCommand::Cancel { reason: "late".into() },
                other => panic!("no such verb: {other}"),
            };
            let after = match chain.of(1, at, command) {
                Err(_) => "no",
                Ok(kinds) if kinds.is_empty() => "-",
                Ok(_) => chain.status(1),
            };
            assert_eq!(after, *expected, "{} {verb}", row[0]);
        }
    }
}

#[test]
fn units_are_kept_then_in_transit_then_on_the_other_shelf() {
    let mut chain = Chain::with(10);
    chain.of(1, 0, draft(1, &[line(0, 4), line(1, 2)])).unwrap();
    assert_eq!(chain.level(0, 0).available_to_sell(), 10, "a draft keeps nothing");
    chain.of(1, 0, TransferCommand::Ready).unwrap();
    assert_eq!(chain.level(0, 0).available_to_sell(), 6);
    // One unit of the second is not found.
    let kinds = chain.of(1, 0, ship(Some(&[line(0, 4), line(1, 1)]))).unwrap();
    assert_eq!(kinds, ["transfer_shipped", "transfer_expected"]);
    assert_eq!((chain.level(0, 0).on_hand, chain.level(0, 1).on_hand), (6, 9));
    assert_eq!(chain.level(0, 1).available_to_sell(), 9, "what was not shipped is free again");
    assert_eq!((chain.level(1, 0).on_hand, chain.level(1, 0).incoming), (10, 4));
    assert_eq!(chain.level(1, 0).available_to_sell(), 10, "what is in transit is not sold");
    let reasons = [(0, 1, DiscrepancyReason::Damaged), (1, 2, DiscrepancyReason::Surplus)];
    chain.of(1, 1, came(&[line(0, 2), line(1, 1)], &reasons)).unwrap();
    let (milk, rice) = (chain.level(1, 0), chain.level(1, 1));
    assert_eq!((milk.on_hand, milk.damaged, milk.incoming), (12, 1, 1));
    assert_eq!((rice.on_hand, rice.incoming), (13, 0));
    assert_eq!(chain.status(1), "partially_received");
    let too_many = chain.of(1, 1, came(&[line(0, 2)], &[])).unwrap_err();
    assert_eq!(
        too_many,
        Refusal::TransferExcess { sku: SKUS[0], named: 2, in_transit: 1 },
        "{too_many}"
    );
    chain.of(1, 1, came(&[], &[(0, 1, DiscrepancyReason::Missing)])).unwrap();
    assert_eq!(chain.status(1), "received");
}

/// The table of docs/commerce.md.
#[test]
fn the_page_shows_a_transfer() {
    let mut chain = Chain::with(0);
    let counted = Observation::Counted { sku: SKUS[0], on_hand: 30 };
    chain.tell(0, InventoryCommand::Observe(counted)).unwrap();
    let damaged = [(0, 1, DiscrepancyReason::Damaged)];
    let steps = [
        ("A drafts it", 0, draft(1, &[line(0, 10)])),
        ("A makes it ready", 0, TransferCommand::Ready),
        ("A ships it", 0, ship(None)),
        ("7 come in order and 1 is damaged", 1, came(&[line(0, 7)], &damaged)),
        ("the rest arrives in order", 1, came(&[line(0, 2)], &[])),
    ];
    let row = |(step, at, command)| {
        chain.of(1, at, command).unwrap();
        let (from, to) = (chain.level(0, 0), chain.level(1, 0));
        let figures = [
            from.available_to_sell(),
            from.on_hand,
            i64::from(to.incoming),
            to.available_to_sell(),
            i64::from(to.damaged),
        ];
        let figures = figures.map(|figure| figure.to_string()).join(" | ");
        format!("| {step} | {figures} |")
    };
    let table = steps.map(row).join("\n");
    let page = include_str!("../../../docs/commerce.md");
    assert!(page.contains(&table), "docs/commerce.md should say:\n\n{table}");
    assert_eq!(chain.status(1), "received");
}

#[test]
fn a_transfer_takes_nothing_from_an_order_or_another_transfer() {
    let mut chain = Chain::with(10);
    let hold = InventoryCommand::Hold {
        reservation: vocabulary::ReservationId::from_bits(7),
        order: vocabulary::OrderId::from_bits(8),
        lines: vec![crate::order::line::LineUnits { line: 1, sku: SKUS[0], units: 5 }],
        expires_at: chain.now.after(Seconds(600)),
    };
    let policy = Policy::default();
    let context = Context { now: chain.now, policy: &policy, by: By::Partition };
    let decision = chain.stores[&store(0)].decide(&hold, &context).unwrap();
    let now = chain.now;
    let inventory = chain.stores.get_mut(&store(0)).unwrap();
    decision.events.iter().for_each(|event| inventory.apply(event, now));
    chain.of(1, 0, draft(1, &[line(0, 3)])).unwrap();
    chain.of(1, 0, TransferCommand::Ready).unwrap();
    chain.of(2, 0, draft(2, &[line(0, 3)])).unwrap();
    let refused = chain.of(2, 0, TransferCommand::Ready).unwrap_err();
    let expected = Refusal::NotEnoughStock { sku: SKUS[0], available: 2, wanted: 3 };
    assert_eq!(refused, expected, "10 on hand, 5 for an order, 3 for the other transfer");
    // The till sells what was kept for the transfer: it ships what is left.
    let sale =
        Observation::PosSale { sku: SKUS[0], units: 4, reference: "r".into(), sold_at: None };
    chain.tell(0, InventoryCommand::Observe(sale)).unwrap();
    assert_eq!(chain.of(1, 0, ship(None)).unwrap_err().code(), "not_enough_stock");
    chain.of(1, 0, ship(Some(&[line(0, 1)]))).unwrap();
    assert_eq!(chain.level(0, 0).on_hand, 5);
}

#[test]
fn nonsense_is_refused_with_what_would_be_right() {
    let mut chain = Chain::with(10);
    for lines in [&[][..], &[line(0, 0)], &[line(0, 1), line(0, 2)]] {
        assert_eq!(chain.of(1, 0, draft(1, lines)).unwrap_err().code(), "invalid");
    }
    assert_eq!(chain.of(1, 0, draft(0, &[line(0, 1)])).unwrap_err().code(), "invalid");
    assert_eq!(chain.of(1, 0, TransferCommand::Ready).unwrap_err(), Refusal::TransferUnknown);
    chain.of(1, 0, draft(1, &[line(0, 5)])).unwrap();
    chain.of(1, 0, TransferCommand::Ready).unwrap();
    assert_eq!(chain.of(1, 0, ship(Some(&[line(0, 6)]))).unwrap_err().code(), "invalid");
    assert_eq!(chain.of(1, 0, ship(Some(&[line(1, 1)]))).unwrap_err().code(), "invalid");
    chain.of(1, 0, ship(None)).unwrap();
    assert_eq!(chain.of(1, 1, came(&[], &[])).unwrap_err().code(), "invalid");
    assert_eq!(chain.of(1, 0, ship(None)).unwrap_err(), Refusal::TransferUnknown, "it is gone");
}

#[derive(Debug, Clone)]
enum Step {
    Draft { number: usize, from: usize, to: usize, lines: Vec<(usize, u32)> },
    Ready { number: usize, at: usize },
    Ship { number: usize, at: usize, lines: Option<Vec<(usize, u32)>> },
    Receive { number: usize, at: usize, lines: Vec<(usize, u32)>, found: Vec<(usize, u32, u8)> },
    Cancel { number: usize, at: usize },
    Sold { at: usize, sku: usize, units: u32 },
    Retire { number: usize },
}

fn steps() -> impl Strategy<Value = Step> {
    let lines = || prop::collection::vec((0..2_usize, 1..6_u32), 1..3);
    let some = || prop::collection::vec((0..2_usize, 1..6_u32), 0..3);
    let found = || prop::collection::vec((0..2_usize, 1..4_u32, 0..4_u8), 0..3);
    let number = 0..5_usize;
    let at = 0..3_usize;
    prop_oneof![
        4 => (number.clone(), at.clone(), at.clone(), lines())
            .prop_map(|(number, from, to, lines)| Step::Draft { number, from, to, lines }),
        4 => (number.clone(), at.clone()).prop_map(|(number, at)| Step::Ready { number, at }),
        5 => (number.clone(), at.clone(), prop::option::of(lines()))
            .prop_map(|(number, at, lines)| Step::Ship { number, at, lines }),
        6 => (number.clone(), at.clone(), some(), found())
            .prop_map(|(number, at, lines, found)| Step::Receive { number, at, lines, found }),
        1 => (number.clone(), at.clone()).prop_map(|(number, at)| Step::Cancel { number, at }),
        1 => (at, 0..2_usize, 1..4_u32)
            .prop_map(|(at, sku, units)| Step::Sold { at, sku, units }),
        1 => number.prop_map(|number| Step::Retire { number }),
    ]
}

fn named(lines: &[(usize, u32)]) -> Vec<TransferLine> {
    lines.iter().map(|(sku, units)| line(*sku, *units)).collect()
}

/// Counts units and nothing else: what was brought in, what left for good, by every accepted word.
#[derive(Default)]
struct Counter {
    brought: i64,
    gone: i64,
    sold: u32,
    known: Vec<usize>,
}

impl Counter {
    fn take(&mut self, chain: &mut Chain, step: &Step) {
        match step {
            // An id is used once.
            Step::Draft { number, .. } if self.known.contains(number) => {}
            Step::Draft { number, from, to, lines } => {
                if chain.of(*number, *from, draft(*to, &named(lines))).is_ok() {
                    self.known.push(*number);
                }
            }
            Step::Ready { number, at } => {
                let _ = chain.of(*number, *at, TransferCommand::Ready);
            }
            Step::Ship { number, at, lines } => {
                let lines = lines.as_deref().map(named);
                let _ = chain.of(*number, *at, ship(lines.as_deref()));
            }
            Step::Receive { number, at, lines, found } => {
                let reasons = [
                    DiscrepancyReason::Missing,
                    DiscrepancyReason::Damaged,
                    DiscrepancyReason::Expired,
                    DiscrepancyReason::Surplus,
                ];
                let found: Vec<_> = found
                    .iter()
                    .map(|(sku, units, reason)| (*sku, *units, reasons[usize::from(*reason)]))
                    .collect();
                if chain.of(*number, *at, came(&named(lines), &found)).is_ok() {
                    for (_, units, reason) in found {
                        match reason {
                            DiscrepancyReason::Missing => self.gone += i64::from(units),
                            DiscrepancyReason::Surplus => self.brought += i64::from(units),
                            DiscrepancyReason::Damaged | DiscrepancyReason::Expired => {}
                        }
                    }
                }
            }
            Step::Cancel { number, at } => {
                let _ = chain.of(*number, *at, TransferCommand::Cancel { reason: "x".into() });
            }
            Step::Sold { at, sku, units } => {
                self.sold += 1;
                let reference = format!("{}", self.sold);
                let sku = SKUS[*sku];
                let sale = Observation::PosSale { sku, units: *units, reference, sold_at: None };
                chain.tell(*at, InventoryCommand::Observe(sale)).unwrap();
                self.gone += i64::from(*units);
            }
            Step::Retire { number } => {
                let id = transfer(*number);
                for inventory in chain.stores.values_mut() {
                    inventory.retire_transfer(id);
                }
                if chain.status(*number) == "unknown" {
                    chain.transfer_rows.remove(&id);
                }
            }
        }
    }

    fn compare(&self, chain: &Chain) {
        let (mut on_hand, mut here) = (0, 0);
        for inventory in chain.stores.values() {
            let (mut outgoing, mut incoming) = (BTreeMap::new(), BTreeMap::new());
            for known in inventory.transfers().values() {
                for line in known.kept() {
                    *outgoing.entry(line.sku).or_insert(0) += line.units;
                }
                for line in known.in_transit() {
                    *incoming.entry(line.sku).or_insert(0) += line.units;
                }
            }
            for (sku, level) in inventory.stock() {
                assert_eq!(level.outgoing, outgoing.get(sku).copied().unwrap_or(0));
                assert_eq!(level.incoming, incoming.get(sku).copied().unwrap_or(0));
                on_hand += level.on_hand;
                here += level.on_hand + i64::from(level.damaged) + i64::from(level.incoming);
            }
        }
        assert_eq!(chain.moved, on_hand, "on-hand is the sum of its movements");
        assert_eq!(here + self.gone, 60 + self.brought, "every unit is somewhere");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn units_are_on_a_shelf_in_transit_or_named(walk in prop::collection::vec(steps(), 1..150)) {
        let mut chain = Chain::with(10);
        let mut counter = Counter::default();
        for step in &walk {
            counter.take(&mut chain, step);
            counter.compare(&chain);
        }
        for (id, inventory) in &chain.stores {
            prop_assert_eq!(&chain.recovered(*id), inventory, "rows are the state");
        }
    }
}
