//! Counters a partition keeps for its operator; read from any thread.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Monotonic counters and a few gauges of one partition.
        #[derive(Debug, Default)]
        pub struct Metrics { $($(#[$doc])* pub $name: Counter,)+ }

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
    /// Courier positions taken in.
    positions,
    /// Positions dropped: older than the last, or from an unknown courier.
    positions_dropped,
    /// The last committed sequence.
    committed_seq,
}
