//! What the journal holds, read back: a file that was damaged or written by another version is
//! refused in words.

use actors::{Errand, read_living};
use commerce::budget::{AllowanceEvent, BudgetEvent};
use commerce::member::MemberEvent;
use commerce::{BookEvent, CampaignEvent};
use dispatch::courier::CourierEvent;
use dispatch::inventory::InventoryEvent;
use dispatch::order::OrderEvent;
use dispatch::payment::PaymentEvent;
use dispatch::store::StoreEvent;
use persistence::{LivingRows, read_run};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Paper, text};
use crate::access::Principal;
use crate::books::ChannelStatement;

/// Reads an event of one kind and writes it down again.
type Rewrites = fn(&str) -> Option<String>;

macro_rules! events {
    ($($kind:ident = $event:ty),+ $(,)?) => {
        /// Kinds of what is written down as JSON: events of owners, versions of documents, letters.
        pub const EVENTS: &[(&str, Rewrites)] = &[$((stringify!($kind), again::<$event>)),+];
    };
}

events! {
    order = OrderEvent,
    payment = PaymentEvent,
    store = StoreEvent,
    inventory = InventoryEvent,
    courier = CourierEvent,
    member = MemberEvent,
    budget = BudgetEvent,
    allowance = AllowanceEvent,
    book = BookEvent,
    campaign = CampaignEvent,
    channel_statement = ChannelStatement,
    letter = Vec<Errand>,
    principal = Principal,
}

fn again<T: Serialize + DeserializeOwned>(text: &str) -> Option<String> {
    let known: T = serde_json::from_str(text).ok()?;
    serde_json::to_string(&known).ok()
}

/// What a played city wrote down, one of each kind: the kind, a space, the text.
pub const WRITTEN: &str = include_str!("events.txt");

/// An event read and written again; nothing where it is none of that kind.
pub fn event(kind: &str, text: &str) -> Option<String> {
    EVENTS.iter().find(|(known, _)| *known == kind).and_then(|(_, rewrites)| rewrites(text))
}

/// Rows of the journal, whole.
pub const ROWS: &[Paper] = &[
    Paper { name: "run", reads: run, example: include_bytes!("run.json") },
    Paper { name: "living", reads: living, example: include_bytes!("living.txt") },
];

/// A run of events; those that we know are read as well.
fn run(bytes: &[u8]) -> Option<()> {
    for known in read_run(text(bytes)?).ok()? {
        let is_ours = EVENTS.iter().any(|(kind, _)| *kind == &*known.entity_kind);
        if is_ours {
            event(&known.entity_kind, &known.payload)?;
        }
    }
    Some(())
}

/// The heads of rows, and their blobs behind the end of the line.
fn living(bytes: &[u8]) -> Option<()> {
    let (heads, blobs) = text(bytes)?.split_once('\n')?;
    read_living(&LivingRows::of_text(heads.to_owned(), blobs.to_owned(), false)).ok().map(drop)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::damage::{damaged, edits};

    fn written() -> impl Iterator<Item = (&'static str, &'static str)> {
        WRITTEN.lines().filter_map(|line| line.split_once(' '))
    }

    #[test]
    fn what_was_written_is_read_and_written_alike() {
        let mut kinds = BTreeSet::new();
        for (kind, text) in written() {
            let again = event(kind, text).unwrap_or_else(|| panic!("{kind}: {text}"));
            assert_eq!(event(kind, &again).as_ref(), Some(&again), "{kind}");
            kinds.insert(kind);
        }
        let all: BTreeSet<&str> = EVENTS.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(all.difference(&kinds).collect::<Vec<_>>(), [&""; 0], "without an example");
        for row in ROWS {
            assert_eq!((row.reads)(row.example), Some(()), "{}", row.name);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn what_was_damaged_is_refused_or_written_alike(
            edits in edits(1..4),
        ) {
            for (kind, text) in written() {
                let bytes = damaged(text.as_bytes(), &edits);
                let Ok(text) = std::str::from_utf8(&bytes) else { continue };
                if let Some(again) = event(kind, text) {
                    prop_assert_eq!(event(kind, &again), Some(again));
                }
            }
            for row in ROWS {
                let _ = (row.reads)(&damaged(row.example, &edits));
            }
        }
    }
}
