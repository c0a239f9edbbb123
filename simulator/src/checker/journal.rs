//! The journal from its first run to its last, partition by partition: one writer, no hole, and
//! every event seen by the partition's own referee.

use std::collections::BTreeMap;

use serde_json::Value;

use super::chain::{Anchors, Chain};
use super::dashed;
use super::findings::Findings;
use super::people::Canaries;
use super::rows::{Question, Row, RowsError, Snapshot};
use crate::feed::{Event, lines, list, number, text};
use crate::referee::Referee;

/// Partitions from here on are the members'.
const MEMBERS: u16 = 60_000;

const OWNERS: Question = Question {
    sqlite: "SELECT CAST(partition AS TEXT), CAST(epoch AS TEXT), CAST(last_seq AS TEXT), \
             lower(hex(chain)) FROM partition_owner ORDER BY partition",
    postgres: "SELECT partition::text, epoch::text, last_seq::text, encode(chain, 'hex') \
               FROM partition_owner ORDER BY partition_owner.partition",
};

/// In PostgreSQL a bare name in `ORDER BY` is the answer's column, and that is text: nine after ten.
const RUNS: Question = Question {
    sqlite: "SELECT CAST(partition AS TEXT), CAST(last_seq AS TEXT), CAST(epoch AS TEXT), events, \
             lower(hex(chain)) FROM event_run ORDER BY partition, last_seq",
    postgres: "SELECT partition::text, last_seq::text, epoch::text, events, encode(chain, 'hex') \
               FROM event_run ORDER BY event_run.partition, event_run.last_seq",
};

/// A letter leaves its outbox after it was carried out: in one snapshot it is here or there.
const LETTERS: Question = Question {
    sqlite: "SELECT CAST(partition AS TEXT), payload FROM outbox",
    postgres: "SELECT partition::text, payload::text FROM outbox",
};

/// An event as a run writes it: seq, entity kind, entity, entity seq, seq of the entity's event
/// before, at, principal, cause, trace, schema version, kind, payload.
type Line = (u64, String, String, u64, u64, i64, String, Value, Value, u32, String, Value);

/// What must be known of one partition's journal to judge the other tables.
pub struct Partition {
    pub number: u16,
    pub referee: Referee,
    pub epoch: u64,
    pub last_seq: u64,
    pub last_at_ms: i64,
    /// Stock moved by each event: by store and seq, units of each SKU.
    pub moved: BTreeMap<(String, u64), BTreeMap<String, i64>>,
    /// The last event of each entity.
    pub last_of: BTreeMap<(String, String), u64>,
    /// Orders that were ever placed, with all states each one went through and when first.
    pub order_states: BTreeMap<String, BTreeMap<&'static str, i64>>,
    last_epoch: u64,
    ended_run: u64,
    chain: Chain,
    /// As its owner's row says.
    owned_chain: String,
}

pub struct Journal {
    pace: f64,
    pub partitions: BTreeMap<u16, Partition>,
}

impl Journal {
    pub fn new(pace: f64) -> Self {
        Self { pace, partitions: BTreeMap::new() }
    }

    pub async fn read(
        &mut self,
        snapshot: &mut Snapshot,
        canaries: &mut Canaries,
        anchors: &mut Anchors,
        findings: &mut Findings,
    ) -> Result<(), RowsError> {
        let pace = self.pace;
        let partitions = &mut self.partitions;
        snapshot
            .each(&OWNERS, |row| {
                let number = u16::try_from(row.seq(0)).unwrap_or_default();
                let mut partition = Partition::new(number, pace);
                (partition.epoch, partition.last_seq) = (row.seq(1), row.seq(2));
                row.text(3).clone_into(&mut partition.owned_chain);
                partitions.insert(number, partition);
            })
            .await?;
        snapshot
            .each(&RUNS, |row| {
                let number = u16::try_from(row.seq(0)).unwrap_or_default();
                canaries.search("event_run", || format!("{number}, {}", row.seq(1)), row.text(3));
                let partition =
                    partitions.entry(number).or_insert_with(|| Partition::new(number, pace));
                let events = partition.run(&row, findings);
                anchors.pass(Some(number), row.seq(1), row.text(4), findings);
                // What cities' orders took from members is held against what members say of them.
                if number >= MEMBERS {
                    for city in partitions.values_mut().filter(|known| !known.is_of_members()) {
                        events.iter().for_each(|event| city.referee.see_member(event));
                    }
                }
            })
            .await?;
        snapshot
            .each(&LETTERS, |row| {
                let number = u16::try_from(row.seq(0)).unwrap_or_default();
                let Some(from) = partitions.get_mut(&number) else { return };
                let letter = serde_json::from_str(row.text(1)).unwrap_or_default();
                orders_in(&letter, &mut |order| from.referee.on_the_way(order.to_owned()));
            })
            .await?;
        for (number, partition) in &self.partitions {
            let (recorded, owned) = (partition.ended_run, partition.last_seq);
            let key = || format!("partition {number}");
            findings.check(
                recorded == owned,
                "owner_knows_the_last",
                "partition_owner",
                key,
                || format!("last_seq is {owned}, the last event is {recorded}"),
            );
            let (told, owned) = (partition.chain.told(), &partition.owned_chain);
            findings.check(told == *owned, "owner_knows_the_chain", "partition_owner", key, || {
                format!("its chain is {owned:?}, that of the last run {told:?}")
            });
        }
        Ok(())
    }

