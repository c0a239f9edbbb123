//! Stores whose boards nobody looks at: after the time that the policy allows, an open store without
//! a screen is taken for offline, so that no orders go there unseen. Only people and screens of the
//! store count: an auditor or headquarters reading along packs nothing.
//!
//! It only takes stores off. A board that opens says so itself, and the store is back at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use actors::{Submission, Topic};
use dispatch::store::{StoreCommand, StoreStatus};
use dispatch::{By, Message};
use vocabulary::{Clock, OrderId, Seconds, StoreId, Timestamp};

use crate::app::App;
use crate::trace;

/// Between two looks.
const EVERY: Seconds = Seconds(10);

/// Since when nobody has looked at an open store's board.
#[derive(Debug, Default)]
struct Silence(BTreeMap<StoreId, Timestamp>);

impl Silence {
    /// Whether the store has been silent for longer than allowed; it is then counted anew.
    fn is_too_long(
        &mut self,
        store: StoreId,
        is_silent: bool,
        now: Timestamp,
        allowed: Seconds,
    ) -> bool {
        if !is_silent {
            self.0.remove(&store);
            return false;
        }
        let since = *self.0.entry(store).or_insert(now);
        let is_over = since.after(allowed) <= now;
        if is_over {
            self.0.remove(&store);
        }
        is_over
    }
}

/// Looks at the boards of all stores again and again. Never ends.
pub(crate) async fn watch(app: Arc<App>) {
    let mut silence = Silence::default();
    loop {
        tokio::time::sleep(app.clock.wait_until(app.now().after(EVERY))).await;
        let allowed = app.reference.policy().silent_board_after_s;
        if allowed == 0 {
            silence = Silence::default();
            continue;
        }
        for record in app.reference.directory().stores() {
            let store = record.id;
            let is_silent =
                !app.hub.is_attended(Topic::Board(store)) && is_open_for_orders(&app, store).await;
            if silence.is_too_long(store, is_silent, app.now(), Seconds(allowed)) {
                take_off(&app, store).await;
            }
        }
    }
}

/// Open by its hours and by its people; a city that is away has no store to take off.
async fn is_open_for_orders(app: &App, store: StoreId) -> bool {
    let now = app.now();
    let read = app.cities.of_store(store).read(move |reader| {
        reader.store(store, |known| {
            let is_open = known.settings().is_some_and(|own| own.hours.is_open_at(now));
            is_open && matches!(known.status(), StoreStatus::Open | StoreStatus::Rush { .. })
        })
    });
    read.await.ok().flatten().unwrap_or_default()
}

async fn take_off(app: &App, store: StoreId) {
    let command = StoreCommand::ReportScreen { online: false };
    let id: OrderId = app.id();
    let (by, command_id, trace) = (By::Partition, id.bits(), trace::current());
    let submission = Submission { by, command: command_id, trace, keys: Vec::new() };
    let message = Message::Store(store, Box::new(command));
    match app.cities.of_store(store).command(submission, message).await {
        Ok(_) => {
            tracing::warn!(%store, "nobody looks at the board of an open store: no more orders go there")
        }
        Err(error) => {
            tracing::warn!(%store, %error, "a silent store could not be taken off this time")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_counted_from_when_the_last_screen_went() {
        let store = StoreId::from_bits(1);
        let at = |seconds| Timestamp::from_millis(1_795_000_000_000).after(Seconds(seconds));
        let mut silence = Silence::default();
        let mut look =
            |is_silent, seconds| silence.is_too_long(store, is_silent, at(seconds), Seconds(60));
        assert!(!look(true, 0));
        assert!(!look(true, 59));
        assert!(!look(false, 60), "somebody looked in time");
        assert!(!look(true, 70));
        assert!(look(true, 130));
        assert!(!look(true, 131), "it is told once");
    }
}
