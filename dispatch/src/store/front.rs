//! What the store shows the city: settings, pause and rush, screen, promises by window.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{Seconds, Timestamp};

use super::event::StoreEvent;
use super::{BoardNumber, Store, StoreSettings, Trading};
use crate::{Context, Decision, Effect, Refusal, Timer};

/// Windows that ended longer ago than this are forgotten.
const REMEMBERED_WINDOWS: Seconds = Seconds::minutes(24 * 60);
const LONGEST_RUSH_DELAY: Seconds = Seconds::minutes(24 * 60);

/// The store's own row, besides its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreFront {
    pub trading: Trading,
    /// A store that never had a screen counts as online.
    pub screen_online: bool,
    /// Promises already made, by start of the capacity window.
    pub promised: BTreeMap<Timestamp, u32>,
    /// The last number given on the board.
    pub last_board: Option<BoardNumber>,
}

impl Default for StoreFront {
    fn default() -> Self {
        Self {
            trading: Trading::Open,
            screen_online: true,
            promised: BTreeMap::new(),
            last_board: None,
        }
    }
}

impl StoreFront {
    /// Start of the capacity window that holds an instant.
    pub fn window_of(at: Timestamp, width: Seconds) -> Timestamp {
        let width = width.as_millis().max(1_000);
        Timestamp::from_millis(at.as_millis().saturating_sub(at.as_millis().rem_euclid(width)))
    }

    pub(super) fn promise(&mut self, window: Timestamp, now: Timestamp) {
        let places = self.promised.entry(window).or_default();
        *places = places.saturating_add(1);
        let oldest = now.before(REMEMBERED_WINDOWS);
        while let Some(first) = self.promised.first_entry().filter(|first| *first.key() < oldest) {
            first.remove();
        }
    }

    pub(super) fn withdraw_promise(&mut self, window: Timestamp) {
        if let Some(places) = self.promised.get_mut(&window) {
            *places = places.saturating_sub(1);
            if *places == 0 {
                self.promised.remove(&window);
            }
        }
    }
}

impl Store {
    /// Older and equal versions have no news.
    pub(super) fn configure(&self, settings: &StoreSettings) -> Decision<StoreEvent> {
        if self.settings.as_ref().is_some_and(|known| known.version >= settings.version) {
            return Decision::nothing();
        }
        Decision::event(StoreEvent::StoreConfigured { settings: Arc::new(settings.clone()) })
    }

    pub(super) fn pause(
        &self,
        until: Option<Timestamp>,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let until = in_future(until, context.now)?;
        if self.front.trading == (Trading::Paused { until }) {
            return Ok(Decision::nothing());
        }
        Ok(Decision::event(StoreEvent::StorePaused { until }).effects(status_end(until)))
    }

    pub(super) fn rush(
        &self,
        extra_prep: Seconds,
        until: Option<Timestamp>,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        if extra_prep > LONGEST_RUSH_DELAY {
            let expected = format!("at most {LONGEST_RUSH_DELAY}");
            return Err(Refusal::Invalid { what: "extra_prep".into(), expected });
        }
        let until = in_future(until, context.now)?;
        if self.front.trading == (Trading::Rush { extra_prep, until }) {
            return Ok(Decision::nothing());
        }
        let rushed = StoreEvent::StoreRushed { extra_prep, until };
        Ok(Decision::event(rushed).effects(status_end(until)))
    }

    pub(super) fn reopen(&self) -> Decision<StoreEvent> {
        match self.front.trading {
            Trading::Open => Decision::nothing(),
            Trading::Paused { .. } | Trading::Rush { .. } => {
                Decision::event(StoreEvent::StoreReopened)
            }
        }
    }

    pub(super) fn report_screen(&self, online: bool) -> Decision<StoreEvent> {
        if self.front.screen_online == online {
            return Decision::nothing();
        }
        Decision::event(StoreEvent::ScreenChanged { online })
    }

    /// A pause or rush that was prolonged waits for its new end.
    pub(super) fn status_fires(&self, context: &Context<'_>) -> Decision<StoreEvent> {
        match self.front.trading.until() {
            Some(until) if context.now >= until => Decision::event(StoreEvent::StoreReopened),
            until => Decision::nothing().effects(status_end(until)),
        }
    }
}

pub(super) fn status_end(until: Option<Timestamp>) -> Option<Effect> {
    until.map(|due| Effect::Arm { timer: Timer::StatusEnd, due })
}

fn in_future(until: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
    match until {
        Some(until) if until <= now => {
            Err(Refusal::Invalid { what: "until".into(), expected: "in the future".into() })
        }
        until => Ok(until),
    }
}
