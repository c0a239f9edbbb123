//! What planners read: rows that owners publish after each apply. Advice, never truth: the hold,
//! the offer, the grant is still decided by its owner.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use geo_index::{MovingGrid, StoreIndex, TravelMode, TravelTime};
use serde::{Deserialize, Serialize};
use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, Grams, Meters, OrderId, Place, Seconds, SkuId,
    StoreId, Timestamp,
};

use crate::courier::{Availability, Stop};
use crate::store::{StoreSettings, StoreStatus};

mod shelves;

pub use shelves::{Shelf, Shelves, SkuNumber};

/// Half the side of the square that the grid of positions covers; farther ones are found too, slower.
const CITY_REACH: Meters = Meters(40_000);
/// Side of one cell: a few couriers each in a dense district.
const GRID_SQUARE: Meters = Meters(500);

/// A city as its planners see it.
pub struct CityView {
    stores: BTreeMap<StoreId, StoreRow>,
    store_index: StoreIndex<StoreId>,
    shelves: Shelves,
    /// Shared, as the pool is: a round that is planned elsewhere keeps the rows it began with.
    couriers: BTreeMap<CourierId, Arc<CourierRow>>,
    positions: MovingGrid<CourierId>,
    heard_at: BTreeMap<CourierId, Timestamp>,
    bound: BTreeMap<CourierId, Bound>,
    pool: BTreeMap<DeliveryId, Arc<DeliveryRow>>,
    travel: Arc<dyn TravelTime>,
}

/// A store's public face and present load.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreRow {
    /// Shared, since a row is published after every change of load.
    pub settings: Arc<StoreSettings>,
    pub status: StoreStatus,
    /// Fulfillment orders that are assigned, accepted or being picked.
    pub open_orders: u32,
    /// Promises already made, by start of the capacity window.
    pub promised: BTreeMap<Timestamp, u32>,
    /// Added by a rush.
    pub extra_prep: Seconds,
}

/// A courier's duty, load and route, without its position (see [`CityView::position`]).
#[derive(Debug, Clone, PartialEq)]
pub struct CourierRow {
    pub mode: TravelMode,
    pub capacity: u32,
    pub max_weight: Grams,
    pub availability: Availability,
    pub shift_ends_at: Option<Timestamp>,
    /// Deliveries in hand, in the order of the route.
    pub tasks: Vec<TaskRow>,
    /// Where to go, in order.
    pub stops: Vec<Stop>,
    /// What live offers would add, for planners that count on a yes.
    pub offered: Vec<TaskRow>,
    /// Offers that wait for an answer.
    pub live_offers: u32,
    /// Until when not to ask again about a delivery.
    pub cool_downs: BTreeMap<DeliveryId, Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    pub delivery: DeliveryId,
    pub order: OrderId,
    pub attempt: u32,
    pub store: StoreId,
    pub pickup: Place,
    pub dropoff: Place,
    pub weight: Grams,
    pub picked_up: bool,
    pub ready_at: Timestamp,
    pub promised_by: Timestamp,
}

impl TaskRow {
    /// What a delivery would be in a courier's hand, before it is picked up.
    pub fn to_fetch(delivery: &DeliveryRow) -> Self {
        Self {
            delivery: delivery.delivery,
            order: delivery.order,
            attempt: delivery.attempt,
            store: delivery.store,
            pickup: delivery.pickup,
            dropoff: delivery.dropoff,
            weight: delivery.weight,
            picked_up: false,
            ready_at: delivery.ready_at,
            promised_by: delivery.promised_by,
        }
    }
}

/// A courier that cannot be turned round before it stands there, if its shell knows; what its route
/// says is then done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    pub place: Place,
    /// When it is there and free, or since when it is.
    pub at: Timestamp,
}

/// A delivery that needs a courier.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRow {
    pub order: OrderId,
    pub delivery: DeliveryId,
    pub fulfillment_order: FulfillmentOrderId,
    /// The attempt that would be offered next.
    pub attempt: u32,
    pub store: StoreId,
    pub pickup: Place,
    pub dropoff: Place,
    pub weight: Grams,
    pub ready_at: Timestamp,
    pub promised_by: Timestamp,
    pub waiting_since: Timestamp,
    /// Rounds of offers that ended without a taker.
    pub rounds: u32,
    pub excluded: BTreeSet<CourierId>,
    /// Only this courier, until then.
    pub pinned: Option<(CourierId, Timestamp)>,
    pub forced: Option<CourierId>,
}

impl CityView {
    pub fn new(center: Place, travel: Box<dyn TravelTime>) -> Self {
        Self {
            stores: BTreeMap::new(),
            store_index: StoreIndex::build(std::iter::empty()),
            shelves: Shelves::default(),
            couriers: BTreeMap::new(),
            positions: MovingGrid::new(center, CITY_REACH, GRID_SQUARE),
            heard_at: BTreeMap::new(),
            bound: BTreeMap::new(),
            pool: BTreeMap::new(),
            travel: Arc::from(travel),
        }
    }

