//! What leaves the partition once it is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::report::{Figures, Service};
use dispatch::courier::Courier;
use dispatch::eta::Eta;
use dispatch::order::{FulfillmentMode, Order};
use dispatch::store::{FulfillmentOrder, StoreStatus};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, OrderId, Place, SkuId, StoreId, Timestamp,
};

/// Who listens to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id", deny_unknown_fields)]
pub enum Topic {
    Order(OrderId),
    Board(StoreId),
    Courier(CourierId),
    Operations,
    /// Today's figures of all stores. The partition knows nothing of it: the books tell it.
    Reports,
    /// The same of one store.
    StoreReports(StoreId),
}

/// What changed on a topic. Whole things, not patches: a client that applies one is up to date
/// with that thing whatever it missed.
#[derive(Debug, Clone)]
pub enum Change {
    Order {
        order: Arc<Order>,
        etas: Vec<(DeliveryId, Eta)>,
    },
    /// The fulfillment orders that changed; in a snapshot, all on the board.
    Board {
        status: StoreStatus,
        fulfillment_orders: Vec<(FulfillmentOrderId, FulfillmentOrder)>,
        /// All SKUs that are low, when they are others than before; in a snapshot always.
        low_stock: Option<Arc<[SkuId]>>,
    },
    Courier {
        courier: Arc<Courier>,
    },
    /// Cards of the orders that changed; in a snapshot, all that are alive.
    Operations {
        orders: Vec<OrderCard>,
    },
    /// The figures of the day, whole.
    Figures {
        figures: Arc<TodaysFigures>,
    },
    /// Only the latest matters.
    Position {
        courier: CourierId,
        place: Place,
        /// It has not got the goods yet: only about where it is.
        is_rough: bool,
        at: Timestamp,
        etas: Vec<(DeliveryId, Eta)>,
    },
}

/// One line of an operations screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderCard {
    pub order: OrderId,
    pub mode: FulfillmentMode,
    pub status: &'static str,
    pub stage: &'static str,
    pub stores: Vec<StoreId>,
    pub couriers: Vec<CourierId>,
    pub promised_by: Option<Timestamp>,
    pub escalated: bool,
    pub late: bool,
    /// How often the shopper asked where it is.
    pub reminders: u32,
}

/// What a day has come to so far.
#[derive(Debug, Clone, PartialEq)]
pub struct TodaysFigures {
    pub day: Date,
    /// The last event that is in them.
    pub read_to: u64,
    pub all: Figures,
    pub by_hour: BTreeMap<u8, Figures>,
    pub by_store: BTreeMap<StoreId, Figures>,
    pub service: Service,
}

#[derive(Debug, Clone)]
pub struct Publication {
    pub topic: Topic,
    pub change: Change,
}

/// One thing to hand out after its batch has committed, in this order.
pub enum Output {
    /// The partition serves under a new epoch: what was watched under the one before is not
    /// watched any more, and nothing published then is continued.
    Recovered {
        epoch: u64,
    },
    Publish(Publication),
    /// The first frame for a new subscription: everything published after it continues it.
    Snapshot {
        subscription: u64,
        topic: Topic,
        change: Change,
    },
    /// The topic of the subscription does not exist.
    NoSuchTopic {
        subscription: u64,
        topic: Topic,
    },
}
