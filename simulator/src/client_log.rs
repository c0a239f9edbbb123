//! What clients write down: every command with its answer, every frame, one file of JSON lines for
//! each client, shoppers together in one. For whoever checks afterwards what was promised.
//!
//! Lines are gathered in memory and appended now and then; a file is never turned over, and one
//! that has grown too long ends with a line that says so. Where nothing can be written the run goes
//! on without.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::hash::Hasher;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHasher;
use serde_json::{Value, json};
use vocabulary::Clock;

use crate::doors::{Failure, Seat};
use crate::feed::{list, number, text};

/// Gathered of one client before its file is opened.
const GATHERED: usize = 64 * 1_024;
/// A file that is longer says that it is cut off.
const LONGEST: usize = 256 * 1_024 * 1_024;

/// A handle that everybody of a run shares; without a folder it writes nothing.
#[derive(Clone, Default)]
pub struct ClientLog {
    pen: Option<Rc<Pen>>,
}

struct Pen {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    pages: RefCell<BTreeMap<String, Page>>,
}

#[derive(Default)]
struct Page {
    lines: String,
    written: usize,
    is_full: bool,
}

/// The file that a seat writes, and its name in a line.
pub fn name_of(seat: Seat) -> (String, String) {
    match seat {
        Seat::Headquarters => same("headquarters".to_owned()),
        Seat::Provider => same("provider".to_owned()),
        Seat::Store(store) => same(format!("store-{store}")),
        Seat::Courier(courier) => same(format!("courier-{courier}")),
        Seat::Shopper(order) => ("shoppers".to_owned(), format!("shopper-{order}")),
    }
}

fn same(name: String) -> (String, String) {
    (name.clone(), name)
}

impl ClientLog {
    /// Writes into this folder, which is made where it is missing.
    pub fn into_folder(folder: &Path, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let pen = Pen { folder: folder.to_owned(), clock, pages: RefCell::default() };
        Ok(Self { pen: Some(Rc::new(pen)) })
    }

    /// Somebody is about to say this under a key.
    pub fn command(&self, seat: Seat, key: &str, path: &str, body: &str) {
        let digest = || {
            let mut hasher = FxHasher::default();
            hasher.write(body.as_bytes());
            format!("{:016x}", hasher.finish())
        };
        self.write(seat, || json!({"command": {"key": key, "path": path, "body": digest()}}));
    }

    /// And was answered; without an answer nobody knows what became of it.
    pub fn answer(&self, seat: Seat, key: &str, answer: &Result<Value, Failure>) {
        self.write(seat, || match answer {
            Ok(body) => json!({"answer": {"key": key, "ok": known_of(body)}}),
            Err(failure) if failure.retryable => json!({"answer": {"key": key, "lost": true}}),
            Err(failure) => json!({"answer": {"key": key, "refused": failure.code}}),
        });
    }

    /// A frame of a topic, as it came.
    pub fn frame(&self, seat: Seat, frame: &Value) {
        self.write(seat, || {
            let topic = frame.get("topic").unwrap_or(&Value::Null);
            let is_snapshot = text(frame, "type") == "snapshot";
            let body = frame.get(if is_snapshot { "state" } else { "change" });
            let body = body.unwrap_or(&Value::Null);
            let cards: Vec<Value> = list(body, "fulfillment_orders").iter().map(card).collect();
            json!({"frame": {
                "topic": format!("{} {}", text(topic, "kind"), text(topic, "id")),
                "epoch": number(frame, "epoch"), "seq": number(frame, "seq"),
                "snapshot": is_snapshot,
                "status": body.get("order").map_or("", |order| text(order, "status")),
                "cards": cards,
            }})
        });
    }

    /// Somebody who must be found nowhere but where people are kept.
    pub fn person(&self, name: &str, phone: &str, address: &str) {
        self.write(Seat::Provider, || json!({"person": [name, phone, address]}));
    }

    /// Writes what is gathered.
    pub fn flush(&self) {
        if let Some(pen) = &self.pen {
            pen.flush();
        }
    }

    fn write(&self, seat: Seat, line: impl FnOnce() -> Value) {
        let Some(pen) = &self.pen else { return };
        let (file, who) = name_of(seat);
        let mut line = line();
        if let Some(line) = line.as_object_mut() {
            line.insert("t".to_owned(), json!(pen.clock.now().as_millis()));
            line.insert("who".to_owned(), json!(who));
        }
        let mut pages = pen.pages.borrow_mut();
        let page = pages.entry(file.clone()).or_default();
        page.lines.push_str(&line.to_string());
        page.lines.push('\n');
        if page.lines.len() >= GATHERED {
            page.turn(&pen.folder, &file);
        }
    }
}

/// What an answer names and a database must know.
fn known_of(body: &Value) -> Value {
    let mut known = serde_json::Map::new();
    for name in ["order", "transfer", "seq"] {
        if let Some(value) = body.get(name).filter(|value| value.is_string() || value.is_number()) {
            known.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(known)
}

fn card(card: &Value) -> Value {
    json!([text(card, "fulfillment_order"), text(card, "status")])
}

impl Pen {
    fn flush(&self) {
        for (file, page) in self.pages.borrow_mut().iter_mut() {
            page.turn(&self.folder, file);
        }
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Page {
    fn turn(&mut self, folder: &Path, file: &str) {
        let lines = std::mem::take(&mut self.lines);
        if lines.is_empty() || self.is_full {
            return;
        }
        self.written += lines.len();
        self.is_full = self.written >= LONGEST;
        let path = folder.join(format!("{file}.jsonl"));
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        let last = if self.is_full { "{\"full\":true}\n" } else { "" };
        let appended = opened.and_then(|mut file| {
            file.write_all(lines.as_bytes()).and_then(|()| file.write_all(last.as_bytes()))
        });
        if let Err(error) = appended {
            self.is_full = true;
            eprintln!("{}: what this client says is not written down: {error}", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::{OrderId, Timestamp, VirtualClock};

    use super::*;

    #[test]
    fn each_client_has_a_file_and_shoppers_share_one() {
        let folder = std::env::temp_dir().join(format!("paidan-clients-{}", std::process::id()));
        let clock = Arc::new(VirtualClock::starting_at(Timestamp::from_millis(7)));
        let log = ClientLog::into_folder(&folder, clock).unwrap();
        log.command(Seat::Headquarters, "k", "/v1/x", "{}");
        let answer = json!({"order": "o", "shopper_token": "secret", "lines": []});
        log.answer(Seat::Headquarters, "k", &Ok(answer));
        let frame = json!({"type": "delta", "topic": {"kind": "order", "id": "o"}, "epoch": 1,
            "seq": 2, "change": {"order": {"status": "open"}}});
        for order in [1, 2] {
            log.frame(Seat::Shopper(OrderId::from_bits(order)), &frame);
        }
        drop(log);
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let (said, heard) = (read("headquarters.jsonl"), read("shoppers.jsonl"));
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(!said.contains("secret"), "{said}");
        assert_eq!((said.lines().count(), heard.lines().count()), (2, 2));
        assert!(said.contains(r#""ok":{"order":"o"}"#), "{said}");
        assert!(heard.contains(r#""topic":"order o""#) && heard.contains(r#""status":"open""#));
    }
}
