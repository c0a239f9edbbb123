//! What the house does by itself now and then, by its own clock. It answers nobody.

use std::sync::Arc;
use std::time::Duration;

use actors::PartitionHandle;
use vocabulary::{Clock, Seconds};

use crate::actions;
use crate::app::App;

/// Before a publication that failed is tried again.
const PUBLISHING_PAUSE: Duration = Duration::from_secs(1);
/// How often demand is looked at; stores' reorder points follow once a day.
const DEMAND_EVERY: Seconds = Seconds(3_600);
/// How often old answers are looked for.
const FORGETTING_EVERY: Seconds = Seconds(3_600);

/// Forgets, once an hour, answers that were kept for longer than `keys_for`. Never ends.
pub(crate) async fn forget_answers(
    clock: Arc<dyn Clock>,
    city: PartitionHandle,
    keys_for: Seconds,
) {
    loop {
        tokio::time::sleep(clock.wait_until(clock.now().after(FORGETTING_EVERY))).await;
        match city.forget_keys(clock.now().before(keys_for)).await {
            Ok(0) => tracing::debug!("no stored answer is old enough to be forgotten"),
            Ok(count) => tracing::info!(count, "old stored answers are forgotten"),
            // A city that is full or recovers has other things to do; the next hour comes.
            Err(error) => tracing::warn!(%error, "old stored answers are not forgotten this time"),
        }
    }
}

/// Notes once an hour which tokens were used, and forgets those that have been over for longer than
/// answers are kept. Never ends.
pub(crate) async fn look_after_tokens(app: Arc<App>, keys_for: Seconds) {
    loop {
        tokio::time::sleep(app.clock.wait_until(app.now().after(FORGETTING_EVERY))).await;
        match app.tokens.note_uses().await {
            Ok(count) => tracing::debug!(count, "it is noted which tokens were used"),
            Err(error) => tracing::warn!(%error, "uses of tokens are not noted this time"),
        }
        match app.tokens.forget(app.now().before(keys_for)).await {
            Ok(0) => tracing::debug!("no token has been over for long enough to be forgotten"),
            Ok(count) => tracing::info!(count, "tokens that are over are forgotten"),
            Err(error) => tracing::warn!(%error, "tokens that are over are kept this time"),
        }
    }
}

/// Lets publications take effect at their moments. Never ends.
pub(crate) async fn publish(app: Arc<App>) {
    loop {
        let book = app.reference.book();
        let next = book.next_publication().map(|(at, name)| (at, name.to_owned()));
        match next {
            Some((at, name)) if at <= app.now() => {
                if let Err(fault) = actions::listing::take_effect(&app, name).await {
                    tracing::error!(?fault, "a publication did not take effect: tried again");
                    tokio::time::sleep(PUBLISHING_PAUSE).await;
                }
            }
            Some((at, _)) => {
                // Another may be written meanwhile, for an earlier moment.
                let wait = app.clock.wait_until(at);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = app.publications.notified() => {}
                }
            }
            None => app.publications.notified().await,
        }
    }
}

/// Looks at demand once an hour, the first time an hour after the start: what was sold by then is
/// read from the feed in one go. Never ends.
pub(crate) async fn look_at_demand(app: Arc<App>) {
    loop {
        tokio::time::sleep(app.clock.wait_until(app.now().after(DEMAND_EVERY))).await;
        match app.replenishment.pass(&app, false).await {
            Ok(passed) => tracing::debug!(?passed, "demand was looked at"),
            Err(fault) => tracing::warn!(?fault, "demand was not looked at this time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use actors::{Conflict, Idempotency, PartitionConfig, Submission};
    use dispatch::courier::{CourierCommand, CourierSettings};
    use dispatch::{By, Message, Policy};
    use geo_index::{StraightLine, TravelMode};
    use persistence::{Journal, MemoryOptions, PartitionId};
    use tokio::sync::mpsc;
    use vocabulary::{CourierId, Grams, Place, ScaledClock};

    use super::*;

    /// Keys are known for an hour here, so that three hours of fast time are enough.
    const KEYS_FOR: Seconds = Seconds(3_600);

    async fn write_under(city: &PartitionHandle, key: &str) {
        let settings = CourierSettings {
            display_name: "小王".into(),
            mode: TravelMode::Ebike,
            capacity: 3,
            max_weight: Grams(20_000),
            home: None,
            version: 1,
        };
        let key = Idempotency {
            scope: "test".into(),
            key: key.into(),
            body_hash: [1; 32],
            conflict: Conflict::IdempotencyKey,
        };
        let submission = Submission { by: By::Partition, command: 1, trace: 1, keys: vec![key] };
        let command = CourierCommand::Configure(Box::new(settings));
        let message = Message::Courier(CourierId::from_bits(1), Box::new(command));
        city.command(submission, message).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn old_answers_are_forgotten_by_the_houses_own_clock() {
        let clock = Arc::new(ScaledClock::new(10_000.0));
        let config = PartitionConfig {
            id: PartitionId(1),
            owner: "test".into(),
            url: "local".into(),
            center: Place::new(30.6, 114.3).unwrap(),
            travel: Arc::new(|| Box::new(StraightLine::default())),
            policy: Policy::default(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            intake_capacity: 64,
            keys_for: KEYS_FOR,
            pairs_in_place: usize::MAX,
            above: Default::default(),
        };
        let (outlet, mut outputs) = mpsc::channel(64);
        tokio::spawn(async move { while outputs.recv().await.is_some() {} });
        let journal = Journal::memory(MemoryOptions::default());
        let city = actors::start_thread(config, journal, outlet).await.unwrap().handle;
        write_under(&city, "first").await;
        let upkeep = tokio::spawn(forget_answers(clock.clone(), city.clone(), KEYS_FOR));
        let began = Instant::now();
        let mut number = 0;
        // Later keys close the generation of the first, as a living city's do.
        while city.metrics().keys_forgotten.get() == 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "nothing is forgotten");
            tokio::time::sleep(Duration::from_millis(40)).await;
            number += 1;
            write_under(&city, &format!("later-{number}")).await;
        }
        upkeep.abort();
        city.drain().await;
    }
}
