//! A shelf to try commands on, the table of a reservation's life, and small stories.

mod life;
mod stories;
mod walk;

use std::collections::BTreeMap;

use vocabulary::{OrderId, ReservationId, Seconds, SkuId, StoreId, Timestamp};

use super::*;
use crate::order::OrderCommand;
use crate::order::line::LineUnits;
use crate::{By, Context, Decision, Effect, Machine, Message, Policy, Refusal};

const STORE: StoreId = StoreId::from_bits(1);
const MILK: SkuId = SkuId::from_bits(10);
const RICE: SkuId = SkuId::from_bits(11);
const HOLD_FOR: Seconds = Seconds(1_800);

fn order(number: u128) -> OrderId {
    OrderId::from_bits(100 + number)
}

fn reservation(number: u128) -> ReservationId {
    ReservationId::from_bits(200 + number)
}

fn units(line: u16, sku: SkuId, units: u32) -> LineUnits {
    LineUnits { line, sku, units }
}

/// An inventory with its journal, its rows as the shell would write them, and a clock.
struct Shelf {
    inventory: Inventory,
    now: Timestamp,
    policy: Policy,
    journal: Vec<(String, Timestamp)>,
    rows: BTreeMap<InventoryRow, String>,
    movements: BTreeMap<SkuId, i64>,
}

impl Shelf {
    fn empty() -> Self {
        Self {
            inventory: Inventory::new(STORE),
            now: Timestamp::from_millis(1_790_000_000_000),
            policy: Policy::default(),
            journal: Vec::new(),
            rows: BTreeMap::new(),
            movements: BTreeMap::new(),
        }
    }

    fn with(stock: &[(SkuId, u32)]) -> Self {
        let mut shelf = Self::empty();
        for (sku, on_hand) in stock {
            shelf.observe(Observation::Counted { sku: *sku, on_hand: *on_hand });
        }
        shelf
    }

    fn wait(&mut self, span: Seconds) {
        self.now = self.now.after(span);
    }

    fn try_to(&mut self, command: InventoryCommand) -> Result<Decision<InventoryEvent>, Refusal> {
        let context = Context { now: self.now, policy: &self.policy, by: By::Partition };
        let decision = self.inventory.decide(&command, &context)?;
        for event in &decision.events {
            self.record(event);
        }
        Ok(decision)
    }

    fn tell(&mut self, command: InventoryCommand) -> Decision<InventoryEvent> {
        self.try_to(command).unwrap()
    }

    fn observe(&mut self, observation: Observation) -> Decision<InventoryEvent> {
        self.tell(InventoryCommand::Observe(observation))
    }

    fn hold(&mut self, number: u128, lines: &[LineUnits]) -> Decision<InventoryEvent> {
        let expires_at = self.now.after(HOLD_FOR);
        let (reservation, order) = (reservation(number), order(number));
        let lines = lines.to_vec();
        self.tell(InventoryCommand::Hold { reservation, order, lines, expires_at })
    }

    fn commit(&mut self, number: u128) -> Decision<InventoryEvent> {
        self.tell(InventoryCommand::Commit { reservation: reservation(number) })
    }

    /// What the shell does: write the event, apply it, write the rows it touched.
    fn record(&mut self, event: &InventoryEvent) {
        let text = serde_json::to_string(event).unwrap();
        assert!(text.starts_with(&format!(r#"{{"kind":"{}""#, event.kind())), "{text}");
        assert_eq!(&serde_json::from_str::<InventoryEvent>(&text).unwrap(), event);
        self.journal.push((text, self.now));
        self.inventory.apply(event, self.now);
        for (sku, delta, _) in movements(event) {
            *self.movements.entry(sku).or_default() += delta;
        }
        for row in Inventory::touched(event) {
            let text = match row {
                InventoryRow::Stock(sku) => serde_json::to_string(&self.inventory.stock()[&sku]),
                InventoryRow::Reservation(id) => {
                    serde_json::to_string(&self.inventory.reservations()[&id])
                }
                InventoryRow::Transfer(_) => panic!("transfers have tests of their own"),
            };
            self.rows.insert(row, text.unwrap());
        }
    }

    /// The inventory as a restart would find it.
    fn recovered(&self) -> Inventory {
        let mut stock = Vec::new();
        let mut reservations = Vec::new();
        for (row, text) in &self.rows {
            match row {
                InventoryRow::Stock(sku) => {
                    stock.push((*sku, serde_json::from_str(text).unwrap()));
                }
                InventoryRow::Reservation(id) => {
                    reservations.push((*id, serde_json::from_str(text).unwrap()));
                }
                InventoryRow::Transfer(_) => {}
            }
        }
        Inventory::restore(STORE, stock, reservations, [])
    }

    fn replayed(&self) -> Inventory {
        let mut inventory = Inventory::new(STORE);
        for (text, at) in &self.journal {
            inventory.apply(&serde_json::from_str(text).unwrap(), *at);
        }
        inventory
    }

    fn status(&self, number: u128) -> &'static str {
        self.inventory.reservation(reservation(number)).map_or("unknown", Reservation::status_text)
    }

    fn level(&self, sku: SkuId) -> &StockLevel {
        self.inventory.level(sku).unwrap()
    }
}

fn kinds(decision: &Decision<InventoryEvent>) -> Vec<&'static str> {
    decision.events.iter().map(InventoryEvent::kind).collect()
}

/// What the decision tells the orders.
fn told(decision: &Decision<InventoryEvent>) -> Vec<OrderCommand> {
    let commands = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Tell(Message::Order(_, command)) => Some((**command).clone()),
        _ => None,
    });
    commands.collect()
}
