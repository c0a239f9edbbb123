//! The stock ledger: each movement is an event's, and each event's movements are there.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::Findings;
use super::journal::Journal;
use super::rows::{Question, RowsError, Snapshot};

const MOVEMENTS: Question = Question {
    sqlite: "SELECT CAST(partition AS TEXT), lower(hex(store)), CAST(seq AS TEXT), \
             lower(hex(sku)), CAST(delta AS TEXT) FROM stock_movement ORDER BY partition",
    postgres: "SELECT partition::text, replace(store::text, '-', ''), seq::text, \
               replace(sku::text, '-', ''), delta::text FROM stock_movement ORDER BY stock_movement.partition",
};

/// What moved at each seq of one store, by SKU.
type Steps = BTreeMap<u64, Vec<(String, i64)>>;

pub async fn check(
    snapshot: &mut Snapshot,
    journal: &Journal,
    findings: &mut Findings,
) -> Result<(), RowsError> {
    let mut ledger: BTreeMap<(u16, String), Steps> = BTreeMap::new();
    snapshot
        .each(&MOVEMENTS, |row| {
            let partition = u16::try_from(row.seq(0)).unwrap_or_default();
            let store = ledger.entry((partition, row.id(1))).or_default();
            store.entry(row.seq(2)).or_default().push((row.id(3), row.number(4)));
        })
        .await?;
    let mut told: BTreeMap<(u16, String), Steps> = BTreeMap::new();
    for (number, partition) in &journal.partitions {
        for ((store, seq), moved) in &partition.moved {
            let steps = told.entry((*number, store.clone())).or_default();
            steps.entry(*seq).or_default().extend(moved.clone());
        }
    }
    for (partition, store) in told.keys().chain(ledger.keys()).collect::<BTreeSet<_>>() {
        let of = (*partition, store.clone());
        let place = format!("partition {partition}, store {store}");
        compare(&place, told.get(&of), ledger.get(&of), findings);
    }
    Ok(())
}

/// The ledger's lines of one decision stand under its last event: up to each line, both come to the
/// same.
fn compare(place: &str, told: Option<&Steps>, ledger: Option<&Steps>, findings: &mut Findings) {
    let (none, mut expected) = (Steps::new(), BTreeMap::<&str, i64>::new());
    let (told, ledger) = (told.unwrap_or(&none), ledger.unwrap_or(&none));
    let mut found = BTreeMap::<&str, i64>::new();
    let mut events = told.iter().peekable();
    for (seq, lines) in ledger
        .iter()
        .map(|(seq, lines)| (*seq, lines.as_slice()))
        .chain([(u64::MAX, [].as_slice())])
    {
        let mut touched = BTreeSet::new();
        while let Some((_, moved)) = events.next_if(|(at, _)| **at <= seq) {
            for (sku, delta) in moved {
                *expected.entry(sku).or_default() += delta;
                touched.insert(sku.as_str());
            }
        }
        for (sku, delta) in lines {
            *found.entry(sku).or_default() += delta;
            touched.insert(sku.as_str());
        }
        for sku in touched {
            let pick = |sums: &BTreeMap<&str, i64>| sums.get(sku).copied().unwrap_or_default();
            let (expected, found) = (pick(&expected), pick(&found));
            let key = || format!("{place}, sku {sku}");
            findings.check(
                expected == found,
                "movements_are_the_events",
                "stock_movement",
                key,
                || {
                    let until =
                        if seq == u64::MAX { "its end".to_owned() } else { format!("seq {seq}") };
                    format!("up to {until} events move {expected}, the ledger {found}")
                },
            );
        }
    }
}