    /// What the referees found, once nothing more is to be seen. What the cities' say of members, the
    /// members' own has said.
    pub fn finish(&mut self, findings: &mut Findings) {
        let mut told = BTreeMap::new();
        for (number, partition) in self.partitions.iter_mut().rev() {
            let referee = &mut partition.referee;
            if *number < MEMBERS {
                referee.finish(partition.last_at_ms);
            }
            referee.close(partition.last_at_ms);
            for (rule, looks) in referee.looks() {
                let before = told.get(rule).copied().unwrap_or_default();
                findings.looked(rule, looks.saturating_sub(before));
            }
            if *number >= MEMBERS {
                told.extend(referee.looks().iter().map(|(rule, looks)| (*rule, *looks)));
            }
            for violation in referee.findings().violations {
                let key = format!("partition {number}, {}", violation.subject);
                findings.broken(&violation.rule, "event_run", key, violation.detail);
            }
        }
    }

    /// The state of an order in whichever city it is.
    pub fn order_states(&self, order: &str) -> Option<&BTreeMap<&'static str, i64>> {
        self.partitions.values().find_map(|partition| partition.order_states.get(order))
    }
}

impl Partition {
    fn new(number: u16, pace: f64) -> Self {
        Self {
            number,
            referee: Referee::at_pace(0, pace),
            epoch: 0,
            last_seq: 0,
            last_at_ms: 0,
            moved: BTreeMap::new(),
            last_of: BTreeMap::new(),
            order_states: BTreeMap::new(),
            last_epoch: 0,
            ended_run: 0,
            chain: Chain::default(),
            owned_chain: String::new(),
        }
    }

    pub fn is_of_members(&self) -> bool {
        self.number >= MEMBERS
    }

    /// Sees a run; gives back its events.
    fn run(&mut self, row: &Row, findings: &mut Findings) -> Vec<Event> {
        let (number, last_seq, epoch) = (self.number, row.seq(1), row.seq(2));
        let key = || format!("{number}, {last_seq}");
        let before = self.last_epoch;
        findings.check(epoch >= before, "epochs_never_go_back", "event_run", key, || {
            format!("epoch {epoch} follows epoch {before}: a writer whose time was over")
        });
        let owner = self.epoch;
        findings.check(epoch <= owner, "epoch_is_its_owners", "event_run", key, || {
            format!("epoch {epoch}, the owner's is {owner}")
        });
        self.last_epoch = self.last_epoch.max(epoch);
        let ends = [epoch.to_be_bytes(), last_seq.to_be_bytes()];
        let [epoch, ends] = &ends;
        let parts = [&number.to_be_bytes()[..], epoch, ends, row.text(3).as_bytes()];
        let follows = self.chain.follow(&parts, row.text(4));
        findings.check(follows.is_ok(), "run_follows_its_chain", "event_run", key, || {
            let expected = follows.as_ref().err().cloned().unwrap_or_default();
            format!("changed, or not after the run before it: {expected} would follow")
        });
        let events: Vec<Line> = match serde_json::from_str(row.text(3)) {
            Ok(events) => events,
            Err(error) => {
                findings.broken("run_is_readable", "event_run", key(), error.to_string());
                return Vec::new();
            }
        };
        findings.looked("run_is_readable", 1);
        let last = events.last().map_or(0, |line| line.0);
        findings.check(last == last_seq, "run_ends_with_its_key", "event_run", key, || {
            format!("its last event is {last}")
        });
        self.ended_run = last_seq;
        events.into_iter().map(|line| self.line(line, findings)).collect()
    }

