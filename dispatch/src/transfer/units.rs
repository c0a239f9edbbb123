//! Units of a SKU that go together.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocabulary::SkuId;

use crate::Refusal;

/// SKUs of one transfer.
pub const MOST_LINES: usize = 500;
/// Units of one SKU that one transfer may name.
const MOST_UNITS: u32 = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferLine {
    pub sku: SkuId,
    pub units: u32,
}

pub(crate) fn units_of(lines: &[TransferLine], sku: SkuId) -> u32 {
    lines.iter().filter(|line| line.sku == sku).fold(0, |sum, line| sum.saturating_add(line.units))
}

/// Whether lines name each SKU once, some units of each.
pub(crate) fn check_lines(lines: &[TransferLine]) -> Result<(), Refusal> {
    let skus: BTreeSet<SkuId> = lines.iter().map(|line| line.sku).collect();
    let are_some = (1..=MOST_LINES).contains(&lines.len());
    let have_units = lines.iter().all(|line| (1..=MOST_UNITS).contains(&line.units));
    if are_some && have_units && skus.len() == lines.len() {
        return Ok(());
    }
    Err(Refusal::Invalid {
        what: "lines".into(),
        expected: format!("1 to {MOST_LINES} SKUs, each once, with 1 to {MOST_UNITS} units each"),
    })
}
