//! The owner of a payment.

use std::collections::BTreeSet;

use dispatch::Timer;
use dispatch::payment::{Payment, PaymentCommand, PaymentEvent};
use persistence::StateRow;
use vocabulary::PaymentId;

use super::rows::{Kept, Row, json, kinds};
use crate::core::{Core, Ended};
use crate::output::Output;
use crate::owner::{Journaled, Owns};

impl Owns for Payment {
    type Id = PaymentId;
    type Row = ();
    const KIND: &'static str = kinds::PAYMENT;

    fn bits(id: PaymentId) -> u128 {
        id.bits()
    }

    fn timer_fired(timer: Timer) -> PaymentCommand {
        PaymentCommand::TimerFired(timer)
    }

    fn event_kind(event: &PaymentEvent) -> &'static str {
        event.kind()
    }

    fn event_payload(event: &PaymentEvent) -> Result<String, serde_json::Error> {
        json(event)
    }

    fn touched(&self, _event: &PaymentEvent, _rows: &mut BTreeSet<()>) {}

    fn encode(&self, id: PaymentId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let row = Row {
            live: self.is_live(),
            status: self.status_text(),
            ..Row::of(kinds::PAYMENT, id.bits())
        };
        row.encode(journal.seq, &Kept { entity_seq: journal.entity_seq, state: self }, states);
    }

    fn publish(&self, _id: PaymentId, _events: &[PaymentEvent], _seq: u64, _core: &Core) {}

    fn publish_all(&self, _id: PaymentId, _core: &Core) {}

    fn settled(&self, id: PaymentId, core: &Core) {
        if !self.is_live() {
            core.ended(Ended::Payment(id));
        }
    }

    /// Shoppers see payments through their order.
    fn changes(&self, _id: PaymentId, _: &BTreeSet<()>, _core: &Core, _outputs: &mut Vec<Output>) {}
}
