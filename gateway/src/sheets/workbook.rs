//! Reading a workbook that anybody may have packed.
//!
//! A few kilobytes can unpack to more than there is memory, and two cells can span a sheet of
//! seventeen thousand million. So it is unpacked once only to count, and its cells are taken one by
//! one: what is kept never grows with what the file claims.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, copy, sink};

use calamine::{Data, Reader, Xlsx};
use zip::ZipArchive;

use super::read::{MOST_COLUMNS, Row, cell, check_count, unreadable};
use crate::wire::fault::Fault;

/// Bytes of everything in the package, unpacked.
const LARGEST_UNPACKED: u64 = 64 * 1_024 * 1_024;
/// Bytes of what the cells say: one text may stand in many of them.
const LARGEST_TEXT: usize = 16 * 1_024 * 1_024;

/// The rows of the first sheet that say anything.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let none = "it is no xlsx workbook";
    check_size(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable(none))?;
    let names = workbook.sheet_names();
    let first = names.first().ok_or_else(|| unreadable("the workbook has no sheet"))?;
    let broken = |_| unreadable("its first sheet is broken");
    let mut cells = workbook.worksheet_cells_reader(first).map_err(broken)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut size = 0;
    while let Some(found) = cells.next_cell().map_err(broken)? {
        let (row, column) = found.get_position();
        let text = text_of(&Data::from(found.get_value().clone()));
        if text.is_empty() {
            continue;
        }
        let text = cell(&text)?;
        size += text.len();
        if size > LARGEST_TEXT {
            return Err(unreadable("it says more than 16 MiB: send it in parts"));
        }
        let column = column as usize;
        if column >= MOST_COLUMNS {
            return Err(unreadable(&format!("it has more than {MOST_COLUMNS} columns")));
        }
        let known = rows.entry(row).or_default();
        if known.len() <= column {
            known.resize(column + 1, String::new());
        }
        if let Some(place) = known.get_mut(column) {
            *place = text;
        }
        check_count(rows.len())?;
    }
    // A table: every row is as wide as the widest.
    let width = rows.values().map(Vec::len).max().unwrap_or_default();
    let whole = |(row, mut cells): (u32, Vec<String>)| {
        cells.resize(width, String::new());
        Row { number: row as usize + 1, cells }
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Whatever the package says about its sizes, they are counted.
fn check_size(bytes: &[u8]) -> Result<(), Fault> {
    let none = |_| unreadable("it is no xlsx workbook");
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(none)?;
    let mut left = LARGEST_UNPACKED;
    for number in 0..package.len() {
        let part = package.by_index(number).map_err(none)?;
        let unpacked = copy(&mut part.take(left + 1), &mut sink());
        let unpacked = unpacked.map_err(|_| unreadable("it is no xlsx workbook"))?;
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| unreadable("unpacked it is larger than 64 MiB: send it in parts"))?;
    }
    Ok(())
}

/// Numbers as people write them: a whole one without its point.
fn text_of(data: &Data) -> String {
    match data {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::xlsx_bytes;
    use super::*;

    const SHEET: &str = "xl/worksheets/sheet1.xml";

    /// A workbook of ours whose first sheet is replaced.
    fn with_sheet(cells: &str) -> Vec<u8> {
        let ours = xlsx_bytes("s", &[vec!["a".to_owned()]]).unwrap();
        let mut package = ZipArchive::new(Cursor::new(ours)).unwrap();
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for number in 0..package.len() {
            let mut part = package.by_index(number).unwrap();
            let (name, mut text) = (part.name().unwrap().into_owned(), Vec::new());
            part.read_to_end(&mut text).unwrap();
            writer.start_file(&name, SimpleFileOptions::default()).unwrap();
            if name == SHEET {
                text = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>").into();
            }
            writer.write_all(&text).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn refusal(cells: &str) -> String {
        rows(&with_sheet(cells)).unwrap_err().message.into_owned()
    }

    #[test]
    fn cells_stand_where_they_say() {
        let sheet = "<row r=\"3\"><c r=\"B3\"><v>7</v></c></row>\
                     <row r=\"2\"><c r=\"A2\"><v>0.5</v></c><c r=\"C2\"><v>2</v></c></row>";
        let rows = rows(&with_sheet(sheet)).unwrap();
        let said: Vec<_> = rows.iter().map(|row| (row.number, row.cells.join("|"))).collect();
        assert_eq!(said, [(2, "0.5||2".to_owned()), (3, "|7|".to_owned())]);
    }

    #[test]
    fn two_cells_that_span_a_whole_sheet_cost_no_more_than_two() {
        let far = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
                   <row r=\"1048576\"><c r=\"A1048576\"><v>2</v></c></row>";
        assert_eq!(rows(&with_sheet(far)).unwrap().len(), 2);
        let wide = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>2</v></c></row>";
        assert!(refusal(wide).contains("64 columns"));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let bomb = with_sheet(&" ".repeat(65 * 1_024 * 1_024));
        assert!(bomb.len() < 1_024 * 1_024, "{} bytes", bomb.len());
        assert!(rows(&bomb).unwrap_err().message.contains("64 MiB"));
        let long: String = (1..=9_000)
            .map(|row| {
                let text = "x".repeat(1_900);
                format!("<row r=\"{row}\"><c t=\"inlineStr\"><is><t>{text}</t></is></c></row>")
            })
            .collect();
        assert!(refusal(&long).contains("16 MiB"));
        let many: String =
            (1..=20_002).map(|row| format!("<row r=\"{row}\"><c><v>1</v></c></row>")).collect();
        assert!(refusal(&many).contains("20000 rows"));
    }
}
