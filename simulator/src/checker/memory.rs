//! Rows of state against the account of the events: what a restart would bring back to memory is
//! what the history comes to. Figures are compared where the checker keeps an account of its own:
//! on-hand, reservations, states of orders and of stores' shares, members' points and coupons, and
//! of every owner its place in its own history.

use std::collections::BTreeMap;

use serde_json::Value;

use super::findings::Findings;
use super::journal::{Journal, Partition};
use super::people::Canaries;
use super::rows::{Question, Row, RowsError, Snapshot};
use crate::feed::{list, number};

const STATES: Question = Question {
    sqlite: "SELECT 'state', CAST(partition AS TEXT), kind, lower(hex(owner)), lower(hex(id)), \
             CAST(seq AS TEXT), CAST(live AS TEXT), status, blob FROM state \
             UNION ALL SELECT 'standing', CAST(partition AS TEXT), kind, lower(hex(owner)), \
             lower(hex(id)), CAST(seq AS TEXT), CAST(live AS TEXT), status, blob FROM standing",
    postgres: "SELECT 'state', partition::text, kind::text, replace(owner::text, '-', ''), \
               replace(id::text, '-', ''), seq::text, live::int::text, status, blob FROM state \
               UNION ALL SELECT 'standing', partition::text, kind::text, \
               replace(owner::text, '-', ''), replace(id::text, '-', ''), seq::text, \
               live::int::text, status, blob FROM standing",
};

/// A row as far as it can be held against the events.
struct Kept {
    table: String,
    seq: u64,
    is_live: bool,
    status: String,
    entity_seq: Option<i64>,
    /// On-hand of a shelf, units of a reservation, points of a member.
    units: i64,
    /// Coupons of a member.
    coupons: usize,
}

type Key = (String, String, String);

#[derive(Default)]
struct Rows(BTreeMap<u16, BTreeMap<Key, Kept>>);

pub async fn check(
    snapshot: &mut Snapshot,
    journal: &Journal,
    canaries: &mut Canaries,
    findings: &mut Findings,
) -> Result<(), RowsError> {
    let mut rows = Rows::default();
    snapshot
        .each(&STATES, |row| {
            let key = || format!("{}, {} {}", row.text(1), row.text(2), row.id(4));
            canaries.search(row.text(0), key, row.text(8));
            rows.keep(&row, findings);
        })
        .await?;
    for (number, partition) in &journal.partitions {
        let none = BTreeMap::new();
        Look { partition, rows: rows.0.get(number).unwrap_or(&none), findings }.all();
    }
    Ok(())
}

impl Rows {
    fn keep(&mut self, row: &Row, findings: &mut Findings) {
        let kind = row.text(2);
        let blob: Value = match serde_json::from_str(row.text(8)) {
            Ok(blob) => blob,
            Err(error) => {
                let key = format!("{}, {kind} {}", row.text(1), row.id(4));
                return findings.broken("row_is_readable", row.text(0), key, error.to_string());
            }
        };
        findings.looked("row_is_readable", 1);
        let (units, coupons) = figures(kind, &blob);
        let kept = Kept {
            table: row.text(0).to_owned(),
            seq: row.seq(5),
            is_live: row.text(6) == "1",
            status: row.text(7).to_owned(),
            entity_seq: blob.get("entity_seq").and_then(Value::as_i64),
            units,
            coupons,
        };
        let owner = if kind == "stock" { row.id(3) } else { String::new() };
        let of_partition = self.0.entry(u16::try_from(row.seq(1)).unwrap_or_default()).or_default();
        of_partition.insert((kind.to_owned(), owner, row.id(4)), kept);
    }
}

fn figures(kind: &str, blob: &Value) -> (i64, usize) {
    match kind {
        "stock" => (number(blob, "on_hand"), 0),
        "reservation" => {
            let kept = blob.get("kept").unwrap_or(&Value::Null);
            (list(kept, "lines").iter().map(|line| number(line, "units")).sum(), 0)
        }
        "member" => {
            let state = blob.get("state").unwrap_or(&Value::Null);
            let coupons = state.get("coupons").and_then(Value::as_object);
            (points(state), coupons.map_or(0, serde_json::Map::len))
        }
        _ => (0, 0),
    }
}

/// The lots of a member: those in the wallet, not those that orders hold.
fn points(member: &Value) -> i64 {
    let wallet = member.get("points").unwrap_or(&Value::Null);
    list(wallet, "lots").iter().map(|lot| number(lot, "points")).sum()
}

struct Look<'a> {
    partition: &'a Partition,
    rows: &'a BTreeMap<Key, Kept>,
    findings: &'a mut Findings,
}

