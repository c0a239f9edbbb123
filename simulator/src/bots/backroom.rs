//! What happens to stock besides orders: customers at tills, and goods that stores send each other.

use std::rc::Rc;

use vocabulary::{Chance, SkuId, StoreId};

use super::Shared;
use crate::doors::{Deed, Doors, Seat};
use crate::people::Delay;
use crate::town::Town;

/// Between two customers at one store's till who buy what orders are filled from as well.
const TILL_EVERY_S: f64 = 7_200.0;
/// Between two transfers of the whole town.
const TRANSFER_EVERY_S: f64 = 2_400.0;
/// A till tells a sale again when it got no answer in time.
const TOLD_TWICE: f64 = 0.1;
/// Of a transfer's first unit.
const MISSING: f64 = 0.05;
const DAMAGED: f64 = 0.05;

/// One store's shelves as they were furnished.
#[derive(Clone)]
pub struct Shelves {
    pub store: StoreId,
    pub skus: Vec<SkuId>,
}

impl Shelves {
    pub fn of(town: &Town) -> Vec<Self> {
        let shelves = town.stores.iter().map(|setup| Self {
            store: setup.id,
            skus: setup.stock.iter().map(|stock| stock.sku).collect(),
        });
        shelves.filter(|shelves| !shelves.skus.is_empty()).collect()
    }
}

fn any<'a, T>(all: &'a [T], chance: &mut Chance) -> Option<&'a T> {
    let count = u64::try_from(all.len()).ok().filter(|count| *count > 0)?;
    all.get(usize::try_from(chance.below(count)).ok()?)
}

/// Plays a store's till for as long as the run lasts.
pub async fn run_till<D: Doors>(stage: Shared<D>, shelves: Shelves, mut chance: Chance) {
    loop {
        stage.sleep(Delay::around(TILL_EVERY_S, 0.6).draw(&mut chance)).await;
        let Some(sku) = any(&shelves.skus, &mut chance).copied() else { return };
        let units = 1 + u32::from(chance.happens(0.2));
        let reference = stage.key();
        let sale = Deed::SellAtTill { store: shelves.store, sku, units, reference };
        // An observation is not refused; a city that is away hears of it never, as a till that broke.
        let _ = stage.act(Seat::Headquarters, sale.clone()).await;
        if chance.happens(TOLD_TWICE) {
            let _ = stage.act(Seat::Headquarters, sale).await;
        }
    }
}

/// Plays headquarters' hand that evens out stock, for as long as the run lasts.
pub async fn run_transfers<D: Doors>(stage: Shared<D>, all: Vec<Shelves>, mut chance: Chance) {
    while all.len() > 1 {
        stage.sleep(Delay::around(TRANSFER_EVERY_S, 0.5).draw(&mut chance)).await;
        let (Some(from), Some(to)) = (any(&all, &mut chance), any(&all, &mut chance)) else {
            return;
        };
        let sku = any(&from.skus, &mut chance).copied();
        let Some(sku) = sku.filter(|_| from.store != to.store) else { continue };
        let units = 1 + u32::try_from(chance.below(4)).unwrap_or(0);
        let journey = Journey { from: from.store, to: to.store, sku, units };
        let label = chance.next_u64();
        tokio::task::spawn_local(journey.run(Rc::clone(&stage), chance.fork(label)));
    }
}

/// Some units on their way.
struct Journey {
    from: StoreId,
    to: StoreId,
    sku: SkuId,
    units: u32,
}

impl Journey {
    async fn run<D: Doors>(self, stage: Shared<D>, mut chance: Chance) {
        let Self { from, to, sku, units } = self;
        let key = stage.key();
        // The shelf may have too little to give: then nothing is sent.
        let Ok(transfer) = stage.doors.send_goods(from, to, (sku, units), &key).await else {
            return;
        };
        stage.sleep(Delay::around(1_200.0, 0.4).draw(&mut chance)).await;
        let ship = Deed::ShipTransfer { transfer, from };
        if stage.act(Seat::Headquarters, ship).await.is_err() {
            return;
        }
        stage.sleep(Delay::around(2_400.0, 0.4).draw(&mut chance)).await;
        let missing = u32::from(chance.happens(MISSING));
        let damaged = u32::from(missing == 0 && chance.happens(DAMAGED));
        let sound = units - missing - damaged;
        let first = sound / 2;
        for (sound, missing, damaged) in [(first, 0, 0), (sound - first, missing, damaged)] {
            if sound + missing + damaged == 0 {
                continue;
            }
            let receive = Deed::ReceiveTransfer { transfer, to, sku, sound, missing, damaged };
            let _ = stage.act(Seat::Headquarters, receive).await;
            stage.sleep(Delay::around(600.0, 0.4).draw(&mut chance)).await;
        }
    }
}
