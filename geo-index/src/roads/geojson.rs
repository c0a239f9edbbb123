//! GeoJSON lines with OSM's tags as properties.
//!
//! Lines have no nodes of their own: two that share a place, to OSM's own 1e-7 degrees, meet there.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use vocabulary::Place;

use super::map::{Gathered, RoadError, RoadMap, Tags};

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Option<BTreeMap<String, Value>>,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Value,
}

impl Tags for BTreeMap<String, Value> {
    fn tag(&self, name: &str) -> Option<&str> {
        let value = self.get(name).or_else(|| match name {
            "highway" => self.get("class"),
            _ => None,
        });
        value.and_then(Value::as_str)
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<RoadMap, RoadError> {
    let collection: Collection =
        serde_json::from_slice(bytes).map_err(|error| RoadError::Format(error.to_string()))?;
    let mut gathered = Gathered::new();
    for feature in collection.features {
        let (Some(tags), Some(geometry)) = (feature.properties, feature.geometry) else { continue };
        if geometry.kind != "LineString" {
            continue;
        }
        let line: Vec<(f64, f64)> = serde_json::from_value(geometry.coordinates)
            .map_err(|error| RoadError::Format(format!("a LineString's coordinates: {error}")))?;
        let places: Vec<_> = line
            .into_iter()
            .filter_map(|(longitude, latitude)| Place::new(latitude, longitude).ok())
            .map(|place| (key(place), place))
            .collect();
        for &(key, place) in &places {
            gathered.node(key, place);
        }
        gathered.way(&tags, places.iter().map(|(key, _)| *key));
    }
    gathered.finish()
}

fn key(place: Place) -> (i64, i64) {
    let whole = |degrees: f64| (degrees * 1e7).round() as i64;
    (whole(place.latitude()), whole(place.longitude()))
}
