//! What the pages are built on: the types of the wire as TypeScript knows them, and how the pages
//! are handed out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at once")]

mod typescript;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use vocabulary::{CoordinateSystem, Place};

const FILE: &str = "web/src/wire.ts";
const PLACES: &str = "web/test/places.json";

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

/// Cities, both sides of the borders where the shift ends, and the far away.
const KNOWN: [(f64, f64); 16] = [
    (39.915, 116.404),
    (31.2304, 121.4737),
    (22.5431, 114.0579),
    (30.6, 114.3),
    (43.8256, 87.6168),
    (22.5282, 114.0619),
    (22.2855, 114.1577),
    (22.2006, 113.5461),
    (22.27, 113.53),
    (25.0330, 121.5654),
    (24.4363, 118.3171),
    (24.4798, 118.0894),
    (25.5, 119.8),
    (51.5074, -0.1278),
    (-33.8688, 151.2093),
    (0.0, 0.0),
];

/// The pages convert places by themselves: their test reads here what the server makes of these.
/// `UPDATE=1` writes them anew.
#[test]
fn the_pages_convert_places_as_the_server_does() {
    let rows = KNOWN.iter().map(|(lat, lon)| {
        let place = Place::new(*lat, *lon).unwrap();
        let pair = |system| <[f64; 2]>::from(place.in_system(system));
        let (gcj02, bd09) = (pair(CoordinateSystem::Gcj02), pair(CoordinateSystem::Bd09));
        serde_json::json!({ "wgs84": [lat, lon], "gcj02": gcj02, "bd09": bd09 }).to_string()
    });
    let made = format!("[\n  {}\n]\n", rows.collect::<Vec<_>>().join(",\n  "));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PLACES);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == made, "{PLACES} is stale: UPDATE=1 cargo test -p gateway --test pages");
}
