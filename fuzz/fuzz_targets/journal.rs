//! Rows of the journal, and events in them: the first byte says which. What is read is written so
//! that it is read again.
#![no_main]

use gateway::papers::{EVENTS, ROWS, WRITTEN};
use libfuzzer_sys::fuzz_target;

fn examples() -> impl Iterator<Item = Vec<u8>> {
    let rows = (0..).zip(ROWS).map(|(which, row)| [&[which], row.example].concat());
    let events = WRITTEN.lines().filter_map(|line| {
        let (kind, text) = line.split_once(' ')?;
        let which = ROWS.len() + EVENTS.iter().position(|(known, _)| *known == kind)?;
        Some([&[which as u8], text.as_bytes()].concat())
    });
    rows.chain(events)
}

fuzz_target!(
    init: given::sow(examples()),
    |data: &[u8]| {
        let Some((which, bytes)) = data.split_first() else { return };
        let which = usize::from(*which) % (ROWS.len() + EVENTS.len());
        let Some(event) = which.checked_sub(ROWS.len()) else {
            let _ = (ROWS[which].reads)(bytes);
            return;
        };
        let (_, rewrites) = EVENTS[event];
        let written = std::str::from_utf8(bytes).ok().and_then(rewrites);
        if let Some(written) = written {
            assert_eq!(rewrites(&written), Some(written));
        }
    }
);
