//! What the shell must know about each machine: its rows, its timers, what it publishes.

mod above;
mod courier;
mod inventory;
mod order;
mod payment;
mod rows;
mod store;

use std::rc::Rc;

use dispatch::courier::Courier;
use dispatch::eta::{self, Eta};
use dispatch::inventory::Inventory;
use dispatch::store::Store;
use dispatch::view::CityView;
use vocabulary::{CourierId, DeliveryId, StoreId};

pub(crate) use above::{AllowanceOwner, BudgetOwner, MemberOwner, PhoneOwner};
pub(crate) use order::etas;
pub(crate) use rows::{Kept, OfStore, Row, json, kinds};

use crate::core::Core;
use crate::output::{Change, Topic};
use crate::owner::Owned;

/// A store and its inventory begin together.
pub(crate) fn begin_store(core: &Rc<Core>, id: StoreId) {
    let store = Owned::new(id, Store::new(id), 0, 0);
    store.start(core);
    core.stores.borrow_mut().insert(id, store);
    let inventory = Owned::new(id, Inventory::new(id), 0, 0);
    inventory.start(core);
    core.inventories.borrow_mut().insert(id, inventory);
}

pub(crate) fn begin_courier(core: &Rc<Core>, id: CourierId) {
    let courier = Owned::new(id, Courier::new(id), 0, 0);
    courier.start(core);
    core.couriers.borrow_mut().insert(id, courier);
}

/// When a courier's delivery will be at the door, if its position is known.
pub(crate) fn etas_of_task(
    core: &Core,
    view: &CityView,
    courier: CourierId,
    delivery: DeliveryId,
) -> Vec<(DeliveryId, Eta)> {
    let eta = eta::on_the_way(view, &core.policy(), courier, delivery, core.now());
    eta.map(|eta| (delivery, eta)).into_iter().collect()
}

/// The first frame of a topic; `None` when there is nothing to listen to.
pub(crate) fn snapshot(core: &Core, topic: Topic) -> Option<Change> {
    match topic {
        Topic::Order(id) => order::snapshot(core, id),
        Topic::Board(id) => store::snapshot(core, id),
        Topic::Courier(id) => courier::snapshot(core, id),
        Topic::Operations => Some(order::operations(core)),
        // The books' own.
        Topic::Reports | Topic::StoreReports(_) => None,
    }
}
