//! What machines ask of the shell and of each other.

use serde::{Deserialize, Serialize};
use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, OfferId, OrderId, PaymentId, ReservationId, StoreId,
    Timestamp,
};

use crate::courier::CourierCommand;
use crate::inventory::InventoryCommand;
use crate::order::{OrderCommand, UsesReport};
use crate::payment::PaymentCommand;
use crate::sourcing::SourcingRequest;
use crate::store::StoreCommand;

/// What the shell must do after the events are recorded in memory.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Hand a command to another owner, in order, `by` the partition.
    Tell(Message),
    /// At `due`, send the timer's command to the owner that armed it. The due time is in the
    /// owner's state, so it survives a restart; the state decides whether it still means anything.
    Arm { timer: Timer, due: Timestamp },
    /// Run the sourcing planner over the CityView and answer the order with
    /// [`OrderCommand::Sourced`].
    Source(Box<SourcingRequest>),
    /// Tell the owners of what an order uses, which are not of this crate, how it goes on.
    Report(Box<UsesReport>),
}

impl Effect {
    pub fn order(order: OrderId, command: OrderCommand) -> Self {
        Self::Tell(Message::Order(order, Box::new(command)))
    }

    pub fn payment(payment: PaymentId, command: PaymentCommand) -> Self {
        Self::Tell(Message::Payment(payment, Box::new(command)))
    }

    pub fn inventory(store: StoreId, command: InventoryCommand) -> Self {
        Self::Tell(Message::Inventory(store, Box::new(command)))
    }

    pub fn store(store: StoreId, command: StoreCommand) -> Self {
        Self::Tell(Message::Store(store, Box::new(command)))
    }

    pub fn courier(courier: CourierId, command: CourierCommand) -> Self {
        Self::Tell(Message::Courier(courier, Box::new(command)))
    }
}

/// A command and the owner it is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Order(OrderId, Box<OrderCommand>),
    Payment(PaymentId, Box<PaymentCommand>),
    Inventory(StoreId, Box<InventoryCommand>),
    Store(StoreId, Box<StoreCommand>),
    Courier(CourierId, Box<CourierCommand>),
}

/// A journaled due time. Each owner turns the ones it armed into its command `TimerFired`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// Order: a placed order waits no longer for its payment.
    PaymentDue,
    /// Order: a delivery found no courier for so long that a person must look at it.
    DeliveryEscalation(DeliveryId),
    /// Order: a failed attempt is retried or turned back.
    DeliveryRetry(DeliveryId),
    /// Inventory: a hold that was never committed.
    HoldExpiry(ReservationId),
    /// Store: an assigned fulfillment order that nobody accepted or rejected.
    AcceptSla(FulfillmentOrderId),
    /// Store: a fulfillment order that was sourced for later goes on the board.
    Release(FulfillmentOrderId),
    /// Store: a ready pickup that nobody collected.
    NoShow(FulfillmentOrderId),
    /// Store: a pause or a rush ends.
    StatusEnd,
    /// Courier: an offer that was not answered.
    OfferExpiry(OfferId),
    /// Courier: no position for too long: out of the pool, later relieved of what is not picked up.
    Stale,
}
