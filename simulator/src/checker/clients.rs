//! What clients wrote down, held against each other and against the database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::CheckError;
use super::findings::Findings;
use super::journal::Journal;
use super::people::Canaries;
use super::rows::{Question, RowsError, Snapshot};
use crate::referee::{Frame, FrameKind, Referee};

const ANSWERS: Question = Question {
    sqlite: "SELECT CAST(partition AS TEXT), CAST(seq AS TEXT), scope, key, result, \
             CAST(at AS TEXT) FROM idempotency",
    postgres: "SELECT partition::text, seq::text, scope::text, key::text, result::text, at::text \
               FROM idempotency",
};

/// Between a client's clock and the server's, by the wall's.
const CLOCKS_APART_MS: f64 = 100.0;

/// A line of a client's file; those of other kinds are none of ours.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    t: i64,
    #[serde(default)]
    who: String,
    command: Option<Said>,
    answer: Option<Heard>,
    frame: Option<Shown>,
    #[serde(default)]
    person: Vec<String>,
}

#[derive(Deserialize)]
struct Said {
    key: String,
    path: String,
    body: String,
}

#[derive(Deserialize)]
struct Heard {
    key: String,
    ok: Option<Value>,
    refused: Option<String>,
}

#[derive(Deserialize)]
struct Shown {
    topic: String,
    epoch: i64,
    seq: i64,
    snapshot: bool,
    #[serde(default)]
    status: String,
}

struct Reply {
    who: String,
    at_ms: i64,
    /// What the answer names; or the refusal's code.
    words: Result<Value, String>,
}

#[derive(Default)]
pub struct Clients {
    /// By client and key: the words that it was used for.
    said: BTreeMap<(String, String), BTreeSet<(String, String)>>,
    replies: BTreeMap<(String, String), Vec<Reply>>,
    /// In the order of each file.
    frames: Vec<(String, i64, Shown)>,
    people: BTreeSet<String>,
}

/// One answer that the house recorded.
struct Recorded {
    partition: u16,
    scope: String,
    seq: u64,
    is_ok: bool,
    order: Option<String>,
}

pub struct Answers {
    by_key: BTreeMap<String, Vec<Recorded>>,
    /// What was answered before may have been forgotten since.
    oldest_ms: Option<i64>,
}