    /// What rounds read, as it is now: couriers, where they are, and the pool; no stores.
    pub fn for_a_round(&self) -> Self {
        Self {
            stores: BTreeMap::new(),
            store_index: StoreIndex::build(std::iter::empty()),
            shelves: Shelves::default(),
            couriers: self.couriers.clone(),
            positions: self.positions.clone(),
            heard_at: self.heard_at.clone(),
            bound: self.bound.clone(),
            pool: self.pool.clone(),
            travel: Arc::clone(&self.travel),
        }
    }

    /// Publishes a store; the index is rebuilt only when its settings changed.
    pub fn put_store(&mut self, store: StoreId, row: StoreRow) {
        let moved = self
            .stores
            .get(&store)
            .is_none_or(|known| known.settings.version != row.settings.version);
        self.stores.insert(store, row);
        if moved {
            self.rebuild_store_index();
        }
    }

    /// Publishes many stores with one rebuild of the index.
    pub fn put_stores(&mut self, rows: impl IntoIterator<Item = (StoreId, StoreRow)>) {
        self.stores.extend(rows);
        self.rebuild_store_index();
    }

    fn rebuild_store_index(&mut self) {
        let entries = self
            .stores
            .iter()
            .map(|(id, row)| (*id, row.settings.place, row.settings.area.clone()));
        self.store_index = StoreIndex::build(entries);
    }

    /// Publishes what a store can sell of a SKU; `None` when it does not list it.
    pub fn put_available(&mut self, store: StoreId, sku: SkuId, available: Option<u32>) {
        self.shelves.put(store, sku, available);
    }

    pub fn put_courier(&mut self, courier: CourierId, row: CourierRow) {
        self.couriers.insert(courier, Arc::new(row));
    }

    /// A position from the courier's device, already checked for age by the caller.
    pub fn move_courier(&mut self, courier: CourierId, place: Place, heard_at: Timestamp) {
        self.positions.upsert(courier, place);
        self.heard_at.insert(courier, heard_at);
    }

    /// The courier is off the map: no planner sees it any more.
    pub fn remove_courier(&mut self, courier: CourierId) {
        self.couriers.remove(&courier);
        self.positions.remove(courier);
        self.heard_at.remove(&courier);
        self.bound.remove(&courier);
    }

    /// For shells that know exactly where and when a courier is free next. It overrides the
    /// position and the route in planning.
    pub fn bind_courier(&mut self, courier: CourierId, bound: Bound) {
        self.bound.insert(courier, bound);
    }

    pub fn bound(&self, courier: CourierId) -> Option<Bound> {
        self.bound.get(&courier).copied()
    }

    pub fn put_delivery(&mut self, row: DeliveryRow) {
        self.pool.insert(row.delivery, Arc::new(row));
    }

    /// The delivery has a courier, or is over.
    pub fn remove_delivery(&mut self, delivery: DeliveryId) {
        self.pool.remove(&delivery);
    }

    pub fn stores(&self) -> &BTreeMap<StoreId, StoreRow> {
        &self.stores
    }

    pub fn store(&self, store: StoreId) -> Option<&StoreRow> {
        self.stores.get(&store)
    }

    pub fn store_index(&self) -> &StoreIndex<StoreId> {
        &self.store_index
    }

    /// Available to sell; `None` when the store does not list the SKU.
    pub fn available(&self, store: StoreId, sku: SkuId) -> Option<u32> {
        self.shelves.of(store)?.units(self.shelves.number(sku)?)
    }

    /// What every store can sell, for who asks many stores for the same products.
    pub fn shelves(&self) -> &Shelves {
        &self.shelves
    }

    pub fn couriers(&self) -> &BTreeMap<CourierId, Arc<CourierRow>> {
        &self.couriers
    }

    pub fn courier(&self, courier: CourierId) -> Option<&CourierRow> {
        self.couriers.get(&courier).map(Arc::as_ref)
    }

    /// Last known place of a courier and when its device measured it.
    pub fn position(&self, courier: CourierId) -> Option<(Place, Timestamp)> {
        Some((self.positions.position(courier)?, *self.heard_at.get(&courier)?))
    }

    /// Live nearest-courier reads.
    pub fn positions(&self) -> &MovingGrid<CourierId> {
        &self.positions
    }

    /// One of the pool.
    pub fn waiting(&self, delivery: DeliveryId) -> Option<&DeliveryRow> {
        self.pool.get(&delivery).map(Arc::as_ref)
    }

    pub fn pool(&self) -> &BTreeMap<DeliveryId, Arc<DeliveryRow>> {
        &self.pool
    }

    pub fn travel(&self) -> &dyn TravelTime {
        self.travel.as_ref()
    }
}
