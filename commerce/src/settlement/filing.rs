//! What value added tax is due of some books, by merchant, class and rate.

use serde::{Deserialize, Serialize};
use vocabulary::{MerchantId, Money};

use crate::report::DayBook;

/// What was sold under a rate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taxed {
    /// Goods of a tax class.
    Goods(Box<str>),
    /// A fee: `delivery` or `packing`.
    Fee(Box<str>),
}

/// Sales less returns. The tax is the sum of the lines' frozen taxes, not worked out again: that is
/// why it may differ by some fen from the rate of the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingRow {
    pub merchant: MerchantId,
    pub taxed: Taxed,
    /// In thousandths.
    pub rate: u16,
    /// Tax included.
    pub gross: Money,
    /// What the tax is taken on: `gross − tax`.
    pub net: Money,
    pub tax: Money,
}

/// In order of merchant, what was sold, and rate.
pub fn filing(book: &DayBook) -> Vec<FilingRow> {
    let goods = book.goods_tax.iter().map(|(key, sum)| FilingRow {
        merchant: key.merchant,
        taxed: Taxed::Goods(key.class.clone()),
        rate: key.rate,
        gross: sum.gross,
        net: sum.net(),
        tax: sum.tax,
    });
    let fees = book.fee_tax.iter().map(|(key, sum)| FilingRow {
        merchant: key.merchant,
        taxed: Taxed::Fee(key.kind.clone()),
        rate: key.rate,
        gross: sum.gross,
        net: sum.net(),
        tax: sum.tax,
    });
    let mut rows: Vec<FilingRow> = goods.chain(fees).collect();
    rows.sort_by(|one, other| {
        (one.merchant, &one.taxed, one.rate).cmp(&(other.merchant, &other.taxed, other.rate))
    });
    rows
}
