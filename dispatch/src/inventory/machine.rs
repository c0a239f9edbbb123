//! The inventory of one store as a machine.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{ReservationId, SkuId, StoreId, Timestamp, TransferId};

use super::low::LowStock;
use super::{InventoryCommand, InventoryEvent, Reservation, ReservationState, StockLevel};
use crate::order::line::LineUnits;
use crate::transfer::StockTransfer;
use crate::{Context, Decision, Effect, Machine, Refusal, Timer};

/// A store's stock and everything reserved of it. Kept in rows, see [`Inventory::touched`].
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    pub(super) store: StoreId,
    pub(super) stock: BTreeMap<SkuId, StockLevel>,
    pub(super) reservations: BTreeMap<ReservationId, Reservation>,
    /// To this store from when they are shipped, from this store before.
    pub(super) transfers: BTreeMap<TransferId, StockTransfer>,
    pub(super) low: LowStock,
}

/// Names one stored row of an inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InventoryRow {
    Stock(SkuId),
    Reservation(ReservationId),
    Transfer(TransferId),
}

impl Inventory {
    /// A store that never had anything.
    pub fn new(store: StoreId) -> Self {
        Self {
            store,
            stock: BTreeMap::new(),
            reservations: BTreeMap::new(),
            transfers: BTreeMap::new(),
            low: LowStock::default(),
        }
    }

    /// The machine as its rows say it was. Of each SKU as much is reserved as live reservations
    /// keep, and as much leaves and comes as live transfers say.
    pub fn restore(
        store: StoreId,
        stock: impl IntoIterator<Item = (SkuId, StockLevel)>,
        reservations: impl IntoIterator<Item = (ReservationId, Reservation)>,
        transfers: impl IntoIterator<Item = (TransferId, StockTransfer)>,
    ) -> Self {
        let mut stock: BTreeMap<SkuId, StockLevel> = stock.into_iter().collect();
        let reservations: BTreeMap<_, _> = reservations.into_iter().collect();
        let live = reservations.values().filter(|reservation: &&Reservation| reservation.is_live());
        for line in live.flat_map(|reservation| reservation.lines.iter()) {
            let level = stock.entry(line.sku).or_default();
            level.reserved = level.reserved.saturating_add(line.units);
        }
        let transfers: BTreeMap<_, _> = transfers.into_iter().collect();
        for transfer in transfers.values() {
            for line in transfer.kept() {
                let level = stock.entry(line.sku).or_default();
                level.outgoing = level.outgoing.saturating_add(line.units);
            }
            for line in transfer.in_transit() {
                let level = stock.entry(line.sku).or_default();
                level.incoming = level.incoming.saturating_add(line.units);
            }
        }
        let low = stock.iter().filter(|(_, level)| level.is_low()).map(|(sku, _)| *sku);
        let low = LowStock::of(low);
        Self { store, stock, reservations, transfers, low }
    }

    pub fn store(&self) -> StoreId {
        self.store
    }

    pub fn stock(&self) -> &BTreeMap<SkuId, StockLevel> {
        &self.stock
    }

    pub fn reservations(&self) -> &BTreeMap<ReservationId, Reservation> {
        &self.reservations
    }

    pub fn level(&self, sku: SkuId) -> Option<&StockLevel> {
        self.stock.get(&sku)
    }

    pub fn reservation(&self, reservation: ReservationId) -> Option<&Reservation> {
        self.reservations.get(&reservation)
    }

    pub fn transfers(&self) -> &BTreeMap<TransferId, StockTransfer> {
        &self.transfers
    }

    pub fn transfer(&self, transfer: TransferId) -> Option<&StockTransfer> {
        self.transfers.get(&transfer)
    }

    /// Listed SKUs at or below their reorder points.
    pub fn low(&self) -> &BTreeSet<SkuId> {
        self.low.skus()
    }

    /// Whether [`Inventory::low`] is another since [`Inventory::told_low`].
    pub fn low_changed(&self) -> bool {
        self.low.has_changed()
    }

    pub fn told_low(&mut self) {
        self.low.told();
    }

    /// What planners may count on; `None` when the store does not list the SKU.
    pub fn available(&self, sku: SkuId) -> Option<u32> {
        let level = self.stock.get(&sku).filter(|level| level.listed)?;
        Some(u32::try_from(level.available_to_sell()).unwrap_or(u32::MAX))
    }

