//! The streets as the GeoJSON that maps draw.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vocabulary::Place;

use super::{Block, StreetClass, StreetMap};

/// Stretches of a street that end within this many metres of where the next begins are one line.
const SAME_SPOT_M: f64 = 0.5;

impl StreetMap {
    /// Each street as few lines as it has parts, and the river under its own class.
    pub fn geojson(&self) -> Value {
        let mut by_street = BTreeMap::<u32, Vec<&Block>>::new();
        for block in &self.blocks {
            by_street.entry(block.street).or_default().push(block);
        }
        let mut features = vec![line(&self.river.name, "water", &self.river.course)];
        for (street, mut blocks) in by_street {
            let Some(known) = self.streets.get(street as usize) else { continue };
            blocks.sort_by(|one, other| one.begins_at_m.total_cmp(&other.begins_at_m));
            let lines = self.joined(&blocks);
            features
                .extend(lines.iter().map(|course| line(&known.name, word(known.class), course)));
        }
        json!({"type": "FeatureCollection", "features": features})
    }

    /// Stretches that follow each other along their street, as one course each.
    fn joined(&self, blocks: &[&Block]) -> Vec<Vec<Place>> {
        let mut courses: Vec<Vec<Place>> = Vec::new();
        let mut ended_at = f64::NEG_INFINITY;
        for block in blocks {
            let Some((from, to)) = self.ends(block) else { continue };
            match courses.last_mut() {
                Some(course)
                    if (block.begins_at_m - ended_at).abs() < SAME_SPOT_M
                        && course.last() == Some(&from) =>
                {
                    course.push(to);
                }
                Some(_) | None => courses.push(vec![from, to]),
            }
            ended_at = block.begins_at_m + block.length_m;
        }
        courses
    }
}

fn word(class: StreetClass) -> &'static str {
    match class {
        StreetClass::Ring => "ring",
        StreetClass::Avenue => "avenue",
        StreetClass::Street => "street",
        StreetClass::Lane => "lane",
    }
}

fn line(name: &str, class: &str, course: &[Place]) -> Value {
    let points: Vec<[f64; 2]> = course
        .iter()
        .map(|place| [rounded(place.longitude()), rounded(place.latitude())])
        .collect();
    json!({
        "type": "Feature",
        "properties": {"name": name, "class": class},
        "geometry": {"type": "LineString", "coordinates": points},
    })
}

/// To about ten centimetres: nobody sees more on a map.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use vocabulary::Chance;

    use super::*;

    #[test]
    fn every_stretch_is_drawn_once() {
        let centre = Place::new(30.6, 114.3).unwrap();
        let map = StreetMap::lay_out(centre, 2_000.0, &mut Chance::from_seed(7));
        let drawn = map.geojson();
        let features = drawn["features"].as_array().unwrap();
        let stretches = features
            .iter()
            .skip(1)
            .map(|feature| feature["geometry"]["coordinates"].as_array().unwrap().len() - 1);
        assert_eq!(stretches.sum::<usize>(), map.blocks.len());
        assert!(features.len() < map.blocks.len(), "{} lines", features.len());
        assert_eq!(features[0]["properties"]["class"], "water");
    }
}
