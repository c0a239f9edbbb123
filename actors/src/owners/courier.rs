//! The owner of a courier.

use std::collections::BTreeSet;
use std::sync::Arc;

use dispatch::Timer;
use dispatch::courier::{Courier, CourierCommand, CourierEvent};
use persistence::StateRow;
use vocabulary::{CourierId, Seconds, Timestamp};

use super::rows::{Kept, Row, json, kinds};
use crate::core::Core;
use crate::output::{Change, Output, Publication, Topic};
use crate::owner::{Journaled, Owns};

impl Owns for Courier {
    type Id = CourierId;
    type Row = ();
    const KIND: &'static str = kinds::COURIER;

    fn bits(id: CourierId) -> u128 {
        id.bits()
    }

    fn timer_fired(timer: Timer) -> CourierCommand {
        CourierCommand::TimerFired(timer)
    }

    fn event_kind(event: &CourierEvent) -> &'static str {
        event.kind()
    }

    fn event_payload(event: &CourierEvent) -> Result<String, serde_json::Error> {
        json(event)
    }

    fn touched(&self, _event: &CourierEvent, _rows: &mut BTreeSet<()>) {}

    fn encode(&self, id: CourierId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let row = Row {
            live: self.is_live(),
            status: self.status_text(),
            courier: Some(id.bits()),
            ..Row::standing(kinds::COURIER, id.bits())
        };
        row.encode(journal.seq, &Kept { entity_seq: journal.entity_seq, state: self }, states);
    }

    fn publish(&self, id: CourierId, _events: &[CourierEvent], _seq: u64, core: &Core) {
        self.publish_all(id, core);
    }

    fn publish_all(&self, id: CourierId, core: &Core) {
        if let Some(row) = self.row() {
            core.metrics().couriers.put(id, Some(row.availability.text()));
            core.view.borrow_mut().put_courier(id, row);
        }
    }

    fn changes(&self, id: CourierId, _: &BTreeSet<()>, core: &Core, outputs: &mut Vec<Output>) {
        let topic = Topic::Courier(id);
        if core.watched.borrow().contains(&topic) {
            let change = Change::Courier { courier: Arc::new(self.clone()) };
            outputs.push(Output::Publish(Publication { topic, change }));
        }
    }

    /// The machine does not hear positions; the view does. Silence counts from the last one.
    fn postponed(timer: Timer, id: CourierId, core: &Core) -> Option<Timestamp> {
        if timer != Timer::Stale {
            return None;
        }
        let (_, heard_at) = core.view.borrow().position(id)?;
        let silent_at = heard_at.after(Seconds(core.policy().dispatch.stale_after_s));
        (silent_at > core.now()).then_some(silent_at)
    }
}

pub(crate) fn snapshot(core: &Core, id: CourierId) -> Option<Change> {
    let owner = core.couriers.borrow().get(&id).cloned()?;
    let courier = owner.machine.borrow().clone();
    Some(Change::Courier { courier: Arc::new(courier) })
}