impl Clients {
    /// Reads every file of the folder. A last line that is cut off is the end of a killed client.
    pub fn read(folder: &Path, findings: &mut Findings) -> Result<Self, CheckError> {
        let failed = |source| CheckError::File { what: folder.display().to_string(), source };
        let mut clients = Self::default();
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            paths.push(entry.map_err(failed)?.path());
        }
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "jsonl")) {
            let text = std::fs::read_to_string(path)
                .map_err(|source| CheckError::File { what: path.display().to_string(), source })?;
            for line in text.lines() {
                if let Ok(line) = serde_json::from_str::<Line>(line) {
                    clients.take(line);
                }
            }
        }
        for ((who, key), words) in &clients.said {
            findings.check(
                words.len() == 1,
                "same_key_same_words",
                "clients",
                || format!("{who}, {key}"),
                || format!("was used for {words:?}"),
            );
        }
        Ok(clients)
    }

    fn take(&mut self, line: Line) {
        let Line { t, who, command, answer, frame, person } = line;
        self.people.extend(person);
        if let Some(Said { key, path, body }) = command {
            self.said.entry((who.clone(), key)).or_default().insert((path, body));
        }
        if let Some(Heard { key, ok, refused }) = answer {
            let words = match (ok, refused) {
                (Some(ok), _) => Ok(ok),
                (None, Some(code)) => Err(code),
                // Nobody knows what became of it.
                (None, None) => return,
            };
            let reply = Reply { who: who.clone(), at_ms: t, words };
            self.replies.entry((who.clone(), key)).or_default().push(reply);
        }
        if let Some(shown) = frame {
            self.frames.push((who, t, shown));
        }
    }

    pub fn people(&self) -> impl Iterator<Item = String> {
        self.people.iter().cloned()
    }

    pub fn check(&self, answers: &Answers, journal: &Journal, pace: f64, findings: &mut Findings) {
        for (by, replies) in &self.replies {
            same_answer(&by.1, replies, findings);
            if let Some(reply) = replies.first() {
                answers.hold(&by.1, reply, self.path_of(by), journal, findings);
            }
        }
        self.pushes(pace, findings);
        self.pictures(journal, pace, findings);
    }

    fn path_of(&self, by: &(String, String)) -> &str {
        let words = self.said.get(by).and_then(BTreeSet::first);
        words.map_or("", |(path, _)| path.as_str())
    }

    /// The referee's own rule of pushes, for each client's picture of each topic.
    fn pushes(&self, pace: f64, findings: &mut Findings) {
        let mut referee = Referee::at_pace(0, pace);
        for (who, at_ms, shown) in &self.frames {
            let kind = if shown.snapshot { FrameKind::Snapshot } else { FrameKind::Delta };
            let screen = format!("{who}, {}", shown.topic);
            let frame = Frame { screen, epoch: shown.epoch, seq: shown.seq, kind };
            referee.pushed(&frame, *at_ms);
        }
        for (rule, looks) in referee.looks() {
            findings.looked(rule, *looks);
        }
        for violation in referee.findings().violations {
            findings.broken(&violation.rule, "clients", violation.subject, violation.detail);
        }
    }

    /// What was shown had been recorded, and nobody's order goes back to an earlier state.
    fn pictures(&self, journal: &Journal, pace: f64, findings: &mut Findings) {
        let newest = journal.partitions.values().map(|known| known.epoch).max().unwrap_or_default();
        let mut reached: BTreeMap<(&str, &str), u8> = BTreeMap::new();
        // A client's clock is behind the server's by as long as it took to ask for the time.
        let behind_ms = (pace * CLOCKS_APART_MS) as i64;
        for (who, at_ms, shown) in &self.frames {
            let Shown { topic, epoch, seq, status, .. } = shown;
            let key = || format!("{who}, {topic}, ({epoch}, {seq})");
            let was_begun = epoch.unsigned_abs() <= newest;
            findings.check(was_begun, "epoch_was_begun", "clients", key, || {
                format!("the newest epoch that was ever claimed is {newest}")
            });
            let Some(order) = topic.strip_prefix("order ").filter(|_| !status.is_empty()) else {
                continue;
            };
            let known = journal.order_states(order);
            let reached_ms = known.and_then(|states| states.get(status.as_str()));
            let was = reached_ms.is_some_and(|reached| *reached <= *at_ms + behind_ms);
            findings.check(was, "pushed_was_recorded", "clients", key, || {
                format!("shows the order {status} at {at_ms}, recorded are {known:?}")
            });
            let before = reached.entry((who, topic)).or_default();
            let (was, is) = (*before, rank(status));
            findings.check(is >= was, "picture_never_goes_back", "clients", key, || {
                format!("shows the order {status} after a later state")
            });
            *before = was.max(is);
        }
    }
}

/// How far an order has come; it may be held and go on.
fn rank(status: &str) -> u8 {
    match status {
        "placing" => 0,
        "pending_payment" => 1,
        "open" | "on_hold" => 2,
        _ => 3,
    }
}

fn same_answer(key: &str, replies: &[Reply], findings: &mut Findings) {
    let Some(first) = replies.first() else { return };
    let differs = replies.iter().find(|reply| reply.words != first.words);
    findings.check(
        differs.is_none(),
        "same_key_same_answer",
        "clients",
        || key.to_owned(),
        || {
            let other = differs.map(|reply| (&reply.who, &reply.words));
            format!("{} heard {:?}, and {other:?}", first.who, first.words)
        },
    );
}

