//! Places that were asked about lately, with what was found: half of every trip to be asked next.

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxBuildHasher, FxHashMap};
use vocabulary::Place;

use super::network::Joined;
use crate::travel::TravelMode;

/// Threads that ask at once seldom meet at one of so many.
const SHELVES: usize = 64;
/// A shelf that is full is emptied. In all 8,192 places of one to three kilobytes.
const PLACES: usize = 128;

/// By the place's exact degrees.
type Key = (u64, u64, TravelMode);

/// Bounded, and of no effect on any answer.
#[derive(Debug)]
pub(super) struct Known(Vec<Mutex<FxHashMap<Key, Arc<Joined>>>>);

impl Default for Known {
    fn default() -> Self {
        Self((0..SHELVES).map(|_| Mutex::default()).collect())
    }
}

impl Known {
    pub(super) fn get_or(
        &self,
        place: Place,
        mode: TravelMode,
        find: impl FnOnce() -> Joined,
    ) -> Arc<Joined> {
        let key = (place.latitude().to_bits(), place.longitude().to_bits(), mode);
        // The upper bits: the hasher leaves the lower ones nearly as they were.
        let shelf = (FxBuildHasher.hash_one(key) >> 32) as usize % SHELVES;
        let Some(shelf) = self.0.get(shelf) else { return Arc::new(find()) };
        let lock = || shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let found = Arc::new(find());
        let mut shelf = lock();
        if shelf.len() >= PLACES {
            shelf.clear();
        }
        shelf.insert(key, Arc::clone(&found));
        found
    }
}
