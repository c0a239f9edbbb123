//! One pass: catch up with the feed, assess, tell the stores their reorder points.

use actors::Submission;
use commerce::replenishment::assess;
use dispatch::inventory::InventoryCommand;
use dispatch::{By, Message};
use futures_util::future::try_join_all;
use vocabulary::{OrderId, SkuId, StoreId};

use super::demand::{DemandBook, day_at};
use super::{Known, Replenishment};
use crate::app::App;
use crate::wire::fault::Fault;

/// Events read at a time.
const PAGE: u32 = 2_000;
/// Reorder points told at once: what the city's border can hold beside its other guests.
const AT_ONCE: usize = 64;

/// What a pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// SKUs at stores of which something can be said.
    pub assessed_count: usize,
    /// Stores whose reorder points were told.
    pub told_store_count: usize,
    /// The last event of the first city's feed that was looked at.
    pub seq: u64,
}

impl Replenishment {
    /// Makes everything known again. Reorder points follow once a store's day has changed, or at
    /// once where `at_once` is said.
    pub async fn pass(&self, app: &App, at_once: bool) -> Result<Passed, Fault> {
        let mut demand = self.demand.lock().await;
        catch_up(app, &mut demand).await?;
        let now = app.now();
        let directory = app.reference.directory();
        let today = |store: StoreId| Some(day_at(&directory.store(store)?.settings.hours, now));
        let histories = demand.whole_days(today);
        let policy = app.reference.replenishment();
        let sets_points = policy.sets_reorder_points;
        // A chain's assessments take seconds: not on a thread that answers others.
        let assessed = tokio::task::spawn_blocking(move || {
            let known = histories
                .iter()
                .filter_map(|(shelf, history)| Some((*shelf, assess(history, &policy)?)));
            known.collect()
        });
        let assessments = assessed.await.map_err(|_| Fault::internal())?;
        let known = Known { at: now, assessments };
        let assessed_count = known.assessments.len();
        let mut told_store_count = 0;
        if sets_points {
            for store in directory.stores() {
                let Some(day) = today(store.id) else { continue };
                if at_once || demand.told_on.get(&store.id) != Some(&day) {
                    tell_points(app, store.id, &known).await?;
                    demand.told_on.insert(store.id, day);
                    told_store_count += 1;
                }
            }
        }
        self.learn(known);
        let seq = demand.read_up_to(app.city().partition());
        Ok(Passed { assessed_count, told_store_count, seq })
    }
}

async fn catch_up(app: &App, demand: &mut DemandBook) -> Result<(), Fault> {
    for city in app.cities.all() {
        let partition = city.partition();
        loop {
            let after = demand.read_up_to(partition);
            let rows = app.journal.feed(partition, after, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            rows.iter().for_each(|row| demand.fold(partition, row, app.reference.directory()));
        }
    }
    Ok(())
}

/// A point that is told again as it stands changes nothing.
async fn tell_points(app: &App, store: StoreId, known: &Known) -> Result<(), Fault> {
    let of_store = known.assessments.iter().filter(|((at, _), _)| *at == store);
    let mut points: Vec<(SkuId, u32)> =
        of_store.map(|((_, sku), found)| (*sku, found.reorder_point)).collect();
    points.sort_unstable();
    for wave in points.chunks(AT_ONCE) {
        let told = wave.iter().map(|(sku, units)| {
            let command = InventoryCommand::SetReorderPoint { sku: *sku, units: *units };
            let id: OrderId = app.id();
            let submission =
                Submission { by: By::Partition, command: id.bits(), trace: 0, keys: Vec::new() };
            let message = Message::Inventory(store, Box::new(command));
            app.cities.of_store(store).command(submission, message)
        });
        try_join_all(told).await?;
    }
    Ok(())
}