    /// The rows that an event changes, a shelf as often as its SKU is named. What is only reserved
    /// is not on a shelf's row.
    pub fn touched(event: &InventoryEvent) -> Vec<InventoryRow> {
        match event {
            InventoryEvent::UnitsHeld { reservation, .. }
            | InventoryEvent::ReservationCommitted { reservation }
            | InventoryEvent::ReservationReleased { reservation, .. }
            | InventoryEvent::ReservationExpired { reservation, .. }
            | InventoryEvent::UnitsReleased { reservation, .. }
            | InventoryEvent::ShortfallRaised { reservation, .. } => {
                vec![InventoryRow::Reservation(*reservation)]
            }
            InventoryEvent::ReservationConsumed { reservation, lines } => {
                let mut rows = vec![InventoryRow::Reservation(*reservation)];
                rows.extend(skus_of(lines).map(InventoryRow::Stock));
                rows
            }
            InventoryEvent::StockCorrected { sku, .. }
            | InventoryEvent::SoldAtTill { sku, .. }
            | InventoryEvent::StockCounted { sku, .. }
            | InventoryEvent::StockAdjusted { sku, .. }
            | InventoryEvent::GoodsCameBack { sku, .. }
            | InventoryEvent::SafetyStockSet { sku, .. }
            | InventoryEvent::ListingSet { sku, .. }
            | InventoryEvent::ReorderPointSet { sku, .. } => vec![InventoryRow::Stock(*sku)],
            InventoryEvent::TransferDrafted { transfer, .. }
            | InventoryEvent::TransferReadied { transfer, .. }
            | InventoryEvent::TransferCancelled { transfer, .. }
            | InventoryEvent::TransferExpected { transfer, .. } => {
                vec![InventoryRow::Transfer(*transfer)]
            }
            InventoryEvent::TransferShipped { lines, .. } => {
                lines.iter().map(|line| InventoryRow::Stock(line.sku)).collect()
            }
            InventoryEvent::TransferReceived { transfer, receipt, .. } => {
                let mut rows = vec![InventoryRow::Transfer(*transfer)];
                rows.extend(receipt.skus().into_iter().map(InventoryRow::Stock));
                rows
            }
        }
    }

    /// The SKUs of which more or less may be sold after an event, each as often as it is named.
    pub fn resold(event: &InventoryEvent) -> Vec<SkuId> {
        match event {
            InventoryEvent::UnitsHeld { lines, .. }
            | InventoryEvent::ReservationConsumed { lines, .. }
            | InventoryEvent::ReservationReleased { lines, .. }
            | InventoryEvent::ReservationExpired { lines, .. } => skus_of(lines).collect(),
            InventoryEvent::UnitsReleased { lines, .. }
            | InventoryEvent::ShortfallRaised { lines, .. } => skus_of(lines).collect(),
            InventoryEvent::ReservationCommitted { .. } => Vec::new(),
            InventoryEvent::StockCorrected { sku, .. }
            | InventoryEvent::SoldAtTill { sku, .. }
            | InventoryEvent::StockCounted { sku, .. }
            | InventoryEvent::StockAdjusted { sku, .. }
            | InventoryEvent::GoodsCameBack { sku, .. }
            | InventoryEvent::SafetyStockSet { sku, .. }
            | InventoryEvent::ListingSet { sku, .. } => vec![*sku],
            InventoryEvent::TransferReadied { lines, .. } => {
                lines.iter().map(|line| line.sku).collect()
            }
            InventoryEvent::TransferShipped { kept, .. } => {
                kept.iter().map(|line| line.sku).collect()
            }
            InventoryEvent::TransferCancelled { kept, .. } => {
                kept.iter().map(|line| line.sku).collect()
            }
            InventoryEvent::TransferExpected { lines, .. } => {
                lines.iter().map(|line| line.sku).collect()
            }
            InventoryEvent::TransferReceived { receipt, .. } => receipt.skus(),
            InventoryEvent::ReorderPointSet { .. } | InventoryEvent::TransferDrafted { .. } => {
                Vec::new()
            }
        }
    }

    /// Forgets an ended reservation whose last row is written. A live one stays.
    pub fn retire(&mut self, reservation: ReservationId) {
        if self.reservations.get(&reservation).is_some_and(|known| !known.is_live()) {
            self.reservations.remove(&reservation);
        }
    }

    /// The same for a transfer that was received or cancelled.
    pub fn retire_transfer(&mut self, transfer: TransferId) {
        if self.transfers.get(&transfer).is_some_and(|known| !known.is_live()) {
            self.transfers.remove(&transfer);
        }
    }

