//! The owner of a store's stock.

use std::collections::BTreeSet;
use std::sync::Arc;

use dispatch::Timer;
use dispatch::inventory::{self, Inventory, InventoryCommand, InventoryEvent, InventoryRow};
use persistence::{StateRow, StockMovement};
use vocabulary::{SkuId, StoreId};

use super::rows::{Kept, OfStore, Row, json, kinds};
use crate::core::Core;
use crate::output::{Change, Output, Publication, Topic};
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
        json(event)
    }

    fn touched(&self, event: &InventoryEvent, rows: &mut BTreeSet<InventoryRow>) {
        rows.extend(Inventory::touched(event));
    }

    /// Reservations are keyed by their own id, which grows with time, so that those of a batch are
    /// written side by side; their blob says whose they are.
    fn encode(&self, id: StoreId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        for touched in journal.rows {
            match touched {
                InventoryRow::Stock(sku) => {
                    let Some(level) = self.level(*sku) else { continue };
                    Row {
                        owner: id.bits(),
                        status: level.status_text(),
                        ..Row::standing(kinds::STOCK, sku.bits())
                    }
                    .encode(journal.seq, level, states);
                }
                // The row goes with the goods: the source writes it no more once they are shipped,
                // and the target does from that commit on.
                InventoryRow::Transfer(transfer) => {
                    let Some(kept) = self.transfer(*transfer) else { continue };
                    Row {
                        live: kept.is_live(),
                        status: kept.status_text(),
                        store: Some(kept.to.bits()),
                        ..Row::of(kinds::TRANSFER, transfer.bits())
                    }
                    .encode(journal.seq, &OfStore { store: id, kept }, states);
                }
                InventoryRow::Reservation(reservation) => {
                    let Some(kept) = self.reservation(*reservation) else { continue };
                    Row {
                        live: kept.is_live(),
                        status: kept.status_text(),
                        ..Row::of(kinds::RESERVATION, reservation.bits())
                    }
                    .encode(journal.seq, &OfStore { store: id, kept }, states);
                }
            }
        }
        let kept = Kept { entity_seq: journal.entity_seq, state: () };
        Row::standing(kinds::INVENTORY, id.bits()).encode(journal.seq, &kept, states);
    }

    fn publish(&self, id: StoreId, events: &[InventoryEvent], seq: u64, core: &Core) {
        let mut view = core.view.borrow_mut();
        for event in events {
            for sku in Inventory::resold(event) {
                view.put_available(id, sku, self.available(sku));
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

    /// Stock is read over HTTP; only what became low, or is low no more, rings at the board.
    fn changes(
        &self,
        id: StoreId,
        _: &BTreeSet<InventoryRow>,
        core: &Core,
        outputs: &mut Vec<Output>,
    ) {
        let topic = Topic::Board(id);
        if !self.low_changed() || !core.watched.borrow().contains(&topic) {
            return;
        }
        let Some(store) = core.stores.borrow().get(&id).cloned() else { return };
        let status = store.machine.borrow().status();
        let low_stock = Some(low_stock(self));
        let change = Change::Board { status, fulfillment_orders: Vec::new(), low_stock };
        outputs.push(Output::Publish(Publication { topic, change }));
    }

    fn retire(&mut self, rows: &BTreeSet<InventoryRow>) {
        self.told_low();
        for row in rows {
            match row {
                InventoryRow::Stock(_) => {}
                InventoryRow::Reservation(reservation) => Inventory::retire(self, *reservation),
                InventoryRow::Transfer(transfer) => self.retire_transfer(*transfer),
            }
        }
    }
}

/// What a store's people should order or ask for.
pub(crate) fn low_stock(inventory: &Inventory) -> Arc<[SkuId]> {
    inventory.low().iter().copied().collect()
}
