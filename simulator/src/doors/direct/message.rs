//! A deed as the command of its owner.

use dispatch::courier::CourierCommand;
use dispatch::inventory::{InventoryCommand, Observation};
use dispatch::order::{LineUnits, OrderCommand};
use dispatch::payment::PaymentCommand;
use dispatch::store::{HandOverTo, StoreCommand};
use dispatch::transfer::{Discrepancy, DiscrepancyReason, Receipt, TransferCommand, TransferLine};
use dispatch::{By, Message};
use vocabulary::{CourierId, Money, OrderId, PaymentId, PrincipalId, StoreId, TransferId};

use crate::doors::{Deed, Seat, Taker, Units};

/// Headquarters' own principal.
const HEADQUARTERS: PrincipalId = PrincipalId::from_bits(1);

pub(super) fn by(seat: Seat) -> By {
    match seat {
        Seat::Headquarters => By::Principal(HEADQUARTERS),
        Seat::Store(store) => By::Principal(PrincipalId::from_bits(store.bits())),
        Seat::Courier(courier) => By::Courier(courier),
        Seat::Shopper(order) => By::Shopper(order),
        Seat::Provider => By::Provider,
    }
}

fn lines(units: &[Units]) -> Vec<LineUnits> {
    units
        .iter()
        .map(|units| LineUnits { line: units.line, sku: units.sku, units: units.units })
        .collect()
}

fn taker(to: &Taker) -> HandOverTo {
    match to.clone() {
        Taker::Courier(courier) => HandOverTo::Courier { courier },
        Taker::Shopper { code } => HandOverTo::Shopper { code },
        Taker::Carrier { carrier, tracking_number } => {
            HandOverTo::Carrier { carrier, tracking_number }
        }
    }
}

fn order(order: OrderId, command: OrderCommand) -> Message {
    Message::Order(order, Box::new(command))
}

fn store(store: StoreId, command: StoreCommand) -> Message {
    Message::Store(store, Box::new(command))
}

fn courier(courier: CourierId, command: CourierCommand) -> Message {
    Message::Courier(courier, Box::new(command))
}

fn observe(store: StoreId, observation: Observation) -> Message {
    Message::Inventory(store, Box::new(InventoryCommand::Observe(observation)))
}

pub(super) fn transfer(store: StoreId, id: TransferId, command: TransferCommand) -> Message {
    Message::Inventory(store, Box::new(InventoryCommand::Transfer(id, command)))
}

fn pay(payment: PaymentId, amount: Money, succeeds: bool) -> Message {
    let command = if succeeds {
        let provider_reference = Some(format!("bank-{payment}"));
        PaymentCommand::Capture { amount, provider_reference }
    } else {
        PaymentCommand::Fail { reason: "declined by the bank".to_owned() }
    };
    Message::Payment(payment, Box::new(command))
}

