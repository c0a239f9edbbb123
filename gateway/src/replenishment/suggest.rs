//! What stores should get, over what is on their shelves now.

use commerce::replenishment::{Shelf, Suggestion, plan};
use vocabulary::{Meters, SkuId, StoreId};

use crate::app::App;
use crate::wire::fault::Fault;

/// A shelf as it was read, before it meets its assessment.
struct Level {
    store: StoreId,
    sku: SkuId,
    position: i64,
    here: i64,
    is_listed: bool,
}

/// The neediest first, over the whole chain: what one store gives is promised once, whoever asks.
pub async fn suggestions(app: &App) -> Result<Vec<Suggestion>, Fault> {
    let mut levels = Vec::new();
    // Store by store, so that the city's thread is never kept for long.
    for record in app.reference.directory().stores() {
        let store = record.id;
        let read = app.cities.of_store(store).read(move |reader| {
            reader.inventory(store, |inventory| {
                let levels = inventory.stock().iter().map(|(sku, level)| Level {
                    store,
                    sku: *sku,
                    position: level.position(),
                    here: level.position() - i64::from(level.incoming),
                    is_listed: level.listed,
                });
                levels.collect::<Vec<_>>()
            })
        });
        levels.extend(read.await?.unwrap_or_default());
    }
    let known = app.replenishment.known();
    let policy = app.reference.replenishment();
    let places: std::collections::BTreeMap<_, _> = app
        .reference
        .directory()
        .stores()
        .into_iter()
        .map(|record| {
            let city = app.cities.of_store(record.id).partition();
            (record.id, (city, record.settings.place))
        })
        .collect();
    let planned = tokio::task::spawn_blocking(move || {
        let shelves: Vec<Shelf<'_>> = levels
            .iter()
            .map(|level| Shelf {
                store: level.store,
                sku: level.sku,
                position: level.position,
                here: level.here,
                is_listed: level.is_listed,
                assessment: known.assessments.get(&(level.store, level.sku)),
            })
            .collect();
        plan(&shelves, &policy, |from, to| match (places.get(&from), places.get(&to)) {
            // Goods are moved within a city.
            (Some((one, from)), Some((other, to))) if one == other => {
                geo_index::distance(*from, *to)
            }
            (_, _) => Meters(u32::MAX),
        })
    });
    planned.await.map_err(|_| Fault::internal())
}
