//! Which partition answers for what: the cities of this process, and the members above them.
//!
//! An id says by its slot which city it belongs to. What carries no slot of a city here (ids made
//! by others) belongs to the first.

use std::collections::BTreeMap;

use actors::{PartitionHandle, PartitionState};
use dispatch::Message;
use tokio::sync::watch;
use vocabulary::{CourierId, OrderId, Place, Slot, StoreId};

/// The partition of members and shared budgets. Cities have lower numbers.
pub const MEMBERS: u16 = 60_001;
/// The highest number of a city.
pub const LAST_CITY: u16 = 60_000;

/// One partition and whether it serves.
pub struct Hosted {
    pub handle: PartitionHandle,
    pub state: watch::Receiver<PartitionState>,
}

/// A city and where it is.
pub struct City {
    pub hosted: Hosted,
    pub center: Place,
}

pub struct Cities {
    first: City,
    /// By their slots.
    others: BTreeMap<Slot, City>,
    members: Hosted,
}

impl Hosted {
    fn is_serving(&self) -> bool {
        *self.state.borrow() == PartitionState::Serving
    }

    async fn elsewhere(&self) {
        let mut state = self.state.clone();
        let is_elsewhere =
            |state: &PartitionState| matches!(state, PartitionState::Elsewhere { .. });
        if state.wait_for(is_elsewhere).await.is_err() {
            // Its thread has ended and can tell nothing any more.
            std::future::pending::<()>().await;
        }
    }

    async fn served(&self) -> bool {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| *state != PartitionState::Recovering).await;
        settled.is_ok_and(|state| *state == PartitionState::Serving)
    }
}

impl Cities {
    pub fn new(first: City, others: Vec<City>, members: Hosted) -> Self {
        let others = others.into_iter();
        let others = others.map(|city| (Slot(city.hosted.handle.partition().0), city)).collect();
        Self { first, others, members }
    }

    /// The city of an order.
    pub fn of(&self, order: OrderId) -> &PartitionHandle {
        self.at(order.slot())
    }

    pub fn of_store(&self, store: StoreId) -> &PartitionHandle {
        self.at(store.slot())
    }

    pub fn of_courier(&self, courier: CourierId) -> &PartitionHandle {
        self.at(courier.slot())
    }

    /// The city whose owner a message is for.
    pub fn of_message(&self, message: &Message) -> &PartitionHandle {
        self.at(match message {
            Message::Order(id, _) => id.slot(),
            Message::Payment(id, _) => id.slot(),
            Message::Inventory(id, _) | Message::Store(id, _) => id.slot(),
            Message::Courier(id, _) => id.slot(),
        })
    }

    pub fn at(&self, slot: Slot) -> &PartitionHandle {
        &self.others.get(&slot).unwrap_or(&self.first).hosted.handle
    }

    /// The city around this place: the one with the nearest centre.
    pub fn around(&self, place: Place) -> &PartitionHandle {
        let far = |city: &City| geo_index::distance(place, city.center);
        let nearest = self.others.values().fold(&self.first, |nearest, city| {
            if far(city) < far(nearest) { city } else { nearest }
        });
        &nearest.hosted.handle
    }

    /// The city this process runs first.
    pub fn here(&self) -> &PartitionHandle {
        &self.first.hosted.handle
    }

    /// Every city of this process, the first one first.
    pub fn all(&self) -> impl Iterator<Item = &PartitionHandle> {
        std::iter::once(&self.first).chain(self.others.values()).map(|city| &city.hosted.handle)
    }

    /// Where members and shared budgets live.
    pub fn members(&self) -> &PartitionHandle {
        &self.members.handle
    }

    fn hosted(&self) -> impl Iterator<Item = &Hosted> {
        let cities = std::iter::once(&self.first).chain(self.others.values());
        cities.map(|city| &city.hosted).chain([&self.members])
    }

    pub fn is_serving(&self) -> bool {
        self.hosted().all(Hosted::is_serving)
    }

    /// Waits until another process runs one of them, or has done so.
    pub async fn elsewhere(&self) {
        let waiting = self.hosted().map(|hosted| Box::pin(hosted.elsewhere()));
        futures_util::future::select_all(waiting).await;
    }

    /// Waits until all of them carry out commands; false when one never will.
    pub async fn served(&self) -> bool {
        for hosted in self.hosted() {
            if !hosted.served().await {
                return false;
            }
        }
        true
    }
}
