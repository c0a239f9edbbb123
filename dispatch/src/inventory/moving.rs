//! Goods to and from other stores: what they do to this store's shelves.

use vocabulary::{SkuId, Timestamp, TransferId};

use super::{Inventory, InventoryCommand, InventoryEvent};
use crate::transfer::{
    Incoming, Receipt, StockTransfer, TransferCommand, TransferLine, TransferState, check_lines,
    units_of,
};
use crate::{Context, Decision, Effect, Refusal};

impl Inventory {
    pub(super) fn decide_transfer(
        &self,
        id: TransferId,
        command: &TransferCommand,
        context: &Context<'_>,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        match command {
            TransferCommand::Draft { to, lines, note } => {
                self.draft(id, *to, lines, note.as_deref())
            }
            TransferCommand::Ready => self.ready(id),
            TransferCommand::Ship { lines, expected_at } => {
                self.ship(id, lines.as_deref(), *expected_at)
            }
            TransferCommand::Cancel { reason } => self.cancel(id, reason),
            TransferCommand::Expect(incoming) => Ok(self.expect_goods(id, incoming)),
            TransferCommand::Receive(receipt) => self.receive(id, receipt, context.now),
        }
    }

    fn transfer_of(&self, id: TransferId) -> Result<&StockTransfer, Refusal> {
        self.transfers.get(&id).ok_or(Refusal::TransferUnknown)
    }

    fn draft(
        &self,
        id: TransferId,
        to: vocabulary::StoreId,
        lines: &[TransferLine],
        note: Option<&str>,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        if self.transfers.contains_key(&id) {
            return Ok(Decision::nothing());
        }
        if to == self.store {
            return Err(Refusal::Invalid { what: "to".into(), expected: "another store".into() });
        }
        check_lines(lines)?;
        Ok(Decision::event(InventoryEvent::TransferDrafted {
            transfer: id,
            to,
            lines: lines.into(),
            note: note.map(Into::into),
        }))
    }

    fn ready(&self, id: TransferId) -> Result<Decision<InventoryEvent>, Refusal> {
        let transfer = self.transfer_of(id)?;
        match &transfer.state {
            TransferState::Draft => {
                for line in transfer.lines.iter() {
                    self.check_spare(*line, self.spare(line.sku))?;
                }
                let lines = transfer.lines.clone();
                Ok(Decision::event(InventoryEvent::TransferReadied { transfer: id, lines }))
            }
            TransferState::Ready => Ok(Decision::nothing()),
            TransferState::InTransit { .. }
            | TransferState::PartiallyReceived { .. }
            | TransferState::Received { .. }
            | TransferState::Cancelled { .. } => Err(transfer.refusal("make ready")),
        }
    }

    /// What is neither kept for an order nor for another transfer. Safety stock is kept back from
    /// channels, not from other stores, and what is not listed may go where it is.
    fn spare(&self, sku: SkuId) -> i64 {
        self.stock.get(&sku).map_or(0, |level| {
            let kept = i64::from(level.reserved).saturating_add(i64::from(level.outgoing));
            level.on_hand.saturating_sub(kept)
        })
    }

    fn check_spare(&self, line: TransferLine, spare: i64) -> Result<(), Refusal> {
        if i64::from(line.units) <= spare {
            return Ok(());
        }
        let (sku, wanted) = (line.sku, line.units);
        Err(Refusal::NotEnoughStock { sku, available: spare.max(0), wanted })
    }

    /// The goods leave: fewer than planned, if fewer are found, and never what orders wait for.
    fn ship(
        &self,
        id: TransferId,
        lines: Option<&[TransferLine]>,
        expected_at: Option<Timestamp>,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        let transfer = self.transfer_of(id)?;
        if transfer.kept().is_empty() {
            return Err(transfer.refusal("ship"));
        }
        let lines = lines.unwrap_or(&transfer.lines);
        check_lines(lines)?;
        for line in lines {
            let planned = units_of(&transfer.lines, line.sku);
            if line.units > planned {
                let what = "lines".into();
                let expected = format!("at most what is planned, {planned} of SKU {}", line.sku);
                return Err(Refusal::Invalid { what, expected });
            }
            let own = self.spare(line.sku).saturating_add(i64::from(planned));
            self.check_spare(*line, own)?;
        }
        let (to, kept) = (transfer.to, transfer.lines.clone());
        let lines: std::sync::Arc<[TransferLine]> = lines.into();
        let incoming = Incoming {
            from: self.store,
            lines: lines.clone(),
            note: transfer.note.clone(),
            expected_at,
        };
        let expect = TransferCommand::Expect(Box::new(incoming));
        Ok(Decision::event(InventoryEvent::TransferShipped { transfer: id, to, kept, lines })
            .effect(Effect::inventory(to, InventoryCommand::Transfer(id, expect))))
    }

    fn cancel(&self, id: TransferId, reason: &str) -> Result<Decision<InventoryEvent>, Refusal> {
        let transfer = self.transfer_of(id)?;
        match &transfer.state {
            TransferState::Draft | TransferState::Ready => {
                let (kept, reason) = (transfer.kept().to_vec(), reason.into());
                let cancelled = InventoryEvent::TransferCancelled { transfer: id, kept, reason };
                Ok(Decision::event(cancelled))
            }
            TransferState::Cancelled { .. } => Ok(Decision::nothing()),
            TransferState::InTransit { .. }
            | TransferState::PartiallyReceived { .. }
            | TransferState::Received { .. } => Err(transfer.refusal("cancel")),
        }
    }

    fn expect_goods(&self, id: TransferId, incoming: &Incoming) -> Decision<InventoryEvent> {
        if self.transfers.contains_key(&id) {
            return Decision::nothing();
        }
        let Incoming { from, lines, note, expected_at } = incoming.clone();
        let expected =
            InventoryEvent::TransferExpected { transfer: id, from, lines, note, expected_at };
        Decision::event(expected)
    }

    fn receive(
        &self,
        id: TransferId,
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        let transfer = self.transfer_of(id)?;
        let in_transit = transfer.in_transit();
        if in_transit.is_empty() {
            return Err(transfer.refusal("receive"));
        }
        receipt.check(transfer)?;
        let is_last = in_transit.iter().all(|line| receipt.accounts_for(line.sku) == line.units);
        let receipt = Receipt { at: now, ..receipt.clone() };
        let received = InventoryEvent::TransferReceived { transfer: id, receipt, is_last };
        Ok(Decision::event(received))
    }

    pub(super) fn fold_transfer(&mut self, event: &InventoryEvent, at: Timestamp) {
        match event {
            InventoryEvent::TransferDrafted { transfer, to, lines, note } => {
                let (from, to, state) = (self.store, *to, TransferState::Draft);
                let (lines, note, since) = (lines.clone(), note.clone(), at);
                let drafted = StockTransfer { from, to, lines, note, state, since };
                self.transfers.insert(*transfer, drafted);
            }
            InventoryEvent::TransferReadied { transfer, lines } => {
                for line in lines.iter() {
                    self.change(line.sku, |level| {
                        level.outgoing = level.outgoing.saturating_add(line.units);
                    });
                }
                self.turn_transfer(*transfer, TransferState::Ready, at);
            }
            InventoryEvent::TransferShipped { transfer, kept, lines, .. } => {
                self.keep_no_more(kept);
                for line in lines.iter() {
                    self.move_on_hand(line.sku, -i64::from(line.units));
                }
                self.transfers.remove(transfer);
            }
            InventoryEvent::TransferCancelled { transfer, kept, reason } => {
                self.keep_no_more(kept);
                let state = TransferState::Cancelled { reason: reason.clone() };
                self.turn_transfer(*transfer, state, at);
            }
            InventoryEvent::TransferExpected { transfer, from, lines, note, expected_at } => {
                for line in lines.iter() {
                    self.change(line.sku, |level| {
                        level.incoming = level.incoming.saturating_add(line.units);
                    });
                }
                let (lines, note, since) = (lines.clone(), note.clone(), at);
                let state = TransferState::InTransit { expected_at: *expected_at };
                let expected =
                    StockTransfer { from: *from, to: self.store, lines, note, state, since };
                self.transfers.insert(*transfer, expected);
            }
            InventoryEvent::TransferReceived { transfer, receipt, is_last } => {
                self.take_in(receipt);
                self.fold_receipt(*transfer, receipt, *is_last, at);
            }
            InventoryEvent::UnitsHeld { .. }
            | InventoryEvent::ReservationCommitted { .. }
            | InventoryEvent::ReservationConsumed { .. }
            | InventoryEvent::ReservationReleased { .. }
            | InventoryEvent::ReservationExpired { .. }
            | InventoryEvent::UnitsReleased { .. }
            | InventoryEvent::ShortfallRaised { .. }
            | InventoryEvent::StockCorrected { .. }
            | InventoryEvent::SoldAtTill { .. }
            | InventoryEvent::StockCounted { .. }
            | InventoryEvent::StockAdjusted { .. }
            | InventoryEvent::GoodsCameBack { .. }
            | InventoryEvent::SafetyStockSet { .. }
            | InventoryEvent::ListingSet { .. }
            | InventoryEvent::ReorderPointSet { .. } => {}
        }
    }

    fn keep_no_more(&mut self, kept: &[TransferLine]) {
        for line in kept {
            self.change(line.sku, |level| {
                debug_assert!(level.outgoing >= line.units, "only kept units are let go");
                level.outgoing = level.outgoing.saturating_sub(line.units);
            });
        }
    }

    fn take_in(&mut self, receipt: &Receipt) {
        for sku in receipt.skus() {
            self.change(sku, |level| {
                debug_assert!(level.incoming >= receipt.accounts_for(sku), "only what was shipped");
                level.incoming = level.incoming.saturating_sub(receipt.accounts_for(sku));
                level.damaged = level.damaged.saturating_add(receipt.set_aside(sku));
                level.on_hand = level.on_hand.saturating_add(i64::from(receipt.sellable(sku)));
            });
        }
    }

    fn fold_receipt(&mut self, id: TransferId, receipt: &Receipt, is_last: bool, at: Timestamp) {
        let Some(transfer) = self.transfers.get(&id) else { return };
        let expected_at = transfer.expected_at();
        let mut receipts = transfer.receipts().to_vec();
        receipts.push(receipt.clone());
        let state = if is_last {
            TransferState::Received { receipts }
        } else {
            TransferState::PartiallyReceived { expected_at, receipts }
        };
        self.turn_transfer(id, state, at);
    }

    fn turn_transfer(&mut self, id: TransferId, state: TransferState, at: Timestamp) {
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.state = state;
            transfer.since = at;
        }
    }
}
