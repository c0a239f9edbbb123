//! The owner of a store's stock.

use std::collections::BTreeSet;

use dispatch::Timer;
use dispatch::inventory::{self, Inventory, InventoryCommand, InventoryEvent, InventoryRow};
use persistence::{StateRow, StockMovement};
use vocabulary::StoreId;

use super::rows::{Kept, Row, kinds};
use crate::core::Core;
use crate::output::Output;
use crate::owner::{Journaled, Owns};

impl Owns for Inventory {
    type Id = StoreId;
    type Row = InventoryRow;
    const KIND: &'static str = kinds::INVENTORY;

    fn bits(id: StoreId) -> u128 {
        id.bits()
    }

    fn timer_fired(timer: Timer) -> InventoryCommand {
        InventoryCommand::TimerFired(timer)
    }

    fn event_kind(event: &InventoryEvent) -> &'static str {
        event.kind()
    }

    fn event_payload(event: &InventoryEvent) -> Result<String, serde_json::Error> {
        serde_json::to_string(event)
    }

    fn touched(&self, event: &InventoryEvent, rows: &mut BTreeSet<InventoryRow>) {
        rows.extend(Inventory::touched(event));
    }

    fn encode(&self, id: StoreId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let store = Some(id.bits());
        for touched in journal.rows {
            match touched {
                InventoryRow::Stock(sku) => {
                    let Some(level) = self.level(*sku) else { continue };
                    let status = level.status_text();
                    let (kind, row) = (kinds::STOCK, sku.bits());
                    Row {
                        kind,
                        owner: id.bits(),
                        id: row,
                        live: true,
                        status,
                        store,
                        courier: None,
                    }
                    .encode(journal.seq, level, states);
                }
                InventoryRow::Reservation(reservation) => {
                    let Some(kept) = self.reservation(*reservation) else { continue };
                    let (kind, row) = (kinds::RESERVATION, reservation.bits());
                    let (live, status) = (kept.is_live(), kept.status_text());
                    Row { kind, owner: id.bits(), id: row, live, status, store, courier: None }
                        .encode(journal.seq, kept, states);
                }
            }
        }
        let row = Row {
            kind: kinds::INVENTORY,
            owner: 0,
            id: id.bits(),
            live: true,
            status: "",
            store,
            courier: None,
        };
        row.encode(journal.seq, &Kept { entity_seq: journal.entity_seq, state: () }, states);
    }

    fn publish(&self, id: StoreId, events: &[InventoryEvent], seq: u64, core: &Core) {
        let mut view = core.view.borrow_mut();
        for event in events {
            for row in Inventory::touched(event) {
                match row {
                    InventoryRow::Stock(sku) => view.put_available(id, sku, self.available(sku)),
                    InventoryRow::Reservation(_) => {}
                }
            }
            for (sku, delta, reason) in inventory::movements(event) {
                core.movement(StockMovement {
                    seq,
                    store: id.bits(),
                    sku: sku.bits(),
                    delta,
                    reason: reason.into(),
                    reference: 0,
                });
            }
        }
    }

    fn publish_all(&self, id: StoreId, core: &Core) {
        let mut view = core.view.borrow_mut();
        for sku in self.stock().keys() {
            view.put_available(id, *sku, self.available(*sku));
        }
    }

    /// Stock is read over HTTP; nobody is pushed to yet.
    fn changes(&self, _: StoreId, _: &BTreeSet<InventoryRow>, _: &Core, _: &mut Vec<Output>) {}

    fn retire(&mut self, rows: &BTreeSet<InventoryRow>) {
        for row in rows {
            match row {
                InventoryRow::Stock(_) => {}
                InventoryRow::Reservation(reservation) => Inventory::retire(self, *reservation),
            }
        }
    }
}
