//! What the pages are built on: the types of the wire as TypeScript knows them, and how the pages
//! are handed out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at once")]

mod typescript;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

const FILE: &str = "web/src/wire.ts";

/// Every schema of the HTTP document and of the socket's frames.
fn schemas() -> BTreeMap<String, Value> {
    let document = serde_json::to_value(gateway::http::openapi()).unwrap();
    let http = document["components"]["schemas"].as_object().unwrap().clone();
    let frames = gateway::wire::socket::schemas();
    let frames = frames.into_iter().map(|(name, of)| (name, serde_json::to_value(of).unwrap()));
    http.into_iter().chain(frames).collect()
}

/// `UPDATE=1` writes them anew.
#[test]
fn the_types_of_the_pages_are_those_of_the_wire() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let made = typescript::module(&schemas());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == made, "{FILE} is stale: UPDATE=1 cargo test -p gateway --test pages");
}
