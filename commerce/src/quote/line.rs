//! One SKU of a quote with its money frozen: what is paid, what is given back, who carries what.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use vocabulary::{Grams, Money, Quantity, SkuId};

use crate::catalog::Temperature;
use crate::price::evenly;
use crate::{FeeShare, Permille, PriceSource, Share, TaxClass};

/// One SKU of a quote. `list_price × quantity − shares = goods`, and what the shopper pays for
/// the line is `goods` and its fee shares. The money never changes after the quote. Names are
/// short where it is written down, because the whole quote travels as a token.
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
    /// Of one unit, as its source decided it.
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

    /// What the goods of each unit cost; adds up to `goods`.
    pub fn unit_goods(&self) -> Vec<Money> {
        evenly(self.goods, self.quantity)
    }

    /// What each unit carries of the line's fee shares; adds up to [`Self::fee_total`].
    pub fn unit_fees(&self) -> Vec<Money> {
        evenly(self.fee_total(), self.quantity)
    }

    /// What each unit gives back when it is cancelled or returned with its fees; adds up to
    /// [`Self::paid`]. Units are given back in this order, so no fen is given back twice.
    pub fn unit_paid(&self) -> Vec<Money> {
        let both = self.unit_goods().into_iter().zip(self.unit_fees());
        both.map(|(goods, fees)| [goods, fees].into_iter().sum()).collect()
    }

    /// What the units numbered `units` (from 0, those past the quantity left out) give back.
    pub fn paid_for(&self, units: Range<u32>) -> Money {
        let count = units.end.saturating_sub(units.start) as usize;
        self.unit_paid().into_iter().skip(units.start as usize).take(count).sum()
    }
}