    fn hold_fires(&self, id: ReservationId, context: &Context<'_>) -> Decision<InventoryEvent> {
        let Some(reservation) = self.reservations.get(&id) else {
            return Decision::nothing();
        };
        match reservation.state {
            ReservationState::Held { expires_at } if context.now >= expires_at => {
                let lines = reservation.lines.clone();
                Decision::event(InventoryEvent::ReservationExpired { reservation: id, lines })
            }
            ReservationState::Held { expires_at } => {
                Decision::nothing().effect(hold_expiry(id, expires_at))
            }
            ReservationState::Committed
            | ReservationState::Consumed
            | ReservationState::Released { .. }
            | ReservationState::Expired => Decision::nothing(),
        }
    }

    fn set_safety_stock(&self, sku: SkuId, units: u32) -> Decision<InventoryEvent> {
        if self.stock.get(&sku).is_some_and(|level| level.safety_stock == units) {
            return Decision::nothing();
        }
        Decision::event(InventoryEvent::SafetyStockSet { sku, units })
    }

    fn set_reorder_point(&self, sku: SkuId, units: u32) -> Decision<InventoryEvent> {
        if self.stock.get(&sku).map_or(0, |level| level.reorder_point) == units {
            return Decision::nothing();
        }
        Decision::event(InventoryEvent::ReorderPointSet { sku, units })
    }

    fn set_listed(&self, sku: SkuId, listed: bool) -> Decision<InventoryEvent> {
        // What was never seen here is listed once it comes.
        if self.stock.get(&sku).is_none_or(|level| level.listed) == listed {
            return Decision::nothing();
        }
        Decision::event(InventoryEvent::ListingSet { sku, listed })
    }
}

impl Machine for Inventory {
    type Command = InventoryCommand;
    type Event = InventoryEvent;

    fn decide(
        &self,
        command: &InventoryCommand,
        context: &Context<'_>,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        match command {
            InventoryCommand::Hold { reservation, order, lines, expires_at } => {
                Ok(self.hold(*reservation, *order, lines, *expires_at))
            }
            InventoryCommand::Commit { reservation } => self.commit(*reservation),
            InventoryCommand::Consume { reservation } => self.consume(*reservation),
            InventoryCommand::Release { reservation, reason } => {
                Ok(self.release(*reservation, *reason))
            }
            InventoryCommand::ReleaseLines { reservation, lines, reason } => {
                Ok(self.release_lines(*reservation, lines, *reason))
            }
            InventoryCommand::SetSafetyStock { sku, units } => {
                Ok(self.set_safety_stock(*sku, *units))
            }
            InventoryCommand::SetListed { sku, listed } => Ok(self.set_listed(*sku, *listed)),
            InventoryCommand::SetReorderPoint { sku, units } => {
                Ok(self.set_reorder_point(*sku, *units))
            }
            InventoryCommand::Transfer(transfer, command) => {
                self.decide_transfer(*transfer, command, context)
            }
            InventoryCommand::Observe(observation) => self.observe(observation, context.now),
            InventoryCommand::TimerFired(Timer::HoldExpiry(reservation)) => {
                Ok(self.hold_fires(*reservation, context))
            }
            InventoryCommand::TimerFired(
                Timer::PaymentDue
                | Timer::DeliveryEscalation(_)
                | Timer::DeliveryRetry(_)
                | Timer::AcceptSla(_)
                | Timer::Release(_)
                | Timer::NoShow(_)
                | Timer::StatusEnd
                | Timer::OfferExpiry(_)
                | Timer::Stale,
            ) => Ok(Decision::nothing()),
        }
    }

    fn apply(&mut self, event: &InventoryEvent, at: Timestamp) {
        self.fold(event, at);
    }

    fn resume(&self, _now: Timestamp) -> Vec<Effect> {
        self.reservations
            .iter()
            .filter_map(|(id, reservation)| match reservation.state {
                ReservationState::Held { expires_at } => Some(hold_expiry(*id, expires_at)),
                ReservationState::Committed
                | ReservationState::Consumed
                | ReservationState::Released { .. }
                | ReservationState::Expired => None,
            })
            .collect()
    }
}

pub(super) fn hold_expiry(reservation: ReservationId, due: Timestamp) -> Effect {
    Effect::Arm { timer: Timer::HoldExpiry(reservation), due }
}

fn skus_of(lines: &[LineUnits]) -> impl Iterator<Item = SkuId> {
    lines.iter().map(|line| line.sku)
}
