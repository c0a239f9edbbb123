//! The books that readers of the feed keep: each posting is an event's, and what was posted as cash
//! is what the payments say, up to where the reader has read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::findings::Findings;
use super::journal::Journal;
use super::people::Canaries;
use super::rows::{Question, RowsError, Snapshot};
use crate::feed::{number, text};

const MODELS: Question = Question {
    sqlite: "SELECT reader, CAST(partition AS TEXT), key, body FROM read_model \
             ORDER BY reader, partition, key",
    postgres: "SELECT reader::text, partition::text, key::text, body::text FROM read_model \
               ORDER BY read_model.reader, read_model.partition, read_model.key",
};

const LETTERS: Question = Question {
    sqlite: "SELECT CAST(partition AS TEXT), CAST(seq AS TEXT), target, payload FROM outbox",
    postgres: "SELECT partition::text, seq::text, target::text, payload::text FROM outbox",
};

#[derive(Default)]
struct Reader {
    through: Option<i64>,
    /// Received and paid back by order.
    cash: BTreeMap<String, (i64, i64)>,
    /// Events that something was posted for.
    seqs: Vec<(u64, String)>,
}

pub async fn check(
    snapshot: &mut Snapshot,
    journal: &Journal,
    canaries: &mut Canaries,
    findings: &mut Findings,
) -> Result<(), RowsError> {
    let mut readers: BTreeMap<u16, Reader> = BTreeMap::new();
    snapshot
        .each(&MODELS, |row| {
            let key = || format!("{} {}, {}", row.text(0), row.text(1), row.text(2));
            canaries.search("read_model", key, row.text(3));
            if row.text(0) != "books" {
                return;
            }
            let reader = readers.entry(u16::try_from(row.seq(1)).unwrap_or_default()).or_default();
            let body: Value = serde_json::from_str(row.text(3)).unwrap_or(Value::Null);
            match row.text(2).split('/').next() {
                Some("through") => reader.through = body.get("seq").and_then(Value::as_i64),
                Some("posting") => reader.post(row.text(2), &body),
                _ => {}
            }
        })
        .await?;
    for (number, partition) in &journal.partitions {
        let Some(reader) = readers.get(number) else { continue };
        let last = partition.last_seq.min(reader.through.unwrap_or_default().unsigned_abs());
        for (seq, posting) in &reader.seqs {
            let key = || format!("partition {number}, {posting}");
            findings.check(*seq <= last, "posting_has_its_event", "read_model", key, || {
                format!("posts event {seq}, read is up to {last}")
            });
        }
        // Who has not read to the end cannot be held against the end.
        if last != partition.last_seq {
            continue;
        }
        for (order, received, paid_back) in partition.referee.account().cash() {
            let posted = reader.cash.get(order).copied().unwrap_or_default();
            let key = || format!("partition {number}, order {order}");
            findings.check(
                posted == (received, paid_back),
                "cash_is_posted",
                "read_model",
                key,
                || {
                    let (came, went) = posted;
                    format!(
                        "posted {came} in and {went} back, its payments say {received} and \
                         {paid_back}"
                    )
                },
            );
        }
    }
    letters(snapshot, journal, canaries, findings).await
}

/// Letters that wait were written by their partition's own commits.
async fn letters(
    snapshot: &mut Snapshot,
    journal: &Journal,
    canaries: &mut Canaries,
    findings: &mut Findings,
) -> Result<(), RowsError> {
    snapshot
        .each(&LETTERS, |row| {
            let key =
                || format!("partition {}, seq {} to {}", row.text(0), row.text(1), row.text(2));
            canaries.search("outbox", key, row.text(3));
            let number = u16::try_from(row.seq(0)).unwrap_or_default();
            let last = journal.partitions.get(&number).map_or(0, |known| known.last_seq);
            findings.check(row.seq(1) <= last, "letters_go_on", "outbox", key, || {
                format!("goes with event {}, the last is {last}", row.text(1))
            });
        })
        .await
}

impl Reader {
    fn post(&mut self, key: &str, posting: &Value) {
        self.seqs.push((number(posting, "seq").unsigned_abs(), key.to_owned()));
        let entry = posting.get("entry").unwrap_or(&Value::Null);
        let cash = self.cash.entry(text(posting, "order").to_owned()).or_default();
        match text(entry, "kind") {
            "received" => cash.0 += number(entry, "amount"),
            "paid_back" => cash.1 += number(entry, "amount"),
            _ => {}
        }
    }
}
