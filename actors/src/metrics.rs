//! Counters a partition keeps for its operator; read from any thread.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use vocabulary::{CourierId, OrderId, StoreId};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Monotonic counters and a few gauges of one partition.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $($(#[$doc])* pub $name: Counter,)+
            /// Orders that are not over, by status.
            pub orders: Census<OrderId>,
            /// By availability.
            pub couriers: Census<CourierId>,
            /// By status.
            pub stores: Census<StoreId>,
        }

        impl Metrics {
            /// Names and values, for an exposition format.
            pub fn read(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name.get()),)+]
            }
        }
    };
}

#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who is in which state now. Owners keep it as they change, so that reading it walks over nothing
/// and asks nothing of the partition's thread.
#[derive(Debug)]
pub struct Census<Id>(Mutex<Counted<Id>>);

#[derive(Debug)]
struct Counted<Id> {
    state_of: FxHashMap<Id, &'static str>,
    counts: BTreeMap<&'static str, u64>,
}

impl<Id> Default for Census<Id> {
    fn default() -> Self {
        Self(Mutex::new(Counted { state_of: FxHashMap::default(), counts: BTreeMap::new() }))
    }
}

impl<Id: Eq + Hash> Census<Id> {
    /// How many are in each state that somebody was ever in.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.counted().counts.clone()
    }

    pub fn state_of(&self, id: &Id) -> Option<&'static str> {
        self.counted().state_of.get(id).copied()
    }

    /// It is in this state now; `None` when it no longer counts.
    pub(crate) fn put(&self, id: Id, state: Option<&'static str>) {
        let mut counted = self.counted();
        let before = match state {
            Some(state) => counted.state_of.insert(id, state),
            None => counted.state_of.remove(&id),
        };
        if before == state {
            return;
        }
        if let Some(count) = before.and_then(|before| counted.counts.get_mut(before)) {
            *count = count.saturating_sub(1);
        }
        if let Some(state) = state {
            *counted.counts.entry(state).or_default() += 1;
        }
    }

    /// Recovery counts anew.
    pub(crate) fn clear(&self) {
        let mut counted = self.counted();
        counted.state_of.clear();
        counted.counts.clear();
    }

    fn counted(&self) -> MutexGuard<'_, Counted<Id>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

counters! {
    /// Events recorded.
    events,
    /// Batches committed.
    commits,
    /// Microseconds spent waiting for commits.
    commit_us,
    /// Microseconds spent encoding batches on the partition's thread.
    encode_us,
    /// Commands carried out.
    commands,
    /// Commands the domain declined.
    refusals,
    /// Commands answered from a stored key.
    repeats,
    /// Stored answers whose time was over.
    keys_forgotten,
    /// Decisions that panicked.
    panics,
    /// Times the partition recovered after its first start.
    recoveries,
    /// Orders placed.
    orders_placed,
    /// Orders held in memory now.
    live_orders,
    /// Deliveries without a courier now.
    pool,
    /// Dispatch rounds run.
    rounds,
    /// Microseconds of the slowest round.
    slowest_round_us,
    /// Rounds planned by a shadow policy as well.
    shadow_rounds,
    /// Of these, rounds in which it would have done something else.
    shadow_rounds_apart,
    /// Deliveries that it would have offered to another courier, by round.
    shadow_to_another,
    /// Courier positions taken in.
    positions,
    /// Positions dropped: older than the last, or from an unknown courier.
    positions_dropped,
    /// Letters that other partitions have taken.
    letters_carried,
    /// Letters taken from other partitions, each once.
    letters_taken,
    /// The last committed sequence.
    committed_seq,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_counts_once_where_they_are_now() {
        let census = Census::default();
        census.put(1, Some("open"));
        census.put(2, Some("open"));
        census.put(2, Some("open"));
        census.put(2, Some("paused"));
        census.put(1, None);
        census.put(3, None);
        assert_eq!(census.counts(), BTreeMap::from([("open", 0), ("paused", 1)]));
        assert_eq!((census.state_of(&1), census.state_of(&2)), (None, Some("paused")));
        census.clear();
        assert!(census.counts().is_empty());
    }
}