/// Reads the answers that the house recorded.
pub async fn answers(
    snapshot: &mut Snapshot,
    journal: &Journal,
    canaries: &mut Canaries,
    findings: &mut Findings,
) -> Result<Answers, RowsError> {
    let mut answers = Answers { by_key: BTreeMap::new(), oldest_ms: None };
    snapshot
        .each(&ANSWERS, |row| {
            let (scope, key) = (row.text(2).to_owned(), said_under(row.text(2), row.text(3)));
            let place = || format!("{}, {scope}, {}", row.text(0), row.text(3));
            canaries.search("idempotency", place, row.text(4));
            let result: Value = serde_json::from_str(row.text(4)).unwrap_or(Value::Null);
            let ok = result.get("Ok");
            let order = ok.and_then(|ok| ok.pointer("/placed/order")).and_then(Value::as_str);
            let recorded = Recorded {
                partition: u16::try_from(row.seq(0)).unwrap_or_default(),
                seq: row.seq(1),
                is_ok: ok.is_some(),
                order: order.map(str::to_owned),
                scope: scope.clone(),
            };
            let at_ms = row.number(5);
            answers.oldest_ms = Some(answers.oldest_ms.map_or(at_ms, |oldest| oldest.min(at_ms)));
            let last =
                journal.partitions.get(&recorded.partition).map_or(0, |known| known.last_seq);
            let is_past = recorded.seq <= last;
            findings.check(is_past, "answer_has_its_effect", "idempotency", place, || {
                format!("answers event {}, the last is {last}", recorded.seq)
            });
            if let Some(order) = &recorded.order {
                let is_there = journal.order_states(order).is_some();
                findings.check(is_there, "answer_has_its_effect", "idempotency", place, || {
                    format!("placed order {order}, which no event placed")
                });
            }
            let of_key = answers.by_key.entry(key.to_owned()).or_default();
            let is_first = of_key.iter().all(|other| {
                (other.partition, &other.scope) != (recorded.partition, &recorded.scope)
            });
            // A payment's provider speaks of one payment more than once, under numbers of its own.
            let is_first = is_first || scope.starts_with("webhook/");
            findings.check(is_first, "recorded_once", "idempotency", place, || {
                "the key was carried out twice".to_owned()
            });
            of_key.push(recorded);
        })
        .await?;
    Ok(answers)
}

/// The client's own key: a provider of payments wraps it, `sandbox-<payment>-<key>/<number>`.
fn said_under<'a>(scope: &str, key: &'a str) -> &'a str {
    if !scope.starts_with("webhook/") {
        return key;
    }
    let inner = key.split_once('-').and_then(|(_, rest)| rest.get(37..));
    inner.and_then(|rest| rest.rsplit_once('/')).map_or(key, |(inner, _)| inner)
}

impl Answers {
    /// What a client heard under a key is what the house recorded.
    fn hold(
        &self,
        key: &str,
        reply: &Reply,
        path: &str,
        journal: &Journal,
        findings: &mut Findings,
    ) {
        let none = Vec::new();
        let recorded = self.by_key.get(key).unwrap_or(&none);
        let name = || format!("{key} ({path})");
        match &reply.words {
            Ok(words) => {
                if recorded.is_empty() && self.oldest_ms.is_some_and(|at| reply.at_ms < at) {
                    return;
                }
                let is_there = recorded.iter().any(|known| known.is_ok);
                findings.check(is_there, "acknowledged_is_recorded", "idempotency", name, || {
                    format!("{} heard that it is done; no such answer is recorded", reply.who)
                });
                if let Some(order) = words.get("order").and_then(Value::as_str) {
                    let is_there = journal.order_states(order).is_some();
                    findings.check(is_there, "acknowledged_is_recorded", "event_run", name, || {
                        format!("{} heard of order {order}, which no event placed", reply.who)
                    });
                }
            }
            Err(code) => {
                let did = recorded.iter().find(|known| known.is_ok);
                findings.check(did.is_none(), "refused_had_no_effect", "idempotency", name, || {
                    let seq = did.map_or(0, |known| known.seq);
                    format!("{} heard {code}, and it was done by event {seq}", reply.who)
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_key_is_the_clients_own() {
        let payment = "01a20715-9b32-7000-8451-026422749249";
        let wrapped = format!("sandbox-{payment}-run-1-17-229/1");
        assert_eq!(said_under("webhook/sandbox", &wrapped), "run-1-17-229");
        assert_eq!(said_under("1/x", "run-1-17-229"), "run-1-17-229");
        assert_eq!(said_under("webhook/other", "short"), "short");
    }
}
