//! The owner of a store and its fulfillment orders.

use std::collections::BTreeSet;

use dispatch::Timer;
use dispatch::store::{Store, StoreCommand, StoreEvent, StoreRow};
use persistence::StateRow;
use vocabulary::StoreId;

use super::rows::{Kept, OfStore, Row, json, kinds};
use crate::core::Core;
use crate::output::{Change, Output, Publication, Topic};
use crate::owner::{Journaled, Owns};

impl Owns for Store {
    type Id = StoreId;
    type Row = StoreRow;
    const KIND: &'static str = kinds::STORE;

    fn bits(id: StoreId) -> u128 {
        id.bits()
    }

    fn timer_fired(timer: Timer) -> StoreCommand {
        StoreCommand::TimerFired(timer)
    }

    fn event_kind(event: &StoreEvent) -> &'static str {
        event.kind()
    }

    fn event_payload(event: &StoreEvent) -> Result<String, serde_json::Error> {
        json(event)
    }

    fn touched(&self, event: &StoreEvent, rows: &mut BTreeSet<StoreRow>) {
        rows.extend(Store::touched(event));
    }

    fn encode(&self, id: StoreId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let store = Some(id.bits());
        let status = self.status_text();
        for touched in journal.rows {
            match touched {
                StoreRow::Settings => {
                    let Some(settings) = self.settings() else { continue };
                    Row { status, store, ..Row::standing(kinds::STORE_SETTINGS, id.bits()) }
                        .encode(journal.seq, settings, states);
                }
                StoreRow::FulfillmentOrder(share) => {
                    let Some(kept) = self.fulfillment_order(*share) else { continue };
                    Row {
                        live: kept.is_live(),
                        status: kept.status_text(),
                        store,
                        ..Row::of(kinds::FULFILLMENT_ORDER, share.bits())
                    }
                    .encode(journal.seq, &OfStore { store: id, kept }, states);
                }
                // The front is written below with every change: it carries the history's place.
                StoreRow::Front => {}
            }
        }
        let kept = Kept { entity_seq: journal.entity_seq, state: self.front() };
        Row { status, store, ..Row::standing(kinds::STORE, id.bits()) }.encode(
            journal.seq,
            &kept,
            states,
        );
    }

    fn publish(&self, id: StoreId, _events: &[StoreEvent], _seq: u64, core: &Core) {
        self.publish_all(id, core);
    }

    fn publish_all(&self, id: StoreId, core: &Core) {
        core.metrics().stores.put(id, Some(self.status_text()));
        if let Some(row) = self.row() {
            core.view.borrow_mut().put_store(id, row);
        }
    }

    fn changes(
        &self,
        id: StoreId,
        rows: &BTreeSet<StoreRow>,
        core: &Core,
        outputs: &mut Vec<Output>,
    ) {
        let topic = Topic::Board(id);
        if !core.watched.borrow().contains(&topic) {
            return;
        }
        let changed = rows.iter().filter_map(|row| match row {
            StoreRow::FulfillmentOrder(id) => Some((*id, self.fulfillment_order(*id)?.clone())),
            StoreRow::Front | StoreRow::Settings => None,
        });
        let change = Change::Board {
            status: self.status(),
            fulfillment_orders: changed.collect(),
            low_stock: None,
        };
        outputs.push(Output::Publish(Publication { topic, change }));
    }

    fn retire(&mut self, rows: &BTreeSet<StoreRow>) {
        for row in rows {
            match row {
                StoreRow::FulfillmentOrder(id) => Store::retire(self, *id),
                StoreRow::Front | StoreRow::Settings => {}
            }
        }
    }
}

pub(crate) fn snapshot(core: &Core, id: StoreId) -> Option<Change> {
    let owner = core.stores.borrow().get(&id).cloned()?;
    let store = owner.machine.borrow();
    let fulfillment_orders =
        store.fulfillment_orders().iter().map(|(id, share)| (*id, share.clone())).collect();
    let inventory = core.inventories.borrow().get(&id).cloned();
    let low_stock = inventory.map(|owner| super::inventory::low_stock(&owner.machine.borrow()));
    Some(Change::Board { status: store.status(), fulfillment_orders, low_stock })
}