/// Every deed is one owner's command: a table.
pub(super) fn of(deed: &Deed) -> Message {
    use {OrderCommand as Order, StoreCommand as Store};
    match deed.clone() {
        Deed::Pay { payment, amount, succeeds } => pay(payment, amount, succeeds),
        Deed::Cancel { order: id, reason } => order(id, Order::Cancel { reason, note: None }),
        Deed::Remind { order: id } => order(id, Order::Remind),
        Deed::Rate { order: id, words } => order(id, Order::Rate { words }),
        Deed::RequestReturn { order: id, lines: units, reason } => {
            order(id, Order::RequestReturn { lines: lines(&units), reason })
        }
        Deed::Accept { store: id, fulfillment_order, ready_in } => {
            store(id, Store::Accept { fulfillment_order, ready_in })
        }
        Deed::Reject { store: id, fulfillment_order, lines: units, reason } => {
            store(id, Store::Reject { fulfillment_order, lines: lines(&units), reason })
        }
        Deed::StartPicking { store: id, fulfillment_order } => {
            store(id, Store::StartPicking { fulfillment_order })
        }
        Deed::ShortPick { store: id, fulfillment_order, lines: units, reason } => {
            store(id, Store::ShortPick { fulfillment_order, lines: lines(&units), reason })
        }
        Deed::Pack { store: id, fulfillment_order } => store(id, Store::Pack { fulfillment_order }),
        Deed::HandOver { store: id, fulfillment_order, to } => {
            store(id, Store::HandOver { fulfillment_order, to: taker(&to) })
        }
        Deed::ReceiveBack { order: id, delivery } => {
            order(id, Order::ReceiveBack { delivery, condition: None })
        }
        Deed::Pause { store: id, until } => store(id, Store::Pause { until }),
        Deed::Reopen { store: id } => store(id, Store::Reopen),
        Deed::GoOnDuty { courier: id, shift_ends_at } => {
            courier(id, CourierCommand::GoOnDuty { shift_ends_at })
        }
        Deed::GoOffDuty { courier: id } => courier(id, CourierCommand::GoOffDuty),
        Deed::AcceptOffer { courier: id, offer } => {
            courier(id, CourierCommand::AcceptOffer { offer })
        }
        Deed::DeclineOffer { courier: id, offer, reason } => {
            courier(id, CourierCommand::DeclineOffer { offer, reason })
        }
        Deed::Advance { order: id, delivery, attempt, courier, step } => {
            order(id, Order::AdvanceDelivery { delivery, attempt, courier, step })
        }
        Deed::Drop { order: id, delivery, attempt, reason } => {
            order(id, Order::DropDelivery { delivery, attempt, reason })
        }
        Deed::Fail { order: id, delivery, attempt, courier, reason } => {
            order(id, Order::FailDelivery { delivery, attempt, courier, reason })
        }
        Deed::Move { order: id, fulfillment_order, lines: units, to, reason } => order(
            id,
            Order::MoveFulfillment { fulfillment_order, lines: lines(&units), to, reason },
        ),
        Deed::Steer { order: id, delivery, steer, reason } => {
            order(id, Order::SteerDelivery { delivery, steer, reason })
        }
        Deed::ResolveFailure { order: id, delivery, retry } => {
            order(id, Order::ResolveFailure { delivery, retry })
        }
        Deed::ReportLost { order: id, delivery } => order(id, Order::ReportLost { delivery }),
        Deed::AdvanceParcel { order: id, parcel, step } => {
            order(id, Order::AdvanceParcel { parcel, step })
        }
        Deed::SellAtTill { store: id, sku, units, reference } => {
            observe(id, Observation::PosSale { sku, units, reference, sold_at: None })
        }
        Deed::Count { store: id, sku, on_hand } => {
            observe(id, Observation::Counted { sku, on_hand })
        }
        Deed::Restock { store: id, sku, units } => {
            let (delta, reason) = (i64::from(units), "received".to_owned());
            observe(id, Observation::Adjusted { sku, delta, reason })
        }
        Deed::ShipTransfer { transfer: id, from } => {
            transfer(from, id, TransferCommand::Ship { lines: None, expected_at: None })
        }
        Deed::ReceiveTransfer { transfer: id, to, sku, sound, missing, damaged } => {
            let found =
                [(missing, DiscrepancyReason::Missing), (damaged, DiscrepancyReason::Damaged)];
            let found = found.into_iter().filter(|(units, _)| *units > 0);
            let discrepancies = found.map(|(units, reason)| {
                let note = None;
                Discrepancy { sku, units, reason, note }
            });
            let discrepancies = discrepancies.collect();
            let lines = (sound > 0).then_some(TransferLine { sku, units: sound });
            let lines = lines.into_iter().collect();
            let receipt = Receipt { lines, discrepancies, ..Receipt::default() };
            transfer(to, id, TransferCommand::Receive(receipt))
        }
        Deed::DecideReturn { order: id, return_id, approve } => {
            order(id, Order::DecideReturn { return_id, approve, note: None })
        }
        Deed::ReceiveReturn { order: id, return_id, condition } => {
            order(id, Order::ReceiveReturn { return_id, condition })
        }
    }
}
