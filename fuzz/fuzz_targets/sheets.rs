//! Sheets that somebody filled in: the first byte says in which form.
#![no_main]

use gateway::sheets::{self, Form};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((form, bytes)) = data.split_first() else { return };
    let form = if form % 2 == 0 { Form::Csv } else { Form::Xlsx };
    if let Ok(sheet) = sheets::read(bytes, form) {
        let cells = sheet.rows.iter().flat_map(|row| &row.cells);
        for cell in cells {
            let _ = sheets::read_yuan(cell);
        }
    }
});
