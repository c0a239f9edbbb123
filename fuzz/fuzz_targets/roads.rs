//! Road files: OSM PBF and GeoJSON, the network that is made of them, and what maps draw.
#![no_main]

use geo_index::{RoadMap, RoadNetwork, StraightLine};
use libfuzzer_sys::fuzz_target;

const ZOOM: u8 = 13;

fuzz_target!(|data: &[u8]| {
    let Ok(map) = RoadMap::read(data) else { return };
    assert!(map.way_count() > 0);
    let _ = map.bounds();
    let _ = geo_index::overview(&map);
    let _ = geo_index::tiles(&map, ZOOM);
    if let Ok(network) = RoadNetwork::of(&map, StraightLine::default()) {
        assert!(network.figures().count() > 0);
    }
});
