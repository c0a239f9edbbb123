//! A house with a road file.

use axum::body::Bytes;
use axum::http::{Method, Request, header};
use gateway::Config;
use gateway::serve::House;
use serde_json::{Value, json};

use crate::given::Given;

/// A primary and a residential street that meet, in the middle of Wuhan.
fn road_file(folder: &std::path::Path) -> String {
    let street = |class: &str, name: &str, line: Value| {
        json!({
            "type": "Feature",
            "properties": { "highway": class, "name": name },
            "geometry": { "type": "LineString", "coordinates": line },
        })
    };
    let file = json!({ "type": "FeatureCollection", "features": [
        street("primary", "珞喻路", json!([[114.30, 30.60], [114.31, 30.60]])),
        street("residential", "小巷", json!([[114.31, 30.60], [114.31, 30.61]])),
    ]});
    let path = folder.join("roads.geojson");
    std::fs::write(&path, file.to_string()).unwrap();
    format!("roads = \"{}\"\nmap_attribution = \"© 某图 审图号\"", path.display())
}

async fn get(given: &Given, path: &str) -> (axum::http::response::Parts, Bytes) {
    given.whole(Request::get("/"), path, String::new()).await
}

#[tokio::test]
async fn maps_draw_the_road_file_main_streets_first_and_all_in_tiles() {
    let folder = tempfile::tempdir().unwrap();
    let given = Given::shop_with(&road_file(folder.path())).await;
    let (head, text) = get(&given, "/v1/streets").await;
    let overview: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(overview["attribution"], "© 某图 审图号");
    assert_eq!(overview["bounds"], json!([[114.3, 30.6], [114.31, 30.61]]));
    let names = |document: &Value| {
        let features = document["features"].as_array().unwrap().clone();
        let names = features.into_iter().map(|known| known["properties"]["name"].to_string());
        names.collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(names(&overview), 1);
    assert!(head.headers.get(header::CONTENT_ENCODING).is_none());

    let zoom = overview["tile_zoom"].as_u64().unwrap();
    let side = (1_u64 << zoom) as f64;
    let x = ((114.305 + 180.0) / 360.0 * side) as u64;
    let sine = 30.6_f64.to_radians().sin();
    let y =
        ((0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI)) * side) as u64;
    let (head, text) = get(&given, &format!("/v1/streets/{zoom}/{x}/{y}")).await;
    assert_eq!(head.status, 200);
    assert_eq!(names(&serde_json::from_slice(&text).unwrap()), 2);
    let tag = head.headers[header::ETAG].to_str().unwrap().to_owned();
    let known = Request::get("/").header("if-none-match", tag);
    let (head, _) = given.whole(known, &format!("/v1/streets/{zoom}/{x}/{y}"), String::new()).await;
    assert_eq!(head.status, 304);
    let packed = Request::get("/").header("accept-encoding", "gzip");
    let (head, text) = given.whole(packed, "/v1/streets", String::new()).await;
    assert_eq!(head.headers[header::CONTENT_ENCODING], "gzip");
    assert!(text.starts_with(&[0x1f, 0x8b]));

    let (_, text) = get(&given, &format!("/v1/streets/{zoom}/0/0")).await;
    assert_eq!(serde_json::from_slice::<Value>(&text).unwrap()["features"], json!([]));
    let other = given.ask(Method::GET, "/v1/streets/3/0/0", None, None, String::new()).await;
    other.refused(404, "not_found");
    let laid = given.hq_put("/v1/streets", json!({"type": "FeatureCollection", "features": []}));
    laid.await.refused(422, "invalid_value");
}

#[tokio::test]
async fn a_road_file_that_cannot_be_used_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings = |roads: &str| {
        let text =
            format!("listen = \"127.0.0.1:0\"\ndata = \"{}\"\nroads = \"{roads}\"", data.display());
        Config::from_toml(&text).unwrap()
    };
    let path = folder.path().join("roads.osm.pbf");
    let refused = House::open(settings(&path.display().to_string())).await.map(|_| ());
    assert!(refused.unwrap_err().to_string().contains("roads.osm.pbf"));
    std::fs::write(&path, "no roads").unwrap();
    let refused = House::open(settings(&path.display().to_string())).await.map(|_| ());
    assert!(refused.unwrap_err().to_string().contains("neither OSM PBF nor GeoJSON"));
    assert!(!data.exists());
}
