//! What was true of a store and of the settlement policy at any moment: the versions of documents.

use std::collections::BTreeMap;

use commerce::Permille;
use commerce::ledger::{Calendar, Occasion};
use commerce::settlement::SettlementPolicy;
use dispatch::hours::OpeningHours;
use persistence::{Journal, ReferenceRow};
use vocabulary::{MerchantId, StoreId, Timestamp};

use crate::error::Error;
use crate::reference::{Directory, kinds};
use crate::wire::store::StoreBody;

/// Stores and policy with all their versions.
#[derive(Debug, Default)]
pub struct StoreCalendar {
    stores: BTreeMap<StoreId, Versions<Face>>,
    policies: Versions<SettlementPolicy>,
}

/// What a store was at a version.
#[derive(Debug)]
struct Face {
    merchant: MerchantId,
    hours: OpeningHours,
}

/// Every version with the moment it was written, oldest first.
#[derive(Debug)]
struct Versions<T> {
    last: u64,
    all: Vec<(Timestamp, T)>,
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Self { last: 0, all: Vec::new() }
    }
}

impl<T> Versions<T> {
    /// The version of a moment; before the first one, the first.
    fn at(&self, moment: Timestamp) -> Option<&T> {
        let written = self.all.iter().rev().find(|(from, _)| *from <= moment);
        written.or(self.all.first()).map(|(_, version)| version)
    }
}

impl StoreCalendar {
    /// Reads what was written since the last time.
    pub async fn refresh(&mut self, journal: &Journal, directory: &Directory) -> Result<(), Error> {
        for store in directory.stores() {
            let newest = store.body.version.unwrap_or_default();
            if self.stores.get(&store.id).is_some_and(|known| known.last >= newest) {
                continue;
            }
            let rows = journal.reference_history(kinds::STORE, &store.id.to_string()).await?;
            let all = rows.iter().filter_map(|row| Some((row.at, face(row)?))).collect();
            self.stores.insert(store.id, Versions { last: newest, all });
        }
        let newest = journal.reference(kinds::SETTLEMENT_POLICY, CHAIN).await?;
        if newest.is_some_and(|row| row.version > self.policies.last) {
            let rows = journal.reference_history(kinds::SETTLEMENT_POLICY, CHAIN).await?;
            let last = rows.last().map_or(0, |row| row.version);
            let read = |row: &ReferenceRow| Some((row.at, serde_json::from_str(&row.body).ok()?));
            self.policies = Versions { last, all: rows.iter().filter_map(read).collect() };
        }
        Ok(())
    }
}

/// The policy's one document.
pub(super) const CHAIN: &str = "chain";

/// `None` for a version that this build cannot read: its days count as those of the version before.
fn face(row: &ReferenceRow) -> Option<Face> {
    let body: StoreBody = serde_json::from_str(&row.body).ok()?;
    let settings = body.settings(row.version).ok()?;
    Some(Face { merchant: settings.merchant, hours: settings.hours })
}

impl Calendar for StoreCalendar {
    fn occasion(&self, store: StoreId, at: Timestamp) -> Occasion {
        let face = self.stores.get(&store).and_then(|versions| versions.at(at));
        match face {
            Some(Face { merchant, hours }) => {
                let (day, hour) = (hours.local_date(at), hours.local_hour(at));
                Occasion { at, day, hour, store, merchant: *merchant }
            }
            // No document describes it: what happened there is not lost, and nobody's.
            None => {
                let utc = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
                let utc = utc.to_zoned(jiff::tz::TimeZone::UTC);
                let (day, hour) = (utc.date(), utc.hour().unsigned_abs());
                Occasion { at, day, hour, store, merchant: MerchantId::from_bits(0) }
            }
        }
    }

    /// Before the first policy it took nothing.
    fn platform_fee(&self, channel: &str, placed_at: Timestamp) -> Permille {
        let written = self.policies.all.iter().rev().find(|(from, _)| *from <= placed_at);
        written.map_or(Permille(0), |(_, policy)| policy.platform_fee(channel))
    }
}
