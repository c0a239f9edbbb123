//! What the hub counts for its operator.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[doc = $doc:literal])* $name:ident: $kind:ident),+ $(,)?) => {
        /// Counters and gauges of the hub, counted from any thread.
        #[derive(Debug, Default)]
        pub struct Counters { $($(#[doc = $doc])* pub(crate) $name: Counter,)+ }

        impl Counters {
            /// Everything, for an exposition format.
            pub fn read(&self) -> Vec<Reading> {
                vec![$(Reading {
                    name: concat!("hub_", stringify!($name)),
                    help: concat!($($doc),*).trim_ascii_start(),
                    kind: Kind::$kind,
                    value: self.$name.get(),
                },)+]
            }
        }
    };
}

/// One figure at the time of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub name: &'static str,
    pub help: &'static str,
    pub kind: Kind,
    pub value: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Count,
    /// As it is now.
    Gauge,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub fn sub(&self, count: u64) {
        self.0.fetch_sub(count, Ordering::Relaxed);
    }

    pub fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

counters! {
    /// Sockets that are open now.
    connections: Gauge,
    /// Sockets opened.
    connections_opened: Count,
    /// Topics listened to now, counted once for each socket.
    subscriptions: Gauge,
    /// Topics of which the hub keeps the last deltas now.
    topics: Gauge,
    /// Deltas, positions and snapshots encoded.
    frames_encoded: Count,
    /// Frames written to sockets.
    frames_sent: Count,
    /// Resumes continued from the last deltas.
    ring_hits: Count,
    /// Resumes answered with a fresh snapshot: too old, or of another epoch.
    ring_misses: Count,
    /// Topics dropped from a full queue, to start again with a snapshot.
    collapsed: Count,
    /// Positions that a newer one replaced before they were sent, or that found no room.
    positions_skipped: Count,
    /// Sockets closed because their client did not read.
    slow_closes: Count,
    /// In front of another hub: deltas that arrived as hints.
    hints_continued: Count,
    /// Hints that were not ours.
    hints_strange: Count,
    /// Deltas that no hint brought in time, and asking did.
    holes_filled: Count,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_carry_their_help() {
        let counters = Counters::default();
        counters.connections.add(3);
        counters.connections.sub(1);
        let readings = counters.read();
        assert_eq!(readings[0].name, "hub_connections");
        assert_eq!(readings[0].help, "Sockets that are open now.");
        assert_eq!((readings[0].kind, readings[0].value), (Kind::Gauge, 2));
    }
}
