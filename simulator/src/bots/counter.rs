//! The stores' counters, where couriers and shoppers stand and wait for a bag.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::Notify;
use vocabulary::{CourierId, OrderId, StoreId};

/// Somebody at a counter, and how long taking over the bag will take.
#[derive(Debug, Clone, PartialEq)]
pub enum Visitor {
    Courier { courier: CourierId, takes: Duration },
    Shopper { code: String, takes: Duration },
}

#[derive(Default)]
pub struct Counter {
    waiting: RefCell<BTreeMap<(StoreId, OrderId), Vec<Visitor>>>,
    changed: Notify,
}

impl Counter {
    pub fn arrive(&self, store: StoreId, order: OrderId, visitor: Visitor) {
        self.waiting.borrow_mut().entry((store, order)).or_default().push(visitor);
        self.changed.notify_waiters();
    }

    /// The courier leaves, with the bag or without.
    pub fn leave(&self, store: StoreId, order: OrderId, courier: CourierId) {
        let mut waiting = self.waiting.borrow_mut();
        if let Some(visitors) = waiting.get_mut(&(store, order)) {
            visitors.retain(|visitor| match visitor {
                Visitor::Courier { courier: known, .. } => *known != courier,
                Visitor::Shopper { .. } => true,
            });
            if visitors.is_empty() {
                waiting.remove(&(store, order));
            }
        }
    }

    /// The expected courier, when it is here.
    pub fn courier(&self, store: StoreId, order: OrderId, expected: CourierId) -> Option<Duration> {
        self.waiting.borrow().get(&(store, order))?.iter().find_map(|visitor| match visitor {
            Visitor::Courier { courier, takes } if *courier == expected => Some(*takes),
            Visitor::Courier { .. } | Visitor::Shopper { .. } => None,
        })
    }

    /// The shopper's code, when the shopper is here.
    pub fn shopper(&self, store: StoreId, order: OrderId) -> Option<(String, Duration)> {
        self.waiting.borrow().get(&(store, order))?.iter().find_map(|visitor| match visitor {
            Visitor::Shopper { code, takes } => Some((code.clone(), *takes)),
            Visitor::Courier { .. } => None,
        })
    }

    /// Somebody came to some counter.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}
