//! The operator's road file: travel times for the cities, streets for the maps.
//!
//! The file is read once, before the doors open, and a file that cannot be used stops the start.
//! What searches need is made of it on a thread of its own while the city already serves; until
//! then, and wherever the file says nothing, travel is a straight line.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use flate2::read::GzDecoder;
use geo_index::{RoadMap, RoadNetwork, StraightLine, Travel, TravelMode, TravelTable, TravelTime};
use vocabulary::{Place, Timestamp};

use crate::error::Error;
use crate::streets::RoadStreets;

/// The streets of a file.
#[derive(Debug)]
pub struct Roads(RoadMap);

impl Roads {
    /// Reads OSM PBF or GeoJSON, that also compressed with gzip. Blocks as long as it takes.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::File { path: path.into(), source };
        let mut bytes = std::fs::read(path).map_err(failed)?;
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).map_err(failed)?;
            bytes = plain;
        }
        let began = Instant::now();
        let map =
            RoadMap::read(&bytes).map_err(|source| Error::Roads { path: path.into(), source })?;
        let (ways, took_ms) = (map.way_count(), began.elapsed().as_millis() as u64);
        tracing::info!(path = %path.display(), ways, took_ms, "the road file is read");
        Ok(Self(map))
    }

    /// What maps draw of it.
    pub(crate) fn streets(&self, attribution: &str) -> RoadStreets {
        RoadStreets::of(&self.0, attribution)
    }

    /// Travel over these streets, as soon as they are prepared.
    pub fn prepare(self) -> RoadTravel {
        let travel = RoadTravel::default();
        let network = Arc::clone(&travel.network);
        let preparing = move || {
            let began = Instant::now();
            match RoadNetwork::of(&self.0, StraightLine::default()) {
                Ok(roads) => {
                    let took_ms = began.elapsed().as_millis() as u64;
                    for figures in roads.figures() {
                        tracing::info!(?figures, "roads of one mode are prepared");
                    }
                    tracing::info!(took_ms, "travel times follow the roads from here on");
                    let _ = network.set(roads);
                }
                Err(error) => tracing::error!(%error, "travel stays a straight line"),
            }
        };
        if let Err(error) = std::thread::Builder::new().name("roads".to_owned()).spawn(preparing) {
            tracing::error!(%error, "roads cannot be prepared: travel stays a straight line");
        }
        travel
    }
}

/// Travel by road once the roads are prepared, in a straight line until then and without a file.
#[derive(Debug, Clone, Default)]
pub struct RoadTravel {
    line: StraightLine,
    network: Arc<OnceLock<RoadNetwork>>,
}

impl RoadTravel {
    fn now(&self) -> &dyn TravelTime {
        match self.network.get() {
            Some(roads) => roads,
            None => &self.line,
        }
    }
}

impl TravelTime for RoadTravel {
    fn travel(&self, from: Place, to: Place, mode: TravelMode, at: Timestamp) -> Travel {
        self.now().travel(from, to, mode, at)
    }

    fn table(&self, from: &[Place], to: &[Place], mode: TravelMode, at: Timestamp) -> TravelTable {
        self.now().table(from, to, mode, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = r#"{"features": [
        {"properties": {"highway": "primary"}, "geometry": {"type": "LineString",
         "coordinates": [[114.0, 22.5], [114.01, 22.5], [114.01, 22.51], [114.0, 22.51], [114.0, 22.5]]}}
    ]}"#;

    #[test]
    fn a_file_is_read_as_it_is_and_compressed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roads.geojson");
        std::fs::write(&path, SQUARE).unwrap();
        let plain = Roads::open(&path).unwrap();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, SQUARE.as_bytes()).unwrap();
        std::fs::write(&path, packed.finish().unwrap()).unwrap();
        assert_eq!(Roads::open(&path).unwrap().0, plain.0);
        std::fs::write(&path, "no roads").unwrap();
        let refused = Roads::open(&path).unwrap_err().to_string();
        assert!(refused.contains("roads.geojson cannot be used"), "{refused}");
    }

    #[test]
    fn travel_is_straight_until_the_roads_are_prepared() {
        let map = RoadMap::read(SQUARE.as_bytes()).unwrap();
        let travel = RoadTravel::default();
        let from = Place::new(22.5, 114.0).unwrap();
        let to = Place::new(22.51, 114.01).unwrap();
        let ask = || travel.travel(from, to, TravelMode::Ebike, Timestamp::from_millis(0));
        assert_eq!(
            ask(),
            travel.line.travel(from, to, TravelMode::Ebike, Timestamp::from_millis(0))
        );
        let straight = ask();
        travel.network.set(RoadNetwork::of(&map, travel.line).unwrap()).unwrap();
        assert!(ask() > straight, "two sides of a square");
    }

    /// With real streets, where there are some: `PAIDAN_TRIAL_DATA` names a folder that holds
    /// `osm-cn-cities`.
    #[test]
    fn a_real_city_is_one_network_and_no_shorter_than_the_straight_line() {
        let Some(folder) = std::env::var_os("PAIDAN_TRIAL_DATA") else {
            println!("skipped: PAIDAN_TRIAL_DATA is not set, so there is no real city to ride in");
            return;
        };
        let path = Path::new(&folder).join("osm-cn-cities/dalian-roads.osm.pbf");
        let roads = Roads::open(&path).unwrap();
        assert!(roads.0.way_count() > 4_000);
        let roads = RoadNetwork::of(&roads.0, StraightLine::default()).unwrap();
        let car = roads.figures().find(|figures| figures.mode == TravelMode::Car).unwrap();
        assert!(car.junctions > 4_000, "{car:?}");
        let place = |step: i32| {
            let (north, east) = (f64::from(step / 6) * 0.018, f64::from(step % 6) * 0.026);
            Place::new(38.86 + north, 121.50 + east).unwrap()
        };
        let places: Vec<_> = (0..30).map(place).collect();
        let noon = Timestamp::from_millis(43_200_000);
        let table = roads.table(&places, &places, TravelMode::Ebike, noon);
        for (i, &a) in places.iter().enumerate() {
            for (j, &b) in places.iter().enumerate() {
                let trip = table.get(i, j).unwrap();
                assert_eq!(trip, roads.travel(a, b, TravelMode::Ebike, noon));
                assert!(
                    trip.distance.0 + 20 >= geo_index::distance(a, b).0,
                    "{a:?} {b:?} {trip:?}"
                );
            }
        }
    }
}
