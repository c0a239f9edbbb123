//! One store as a machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{FulfillmentOrderId, StoreId, Timestamp};

use super::event::StoreEvent;
use super::front::status_end;
use super::{FulfillmentOrder, StoreCommand, StoreFront, StoreSettings, StoreStatus};
use crate::{Context, Decision, Effect, Machine, Refusal, Timer, view};

/// A store's settings, present willingness and board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Store {
    pub(super) store: StoreId,
    /// `None` until headquarters' first word.
    pub(super) settings: Option<Arc<StoreSettings>>,
    pub(super) front: StoreFront,
    pub(super) fulfillment_orders: BTreeMap<FulfillmentOrderId, FulfillmentOrder>,
    /// How many of them are in progress; counted along because planners ask for each candidate.
    pub(super) open_orders: u32,
}

/// Names one stored row of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreRow {
    Settings,
    Front,
    FulfillmentOrder(FulfillmentOrderId),
}

impl Store {
    /// A store of which nothing is known yet.
    pub fn new(store: StoreId) -> Self {
        Self::restore(store, None, StoreFront::default(), [])
    }

    /// The machine as its rows say it was.
    pub fn restore(
        store: StoreId,
        settings: Option<StoreSettings>,
        front: StoreFront,
        fulfillment_orders: impl IntoIterator<Item = (FulfillmentOrderId, FulfillmentOrder)>,
    ) -> Self {
        let fulfillment_orders: BTreeMap<_, _> = fulfillment_orders.into_iter().collect();
        let in_progress = fulfillment_orders.values().filter(|share| share.state.is_in_progress());
        let open_orders = u32::try_from(in_progress.count()).unwrap_or(u32::MAX);
        let settings = settings.map(Arc::new);
        Self { store, settings, front, fulfillment_orders, open_orders }
    }

    pub fn id(&self) -> StoreId {
        self.store
    }

    pub fn settings(&self) -> Option<&StoreSettings> {
        self.settings.as_deref()
    }

    pub fn front(&self) -> &StoreFront {
        &self.front
    }

    /// Everything on the board or scheduled, and what ended and is not yet retired.
    pub fn fulfillment_orders(&self) -> &BTreeMap<FulfillmentOrderId, FulfillmentOrder> {
        &self.fulfillment_orders
    }

    pub fn fulfillment_order(&self, id: FulfillmentOrderId) -> Option<&FulfillmentOrder> {
        self.fulfillment_orders.get(&id)
    }

    pub fn open_orders(&self) -> u32 {
        self.open_orders
    }

    pub fn status(&self) -> StoreStatus {
        self.front.trading.seen_with(self.front.screen_online)
    }

