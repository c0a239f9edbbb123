//! Keeping units for an order, and the reservation's way to the door.

use vocabulary::{OrderId, ReservationId, Timestamp};

use super::machine::hold_expiry;
use super::{HoldRefusal, Inventory, InventoryEvent, ReservationState};
use crate::order::OrderCommand;
use crate::order::line::LineUnits;
use crate::{Decision, Effect, Refusal};

impl Inventory {
    /// All of the lines or none. The answer goes to the order; a repeated question about a live
    /// reservation is answered again, and one about an ended reservation is not.
    pub(super) fn hold(
        &self,
        reservation: ReservationId,
        order: OrderId,
        lines: &[LineUnits],
        expires_at: Timestamp,
    ) -> Decision<InventoryEvent> {
        match self.reservations.get(&reservation) {
            Some(known) if known.is_live() => {
                return Decision::nothing().effect(answer(reservation, known.order, Ok(())));
            }
            Some(_) => return Decision::nothing(),
            None => {}
        }
        match self.first_lacking(lines) {
            Some(refusal) => Decision::nothing().effect(answer(reservation, order, Err(refusal))),
            None => {
                let lines = lines.into();
                Decision::event(InventoryEvent::UnitsHeld { reservation, order, lines, expires_at })
                    .effect(hold_expiry(reservation, expires_at))
                    .effect(answer(reservation, order, Ok(())))
            }
        }
    }

    /// The first line that, with the lines before it, wants more of its SKU than may be sold.
    fn first_lacking(&self, lines: &[LineUnits]) -> Option<HoldRefusal> {
        lines.iter().enumerate().find_map(|(position, line)| {
            let before = lines.iter().take(position).filter(|other| other.sku == line.sku);
            let wanted = before.fold(line.units, |sum, other| sum.saturating_add(other.units));
            let available = self.stock.get(&line.sku).map_or(0, |level| level.available_to_sell());
            (i64::from(wanted) > available).then_some(HoldRefusal {
                sku: line.sku,
                available,
                wanted,
            })
        })
    }

    /// The order is paid for. A hold that ran out is covered elsewhere: the order is told.
    pub(super) fn commit(
        &self,
        reservation: ReservationId,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        let known = self.reservations.get(&reservation).ok_or(Refusal::ReservationUnknown)?;
        Ok(match known.state {
            ReservationState::Held { .. } => {
                Decision::event(InventoryEvent::ReservationCommitted { reservation })
            }
            ReservationState::Expired => Decision::nothing().effect(cover_shortfall(
                reservation,
                known.order,
                known.lines.to_vec(),
            )),
            ReservationState::Committed
            | ReservationState::Consumed
            | ReservationState::Released { .. } => Decision::nothing(),
        })
    }

    pub(super) fn consume(
        &self,
        reservation: ReservationId,
    ) -> Result<Decision<InventoryEvent>, Refusal> {
        let Some(known) = self.reservations.get(&reservation) else {
            return Ok(Decision::nothing());
        };
        match known.state {
            ReservationState::Committed => {
                let lines = known.lines.clone();
                Ok(Decision::event(InventoryEvent::ReservationConsumed { reservation, lines }))
            }
            // Goods leave only on a paid order.
            ReservationState::Held { .. } => Err(known.refusal("hand over")),
            ReservationState::Consumed
            | ReservationState::Released { .. }
            | ReservationState::Expired => Ok(Decision::nothing()),
        }
    }
}

fn answer(reservation: ReservationId, order: OrderId, answer: Result<(), HoldRefusal>) -> Effect {
    Effect::order(order, OrderCommand::AnswerHold { reservation, answer })
}

pub(super) fn cover_shortfall(
    reservation: ReservationId,
    order: OrderId,
    lines: Vec<LineUnits>,
) -> Effect {
    Effect::order(order, OrderCommand::CoverShortfall { reservation, lines })
}
