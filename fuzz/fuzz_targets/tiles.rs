//! Files of map tiles: header, directories and the tiles they name.
#![no_main]

use gateway::ground::TileFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let path = std::env::temp_dir().join(format!("tiles-{}.pmtiles", std::process::id()));
    std::fs::write(&path, data).expect("a file can be written");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        if let Ok(file) = TileFile::open(&path).await {
            for (zoom, x, y) in [(0, 0, 0), (1, 1, 0), (12, 3_000, 1_600), (31, 7, 7)] {
                let _ = file.tile(zoom, x, y).await;
            }
        }
    });
});
