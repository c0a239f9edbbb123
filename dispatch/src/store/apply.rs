//! Folding what happened into the store. Nothing is judged here.

use vocabulary::{FulfillmentOrderId, Timestamp};

use super::event::StoreEvent;
use super::{BoardNumber, ExpectedCourier, FulfillmentOrder, FulfillmentState, Store, Trading};
use crate::order::line::LineUnits;

impl Store {
    pub(super) fn fold(&mut self, event: &StoreEvent, at: Timestamp) {
        match event {
            StoreEvent::StoreConfigured { settings } => self.settings = Some(settings.clone()),
            StoreEvent::StorePaused { until } => {
                self.front.trading = Trading::Paused { until: *until };
            }
            StoreEvent::StoreRushed { extra_prep, until } => {
                self.front.trading = Trading::Rush { extra_prep: *extra_prep, until: *until };
            }
            StoreEvent::StoreReopened => self.front.trading = Trading::Open,
            StoreEvent::ScreenChanged { online } => self.front.screen_online = *online,
            StoreEvent::FulfillmentOrderScheduled { fulfillment_order, share }
            | StoreEvent::FulfillmentOrderAssigned { fulfillment_order, share } => {
                self.receive(*fulfillment_order, share, at);
            }
            StoreEvent::FulfillmentOrderReleased { fulfillment_order, accept_by, board } => {
                self.release(*fulfillment_order, *accept_by, *board, at);
            }
            StoreEvent::FulfillmentOrderAccepted { fulfillment_order: id, ready_at } => {
                self.turn(*id, FulfillmentState::Accepted { ready_at: *ready_at }, at);
            }
            StoreEvent::FulfillmentOrderRejected { fulfillment_order: id, reason, .. } => {
                self.give_up(*id, FulfillmentState::Rejected { reason: *reason }, at);
            }
            StoreEvent::LinesRejected { fulfillment_order, lines, .. }
            | StoreEvent::LinesShortPicked { fulfillment_order, lines, .. }
            | StoreEvent::LinesRemoved { fulfillment_order, lines } => {
                self.take_off(*fulfillment_order, lines);
            }
            StoreEvent::PickingStarted { fulfillment_order } => {
                self.start(*fulfillment_order, at);
            }
            StoreEvent::FulfillmentOrderPacked { fulfillment_order: id, no_show_at } => {
                self.turn(*id, FulfillmentState::Ready { no_show_at: *no_show_at }, at);
            }
            StoreEvent::CodeFailed { fulfillment_order, failed, locked_until } => {
                let share = self.fulfillment_orders.get_mut(fulfillment_order);
                if let Some(code) = share.and_then(|share| share.code.as_mut()) {
                    code.failed = *failed;
                    code.locked_until = *locked_until;
                }
            }
            StoreEvent::FulfillmentOrderHandedOver { fulfillment_order: id, to } => {
                self.turn(*id, FulfillmentState::HandedOver { to: to.clone() }, at);
            }
            StoreEvent::FulfillmentOrderCompleted { fulfillment_order: id } => {
                self.turn(*id, FulfillmentState::Completed, at);
            }
            StoreEvent::FulfillmentOrderReturned { fulfillment_order: id } => {
                self.turn(*id, FulfillmentState::Returned, at);
            }
            StoreEvent::FulfillmentOrderSuspended { fulfillment_order } => {
                self.stand_still(*fulfillment_order, at);
            }
            StoreEvent::FulfillmentOrderResumed { fulfillment_order: id, state } => {
                self.turn(*id, state.clone(), at);
            }
            StoreEvent::FulfillmentOrderCancelled { fulfillment_order: id, because } => {
                self.give_up(*id, FulfillmentState::Cancelled { because: *because }, at);
            }
            StoreEvent::FulfillmentOrderMoved { fulfillment_order: id } => {
                self.give_up(*id, FulfillmentState::Moved, at);
            }
            StoreEvent::ReminderHeard { fulfillment_order, reminded } => {
                if let Some(share) = self.fulfillment_orders.get_mut(fulfillment_order) {
                    share.reminded = Some(Box::new(*reminded));
                }
            }
            StoreEvent::CourierExpected { fulfillment_order, courier, at: arrival } => {
                if let Some(share) = self.fulfillment_orders.get_mut(fulfillment_order) {
                    let arrived_at = None;
                    share.courier = courier.map(|courier| {
                        Box::new(ExpectedCourier { courier, at: *arrival, arrived_at })
                    });
                }
            }
            StoreEvent::CourierArrived { fulfillment_order, courier } => {
                let share = self.fulfillment_orders.get_mut(fulfillment_order);
                let expected = share.and_then(|share| share.courier.as_deref_mut());
                if let Some(known) = expected.filter(|known| known.courier == *courier) {
                    known.arrived_at = Some(at);
                }
            }
        }
    }

    fn receive(&mut self, id: FulfillmentOrderId, share: &FulfillmentOrder, at: Timestamp) {
        self.front.promise(share.window, at);
        if share.board.is_some() {
            self.front.last_board = share.board;
        }
        if share.state.is_in_progress() {
            self.open_orders = self.open_orders.saturating_add(1);
        }
        self.fulfillment_orders.insert(id, share.clone());
    }

    fn release(
        &mut self,
        id: FulfillmentOrderId,
        accept_by: Timestamp,
        board: BoardNumber,
        at: Timestamp,
    ) {
        self.front.last_board = Some(board);
        if let Some(share) = self.fulfillment_orders.get_mut(&id) {
            share.board = Some(board);
        }
        self.turn(id, FulfillmentState::Assigned { accept_by }, at);
    }

    fn start(&mut self, id: FulfillmentOrderId, at: Timestamp) {
        let accepted = self.fulfillment_orders.get(&id).map(|share| &share.state);
        if let Some(FulfillmentState::Accepted { ready_at }) = accepted {
            let ready_at = *ready_at;
            self.turn(id, FulfillmentState::Picking { ready_at }, at);
        }
    }

    fn stand_still(&mut self, id: FulfillmentOrderId, at: Timestamp) {
        if let Some(share) = self.fulfillment_orders.get(&id) {
            let was = Box::new(share.state.clone());
            self.turn(id, FulfillmentState::OnHold { was }, at);
        }
    }

    /// It ends here undone: its place in the capacity window is free again.
    fn give_up(&mut self, id: FulfillmentOrderId, state: FulfillmentState, at: Timestamp) {
        if let Some(share) = self.fulfillment_orders.get(&id) {
            self.front.withdraw_promise(share.window);
        }
        self.turn(id, state, at);
    }

    fn take_off(&mut self, id: FulfillmentOrderId, lines: &[LineUnits]) {
        if let Some(share) = self.fulfillment_orders.get_mut(&id) {
            share.take_off(lines);
        }
    }

    fn turn(&mut self, id: FulfillmentOrderId, state: FulfillmentState, at: Timestamp) {
        let Some(share) = self.fulfillment_orders.get_mut(&id) else {
            return;
        };
        match (share.state.is_in_progress(), state.is_in_progress()) {
            (false, true) => self.open_orders = self.open_orders.saturating_add(1),
            (true, false) => self.open_orders = self.open_orders.saturating_sub(1),
            (true, true) | (false, false) => {}
        }
        share.state = state;
        share.since = at;
    }
}
