//! What happens to stock besides orders: customers at tills, goods that stores send each other,
//! counts, and what suppliers bring at night. And members who ask to be forgotten.

use std::collections::BTreeMap;
use std::rc::Rc;

use vocabulary::{Chance, Seconds, SkuId, StoreId};

use super::Shared;
use crate::doors::{Deed, Doors, Seat};
use crate::people::Delay;
use crate::town::{Town, midnight_before};

/// Between two customers at one store's till who buy what orders are filled from as well.
const TILL_EVERY_S: f64 = 7_200.0;
/// Between two transfers of the whole town.
const TRANSFER_EVERY_S: f64 = 2_400.0;
/// A till tells a sale again when it got no answer in time.
const TOLD_TWICE: f64 = 0.1;
/// Of a transfer's first unit.
const MISSING: f64 = 0.05;
const DAMAGED: f64 = 0.05;

/// Between two counts of one store, each of one SKU.
const COUNT_EVERY_S: f64 = 14_400.0;
/// Somebody took a unit without paying, or found one behind the shelf.
const COUNTED_OTHERWISE: f64 = 0.2;
/// Suppliers come at this second of the day.
const SUPPLIED_AT_S: u32 = 3 * 3_600;
/// Each member asks to be forgotten about once in so long, and in a large city one after another.
const FORGET_EVERY_S: f64 = 20.0 * 86_400.0;
const LEAST_BETWEEN_FORGETTING_S: f64 = 600.0;

/// One store's shelves as they were furnished.
#[derive(Clone)]
pub struct Shelves {
    pub store: StoreId,
    pub skus: Vec<SkuId>,
    /// With how many units each was furnished.
    stocked: BTreeMap<SkuId, u32>,
}

impl Shelves {
    pub fn of(town: &Town) -> Vec<Self> {
        let shelves = town.stores.iter().map(|setup| Self {
            store: setup.id,
            skus: setup.stock.iter().map(|stock| stock.sku).collect(),
            stocked: setup.stock.iter().map(|stock| (stock.sku, stock.on_hand)).collect(),
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

/// Plays whoever counts a store's shelves, one SKU at a time.
pub async fn run_counts<D: Doors>(stage: Shared<D>, shelves: Shelves, mut chance: Chance) {
    loop {
        stage.sleep(Delay::around(COUNT_EVERY_S, 0.5).draw(&mut chance)).await;
        let Some(sku) = any(&shelves.skus, &mut chance).copied() else { return };
        let Ok(known) = stage.doors.shelves(shelves.store).await else { continue };
        let on_hand = known.iter().find(|(known, _)| *known == sku).map_or(0, |(_, units)| *units);
        let is_otherwise = chance.happens(COUNTED_OTHERWISE);
        let off = if is_otherwise { 1 - 2 * i64::from(chance.happens(0.5)) } else { 0 };
        let counted = u32::try_from((on_hand + off).max(0)).unwrap_or(0);
        let count = Deed::Count { store: shelves.store, sku, on_hand: counted };
        let _ = stage.act(Seat::Headquarters, count).await;
    }
}

/// Plays the suppliers, who fill up at night what is less than half of what it was at first.
pub async fn run_suppliers<D: Doors>(stage: Shared<D>, all: Vec<Shelves>) {
    loop {
        let today = midnight_before(stage.now()).after(Seconds(SUPPLIED_AT_S));
        let is_past = today <= stage.now();
        let next = if is_past { today.after(Seconds(86_400)) } else { today };
        stage.sleep_until(next).await;
        for shelves in &all {
            let store = shelves.store;
            let Ok(known) = stage.doors.shelves(store).await else { continue };
            for (sku, on_hand) in known {
                let full = shelves.stocked.get(&sku).copied().unwrap_or_default();
                let missing = i64::from(full) - on_hand;
                let Some(units) = u32::try_from(missing).ok().filter(|units| units * 2 > full)
                else {
                    continue;
                };
                let _ = stage.act(Seat::Headquarters, Deed::Restock { store, sku, units }).await;
            }
        }
    }
}

/// Plays members who ask to be forgotten: a shopper's phone at a time, if it is a member's.
pub async fn run_forgetting<D: Doors>(stage: Shared<D>, phones: Vec<String>, mut chance: Chance) {
    let every_s = FORGET_EVERY_S / phones.len().max(1) as f64;
    let every_s = every_s.max(LEAST_BETWEEN_FORGETTING_S);
    loop {
        stage.sleep(Delay::around(every_s, 0.5).draw(&mut chance)).await;
        let asked = any(&phones, &mut chance);
        let Some(phone) = asked else { return };
        // Refused while an order is under way, and to whoever is no member.
        let _ = stage.doors.forget_member(phone).await;
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
