//! Road files: OSM PBF and GeoJSON, and the graph that is made of them.
#![no_main]

use geo_index::RoadMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(map) = RoadMap::read(data) {
        assert!(map.way_count() > 0);
        let _ = map.bounds();
    }
});
