//! One SKU of a quote with its money frozen: what is paid, what is given back, who carries what.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use vocabulary::{Grams, Money, Quantity, SkuId, Units};

use crate::catalog::Temperature;
use crate::{FeeShare, Permille, PriceSource, Share, TaxClass};

/// One SKU of a quote. `list_price × quantity − shares = goods`, and what the shopper pays for
/// the line is `goods` and its fee shares; so it is for each single unit. The money never changes
/// after the quote. Names are short where it is written down, because the whole quote travels as a
/// token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricedLine {
    pub sku: SkuId,
    pub name: String,
    #[serde(rename = "qty")]
    pub quantity: Quantity,
    /// Of one unit.
    #[serde(rename = "list")]
    pub list_price: Money,
    /// Of one unit, as its source decided it, before discounts.
    #[serde(rename = "price")]
    pub unit_price: Money,
    #[serde(rename = "source")]
    pub price_source: PriceSource,
    /// Who carries the difference between list prices and `goods`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
    /// What is paid for the goods of the line, tax included, without fees.
    pub goods: Money,
    /// The line's part of each fee of the quote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeShare>,
    pub tax_class: TaxClass,
    pub tax_rate: Permille,
    /// Contained in `goods`.
    pub tax: Money,
    /// Of one unit.
    pub weight: Grams,
    #[serde(default, skip_serializing_if = "is_ambient")]
    pub temperature: Temperature,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_together: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub age_restricted: bool,
}

fn is_ambient(temperature: &Temperature) -> bool {
    *temperature == Temperature::Ambient
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

impl PricedLine {
    /// Every fee share of the line.
    pub fn fee_total(&self) -> Money {
        self.fees.iter().map(|fee| fee.amount).sum()
    }

    /// What the shopper pays for the line, fee shares included.
    pub fn paid(&self) -> Money {
        [self.goods, self.fee_total()].into_iter().sum()
    }

    /// What each unit gives back when it is cancelled or returned with its fees; adds up to
    /// [`Self::paid`]. Units are given back in this order, so no fen is given back twice.
    pub fn unit_paid(&self) -> Vec<Money> {
        let of = self.quantity.get();
        (0..of).map(|unit| Units::next(of, unit, 1).carry(self.paid())).collect()
    }

    /// What the units numbered `units` (from 0, those past the quantity left out) give back.
    pub fn paid_for(&self, units: Range<u32>) -> Money {
        self.units(units).carry(self.paid())
    }

    /// What the same units carry of each of the line's shares, in their order: what its bearer
    /// gets back with them. With what the units paid it adds up to their list price and fees.
    pub fn shares_for(&self, units: Range<u32>) -> Vec<Share> {
        let count = i64::from(self.quantity.get());
        let list = Money::fen(self.list_price.as_fen().saturating_mul(count));
        let off = self.shares.iter().map(|share| Money::ZERO.less(share.amount));
        let parts = self.units(units).steps(list, off);
        let shares = self.shares.iter().zip(parts);
        shares.map(|(share, part)| Share { amount: Money::ZERO.less(part), ..*share }).collect()
    }

    fn units(&self, units: Range<u32>) -> Units {
        Units::next(self.quantity.get(), units.start, units.end.saturating_sub(units.start))
    }
}