    fn line(&mut self, line: Line, findings: &mut Findings) -> Event {
        let (seq, entity_kind, entity, entity_seq, previous, at_ms, by, cause, _, _, kind, body) =
            line;
        let entity = dashed(&entity);
        let number = self.number;
        let key = || format!("partition {number}, event {seq} ({kind})");
        let named = (entity_kind.clone(), entity.clone());
        let before = self.last_of.insert(named, seq).unwrap_or_default();
        findings.check(previous == before, "event_names_the_one_before", "event_run", key, || {
            format!("names {previous} as the one before, that was {before}")
        });
        let is_signed = !by.is_empty() && cause.is_string();
        findings.check(is_signed, "event_names_its_doer", "event_run", key, || {
            format!("done by {by:?} because of {cause}")
        });
        if is_manual(&entity_kind, &kind) {
            let is_named = by.starts_with("principal:");
            findings.check(is_named, "manual_names_a_person", "event_run", key, || {
                format!("a person's deed, signed by {by:?}")
            });
        }
        self.last_at_ms = self.last_at_ms.max(at_ms);
        let event = Event { seq, entity_kind, entity, entity_seq, at_ms, kind, body };
        self.follow(&event);
        if self.is_of_members() {
            self.referee.see_member(&event);
        } else {
            self.referee.see(&event);
        }
        event
    }

    /// What other tables are held against, beside what the referee keeps.
    fn follow(&mut self, event: &Event) {
        match event.entity_kind.as_str() {
            "inventory" => {
                let moved = movements(event);
                if !moved.is_empty() {
                    self.moved.insert((event.entity.clone(), event.seq), moved);
                }
            }
            "order" => {
                if let Some(state) = order_state(&event.kind) {
                    let states = self.order_states.entry(event.entity.clone()).or_default();
                    states.entry(state).or_insert(event.at_ms);
                }
            }
            _ => {}
        }
    }
}

/// The orders that a letter's errands name, however deep.
fn orders_in(letter: &Value, each: &mut impl FnMut(&str)) {
    match letter {
        Value::Array(items) => items.iter().for_each(|item| orders_in(item, each)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(order) if name == "order" => each(order),
                    _ => orders_in(value, each),
                }
            }
        }
        _ => {}
    }
}

/// Deeds that only a person or a person's device does.
fn is_manual(entity_kind: &str, kind: &str) -> bool {
    matches!(
        (entity_kind, kind),
        ("inventory", "stock_counted" | "sold_at_till")
            | ("store", "store_configured" | "picking_started")
            | ("courier", "configured")
    )
}

/// The state in which an event leaves its order, as doors name it.
fn order_state(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "order_placed" | "order_replanned" => "placing",
        "holds_confirmed" => "pending_payment",
        "order_opened" => "open",
        "order_suspended" => "on_hold",
        "order_refused" => "refused",
        "order_expired" => "expired",
        "order_cancelled" => "cancelled",
        "order_completed" => "completed",
        _ => return None,
    })
}

/// How an event moves on-hand, by SKU. Nothing that comes to nothing.
fn movements(event: &Event) -> BTreeMap<String, i64> {
    let mut moved: BTreeMap<String, i64> = BTreeMap::new();
    let mut add = |sku: &str, units: i64| *moved.entry(sku.to_owned()).or_default() += units;
    let says = |field: &str| event.body.get(field).and_then(Value::as_bool) == Some(true);
    match event.kind.as_str() {
        "reservation_consumed" | "transfer_shipped" => {
            event.lines("lines").iter().for_each(|line| add(&line.sku, -line.units));
        }
        "stock_corrected" | "stock_adjusted" | "stock_counted" => {
            add(event.text("sku"), event.number("delta"));
        }
        "sold_at_till" if !says("counted_since") => {
            add(event.text("sku"), -event.number("units"));
        }
        "goods_came_back" if says("sellable") => add(event.text("sku"), event.number("units")),
        "transfer_received" => {
            let receipt = event.body.get("receipt").unwrap_or(&Value::Null);
            lines(receipt, "lines").iter().for_each(|line| add(&line.sku, line.units));
            for found in list(receipt, "discrepancies") {
                if text(found, "reason") == "surplus" {
                    add(text(found, "sku"), number(found, "units"));
                }
            }
        }
        _ => {}
    }
    moved.retain(|_, units| *units != 0);
    moved
}
