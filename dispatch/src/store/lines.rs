//! Taking units off a fulfillment order.

use super::{FulfillmentLine, FulfillmentOrder};
use crate::Refusal;
use crate::order::line::LineUnits;

impl FulfillmentOrder {
    /// The named units, added up by line. Refuses a line that is not here or has fewer units.
    pub(super) fn named(&self, named: &[LineUnits]) -> Result<Vec<LineUnits>, Refusal> {
        let known = |wanted: &LineUnits| {
            wanted.units > 0
                && self.lines.iter().any(|line| {
                    line.line == wanted.line
                        && line.sku == wanted.sku
                        && line.units >= units_of(named, line)
                })
        };
        match named.iter().find(|wanted| !known(wanted)) {
            Some(unknown) => Err(Refusal::LineUnknown { line: unknown.line }),
            None => Ok(self.present(named)),
        }
    }

    /// As many of the named units as are here.
    pub(super) fn present(&self, named: &[LineUnits]) -> Vec<LineUnits> {
        self.lines
            .iter()
            .map(|line| LineUnits {
                line: line.line,
                sku: line.sku,
                units: units_of(named, line).min(line.units),
            })
            .filter(|units| units.units > 0)
            .collect()
    }

    /// Whether nothing is left without these units, which are all here.
    pub(super) fn ends_without(&self, taken: &[LineUnits]) -> bool {
        self.lines.iter().all(|line| units_of(taken, line) >= line.units)
    }

    pub(super) fn take_off(&mut self, taken: &[LineUnits]) {
        for line in &mut self.lines {
            line.units = line.units.saturating_sub(units_of(taken, line));
        }
        self.lines.retain(|line| line.units > 0);
    }
}

fn units_of(named: &[LineUnits], line: &FulfillmentLine) -> u32 {
    let same = named.iter().filter(|units| units.line == line.line && units.sku == line.sku);
    same.fold(0, |sum, units| sum.saturating_add(units.units))
}
