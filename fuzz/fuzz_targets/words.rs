//! Single words and numbers: ids, money, places, times, phones, cells of the map.
#![no_main]

use geo_index::Cell;
use libfuzzer_sys::fuzz_target;
use vocabulary::{Money, OrderId, Place, Quantity, Timestamp};

fuzz_target!(|text: &str| {
    // What is read is written so that it is read again.
    if let Ok(id) = text.parse::<OrderId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(cell) = text.parse::<Cell>() {
        assert_eq!(cell.to_string().parse::<Cell>().ok(), Some(cell));
    }
    if let Ok(money) = serde_json::from_str::<Money>(text) {
        assert_eq!(serde_json::to_string(&money).ok(), Some(money.as_fen().to_string()));
        let _ = (money.checked_add(money), money.checked_times(u32::MAX), money.less(money));
    }
    if let Ok(place) = serde_json::from_str::<Place>(text) {
        let _ = vocabulary::wgs84_to_gcj02(vocabulary::gcj02_to_wgs84(place));
    }
    if let Ok(at) = serde_json::from_str::<Timestamp>(text) {
        assert_eq!(serde_json::to_string(&at).ok(), Some(at.as_millis().to_string()));
    }
    let _ = serde_json::from_str::<Quantity>(text);
    let _ = gateway::sheets::read_yuan(text);
    let _ = gateway::members::Phone::parse(text);
});