impl Look<'_> {
    fn all(&mut self) {
        self.entities();
        self.shelves();
        self.reservations();
        self.statuses();
        if self.partition.is_of_members() {
            self.wallets();
        }
    }

    fn key(&self, kind: &str, id: &str) -> String {
        format!("partition {}, {kind} {id}", self.partition.number)
    }

    /// Every owner's own row is as old as its last event, and nothing is on a row that is in none.
    fn entities(&mut self) {
        let account = self.partition.referee.account();
        let entities: Vec<_> = match self.partition.is_of_members() {
            true => account.entities_above().collect(),
            false => account.entities().collect(),
        };
        for (kind, id, entity_seq) in entities {
            let of = (kind.to_owned(), id.to_owned());
            let last = self.partition.last_of.get(&of).copied().unwrap_or_default();
            let row = self.rows.get(&(of.0, String::new(), of.1));
            let key = self.key(kind, id);
            // The road's row stands under the other partition's number, and a store's own row is
            // written with its settings.
            let Some(row) = row else {
                if kind != "road" {
                    self.findings.broken("entity_has_its_row", "state", key, "no row".to_owned());
                }
                continue;
            };
            self.findings.looked("entity_has_its_row", 1);
            let Kept { table, seq, entity_seq: kept, .. } = row;
            let is_right =
                *seq == last && kept.is_none_or(|kept| kept.unsigned_abs() == entity_seq);
            self.findings.check(
                is_right,
                "row_is_its_history",
                table,
                || key,
                || {
                    let kept = kept.unwrap_or_default();
                    format!(
                        "stands at event {seq}, number {kept}; the last is {last}, {entity_seq}"
                    )
                },
            );
        }
        for ((kind, _, id), row) in self.rows {
            let last = self.partition.last_seq;
            let key = || format!("partition {}, {kind} {id}", self.partition.number);
            self.findings.check(row.seq <= last, "row_is_its_history", &row.table, key, || {
                format!("stands at event {}, the last of all is {last}", row.seq)
            });
        }
    }

    fn shelves(&mut self) {
        let account = self.partition.referee.account();
        for (store, sku, on_hand) in account.on_hand() {
            let row = self.rows.get(&("stock".to_owned(), store.to_owned(), sku.to_owned()));
            // A shelf that was only asked about has no row.
            let found = row.map_or(0, |row| row.units);
            let key = || format!("partition {}, stock {store} {sku}", self.partition.number);
            self.findings.check(found == on_hand, "row_is_its_history", "standing", key, || {
                format!("on_hand is {found}, its events come to {on_hand}")
            });
        }
    }

    fn reservations(&mut self) {
        let account = self.partition.referee.account();
        for (id, is_live, units) in account.reservations() {
            let key = self.key("reservation", id);
            let of = ("reservation".to_owned(), String::new(), id.to_owned());
            let Some(row) = self.rows.get(&of) else {
                self.findings.broken("entity_has_its_row", "state", key, "no row".to_owned());
                continue;
            };
            let is_right = row.is_live == is_live && (!is_live || row.units == units);
            self.findings.check(
                is_right,
                "row_is_its_history",
                &row.table,
                || key,
                || {
                    let (live, kept) = (row.is_live, row.units);
                    format!(
                        "live {live} with {kept} units; its events: live {is_live} with {units}"
                    )
                },
            );
        }
    }

    fn statuses(&mut self) {
        let account = self.partition.referee.account();
        for (id, state) in account.orders() {
            self.status("order", id, state);
        }
        for (id, state) in account.fulfillment_orders() {
            self.status("fulfillment_order", id, state);
        }
    }

    fn status(&mut self, kind: &str, id: &str, state: &str) {
        let Some(row) = self.rows.get(&(kind.to_owned(), String::new(), id.to_owned())) else {
            let key = self.key(kind, id);
            return self.findings.broken("entity_has_its_row", "state", key, "no row".to_owned());
        };
        let key = || format!("partition {}, {kind} {id}", self.partition.number);
        self.findings.check(row.status == state, "row_is_its_history", &row.table, key, || {
            format!("is {}, its events leave it {state}", row.status)
        });
    }

    fn wallets(&mut self) {
        let account = self.partition.referee.account();
        for (id, balance, coupons) in account.wallets() {
            let of = ("member".to_owned(), String::new(), id.to_owned());
            let Some(row) = self.rows.get(&of) else { continue };
            // What is owed stands beside the lots.
            let is_right = row.units == balance && row.coupons == coupons;
            let key = || format!("partition {}, member {id}", self.partition.number);
            self.findings.check(is_right, "row_is_its_history", &row.table, key, || {
                let (points, kept) = (row.units, row.coupons);
                format!("{points} points and {kept} coupons; its events: {balance} and {coupons}")
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_read_by_kind() {
        assert_eq!(figures("stock", &json!({"on_hand": -3})), (-3, 0));
        let reservation = json!({"kept": {"lines": [{"units": 2}, {"units": 3}]}});
        assert_eq!(figures("reservation", &reservation), (5, 0));
        let member = json!({"state": {"points": {"lots": [{"points": 7}]}, "coupons": {"a": {}}}});
        assert_eq!(figures("member", &member), (7, 1));
    }
}