    pub fn status_text(&self) -> &'static str {
        self.status().text()
    }

    /// What the city's planners read; `None` before the store is configured.
    pub fn row(&self) -> Option<view::StoreRow> {
        Some(view::StoreRow {
            settings: Arc::clone(self.settings.as_ref()?),
            status: self.status(),
            open_orders: self.open_orders,
            promised: self.front.promised.clone(),
            extra_prep: self.front.trading.extra_prep(),
        })
    }

    /// The rows that an event changes.
    pub fn touched(event: &StoreEvent) -> Vec<StoreRow> {
        match event {
            StoreEvent::StoreConfigured { .. } => vec![StoreRow::Settings],
            StoreEvent::StorePaused { .. }
            | StoreEvent::StoreRushed { .. }
            | StoreEvent::StoreReopened
            | StoreEvent::ScreenChanged { .. } => vec![StoreRow::Front],
            StoreEvent::FulfillmentOrderScheduled { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderAssigned { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderReleased { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderRejected { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderCancelled { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderMoved { fulfillment_order: id } => {
                vec![StoreRow::Front, StoreRow::FulfillmentOrder(*id)]
            }
            StoreEvent::FulfillmentOrderAccepted { fulfillment_order: id, .. }
            | StoreEvent::LinesRejected { fulfillment_order: id, .. }
            | StoreEvent::PickingStarted { fulfillment_order: id }
            | StoreEvent::LinesShortPicked { fulfillment_order: id, .. }
            | StoreEvent::LinesRemoved { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderPacked { fulfillment_order: id, .. }
            | StoreEvent::CodeFailed { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderHandedOver { fulfillment_order: id, .. }
            | StoreEvent::FulfillmentOrderCompleted { fulfillment_order: id }
            | StoreEvent::FulfillmentOrderReturned { fulfillment_order: id }
            | StoreEvent::FulfillmentOrderSuspended { fulfillment_order: id }
            | StoreEvent::FulfillmentOrderResumed { fulfillment_order: id, .. }
            | StoreEvent::ReminderHeard { fulfillment_order: id, .. }
            | StoreEvent::CourierExpected { fulfillment_order: id, .. }
            | StoreEvent::CourierArrived { fulfillment_order: id, .. } => {
                vec![StoreRow::FulfillmentOrder(*id)]
            }
        }
    }

    /// Forgets an ended fulfillment order whose last row is written. A live one stays.
    pub fn retire(&mut self, id: FulfillmentOrderId) {
        if self.fulfillment_orders.get(&id).is_some_and(|share| !share.is_live()) {
            self.fulfillment_orders.remove(&id);
        }
    }

    pub(super) fn share(&self, id: FulfillmentOrderId) -> Result<&FulfillmentOrder, Refusal> {
        self.fulfillment_orders.get(&id).ok_or(Refusal::FulfillmentOrderUnknown)
    }

    fn timer_fires(&self, timer: Timer, context: &Context<'_>) -> Decision<StoreEvent> {
        match timer {
            Timer::AcceptSla(id) => self.accept_sla_fires(id, context),
            Timer::Release(id) => self.release_fires(id, context),
            Timer::NoShow(id) => self.no_show_fires(id, context),
            Timer::StatusEnd => self.status_fires(context),
            Timer::PaymentDue
            | Timer::DeliveryEscalation(_)
            | Timer::DeliveryRetry(_)
            | Timer::HoldExpiry(_)
            | Timer::OfferExpiry(_)
            | Timer::Stale => Decision::nothing(),
        }
    }
}

impl Machine for Store {
    type Command = StoreCommand;
    type Event = StoreEvent;

    fn decide(
        &self,
        command: &StoreCommand,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        match command {
            StoreCommand::Configure(settings) => Ok(self.configure(settings)),
            StoreCommand::Assign(share) => Ok(self.assign(share, context)),
            StoreCommand::Accept { fulfillment_order, ready_in } => {
                self.accept(*fulfillment_order, *ready_in, context)
            }
            StoreCommand::Reject { fulfillment_order, lines, reason } => {
                self.reject(*fulfillment_order, lines, *reason)
            }
            StoreCommand::StartPicking { fulfillment_order } => {
                self.start_picking(*fulfillment_order)
            }
            StoreCommand::ShortPick { fulfillment_order, lines, reason } => {
                self.short_pick(*fulfillment_order, lines, *reason)
            }
            StoreCommand::Pack { fulfillment_order } => self.pack(*fulfillment_order, context),
            StoreCommand::HandOver { fulfillment_order, to } => {
                self.hand_over(*fulfillment_order, to, context)
            }
            StoreCommand::Suspend { fulfillment_order } => self.suspend(*fulfillment_order),
            StoreCommand::Resume { fulfillment_order } => {
                self.resume_work(*fulfillment_order, context)
            }
            StoreCommand::Pause { until } => self.pause(*until, context),
            StoreCommand::Rush { extra_prep, until } => self.rush(*extra_prep, *until, context),
            StoreCommand::Reopen => Ok(self.reopen()),
            StoreCommand::ReportScreen { online } => Ok(self.report_screen(*online)),
            StoreCommand::Cancel { fulfillment_order, moved } => {
                self.cancel(*fulfillment_order, *moved)
            }
            StoreCommand::RemoveLines { fulfillment_order, lines } => {
                self.remove_lines(*fulfillment_order, lines)
            }
            StoreCommand::HearReminder { fulfillment_order, reminded } => {
                Ok(self.hear_reminder(*fulfillment_order, *reminded))
            }
            StoreCommand::ExpectCourier { fulfillment_order, courier, at } => {
                Ok(self.expect_courier(*fulfillment_order, *courier, *at))
            }
            StoreCommand::MeetCourier { fulfillment_order, courier } => {
                Ok(self.meet_courier(*fulfillment_order, *courier))
            }
            StoreCommand::Complete { fulfillment_order } => self.complete(*fulfillment_order),
            StoreCommand::TakeBack { fulfillment_order } => self.take_back(*fulfillment_order),
            StoreCommand::TimerFired(timer) => Ok(self.timer_fires(*timer, context)),
        }
    }

    fn apply(&mut self, event: &StoreEvent, at: Timestamp) {
        self.fold(event, at);
    }

    fn resume(&self, _now: Timestamp) -> Vec<Effect> {
        let shares = self.fulfillment_orders.iter();
        shares
            .filter_map(|(id, share)| share.timer(*id))
            .chain(status_end(self.front.trading.until()))
            .collect()
    }
}
