//! What is charged beside the goods: carriage and packing.

use serde::{Deserialize, Serialize};
use vocabulary::{Grams, Money};

use crate::catalog::check_price;
use crate::invalid::Invalid;
use crate::{Bearer, FulfillmentMode, Permille, Share, ShareSource, TaxClass};

/// What a fee is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    Delivery,
    Packing,
}

/// What carrying a basket costs the shopper: a base, and a step for every begun weight above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriageFee {
    pub base: Money,
    /// Carried for the base alone.
    pub base_weight: Grams,
    /// Charged for every begun `step_weight` above the base weight.
    pub step: Money,
    /// At least one gram.
    pub step_weight: Grams,
    /// Goods worth this much are carried for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_from: Option<Money>,
}

/// What headquarters charges beside the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeePolicy {
    /// By the store's courier.
    pub delivery: CarriageFee,
    /// By a carrier.
    pub express: CarriageFee,
    /// For one basket, however it leaves the store.
    pub packing: Money,
    /// Who carries a waived carriage fee.
    pub waiver_bearer: Bearer,
    pub carriage_tax_class: TaxClass,
    pub packing_tax_class: TaxClass,
}

/// A fee of a whole quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    pub kind: FeeKind,
    /// What the shopper pays, tax included.
    pub amount: Money,
    /// What was taken off, and who carries it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
    pub tax_class: TaxClass,
    pub tax_rate: Permille,
    pub tax: Money,
}

/// One line's part of a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeShare {
    pub kind: FeeKind,
    pub amount: Money,
}

/// A fee before its tax is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub kind: FeeKind,
    pub list: Money,
    pub waived: bool,
    pub tax_class: TaxClass,
}

impl Default for FeePolicy {
    /// Five yuan to the door up to five kilograms and nothing from 39 yuan of goods; a carrier
    /// for twelve yuan and two for each further kilogram; packing is free.
    fn default() -> Self {
        Self {
            delivery: CarriageFee {
                base: Money::fen(500),
                base_weight: Grams(5_000),
                step: Money::fen(100),
                step_weight: Grams(1_000),
                free_from: Some(Money::fen(3_900)),
            },
            express: CarriageFee {
                base: Money::fen(1_200),
                base_weight: Grams(1_000),
                step: Money::fen(200),
                step_weight: Grams(1_000),
                free_from: None,
            },
            packing: Money::ZERO,
            waiver_bearer: Bearer::Hq,
            carriage_tax_class: TaxClass::Service,
            packing_tax_class: TaxClass::Standard,
        }
    }
}

impl FeePolicy {
    pub fn check(&self) -> Result<(), Invalid> {
        self.delivery.check().map_err(|invalid| invalid.inside("delivery"))?;
        self.express.check().map_err(|invalid| invalid.inside("express"))?;
        check_price("packing", self.packing)
    }

    /// What a basket of this worth and weight (in grams) is charged; a fee of nothing is left out.
    pub(crate) fn charges(
        &self,
        mode: FulfillmentMode,
        goods_total: Money,
        weight: u64,
    ) -> Vec<Charge> {
        let carriage = match mode {
            FulfillmentMode::Delivery => Some(&self.delivery),
            FulfillmentMode::Express => Some(&self.express),
            FulfillmentMode::Pickup => None,
        };
        let carriage = carriage.map(|fee| Charge {
            kind: FeeKind::Delivery,
            list: fee.list(weight),
            waived: fee.free_from.is_some_and(|threshold| goods_total >= threshold),
            tax_class: self.carriage_tax_class,
        });
        let packing = Charge {
            kind: FeeKind::Packing,
            list: self.packing,
            waived: false,
            tax_class: self.packing_tax_class,
        };
        carriage.into_iter().chain([packing]).filter(|charge| charge.list > Money::ZERO).collect()
    }

    pub(crate) fn shares(&self, charge: &Charge) -> Vec<Share> {
        let waiver = Share {
            source: ShareSource::FreeThreshold,
            bearer: self.waiver_bearer,
            amount: charge.list,
        };
        if charge.waived { vec![waiver] } else { Vec::new() }
    }
}

impl CarriageFee {
    /// Before any waiver.
    fn list(&self, weight: u64) -> Money {
        let above = weight.saturating_sub(u64::from(self.base_weight.0));
        let steps = above.div_ceil(u64::from(self.step_weight.0).max(1));
        // A basket has at most 200 × 9,999 units of a tonne and a step at most a million yuan.
        let steps = i64::try_from(steps).unwrap_or(i64::MAX);
        Money::fen(self.base.as_fen().saturating_add(self.step.as_fen().saturating_mul(steps)))
    }

    fn check(&self) -> Result<(), Invalid> {
        check_price("base", self.base)?;
        check_price("step", self.step)?;
        if self.step_weight == Grams(0) {
            return Err(Invalid::value("step_weight", 0, "give at least 1 gram"));
        }
        self.free_from.map_or(Ok(()), |threshold| check_price("free_from", threshold))
    }
}

impl Charge {
    pub(crate) fn amount(&self) -> Money {
        if self.waived { Money::ZERO } else { self.list }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mode: FulfillmentMode, goods: i64, weight: u64, expected: &[(FeeKind, i64, bool)]) {
        let policy = FeePolicy { packing: Money::fen(100), ..FeePolicy::default() };
        let charges = policy.charges(mode, Money::fen(goods), weight);
        let found: Vec<_> = charges
            .iter()
            .map(|charge| (charge.kind, charge.list.as_fen(), charge.waived))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn carriage_depends_on_mode_weight_and_worth() {
        use FeeKind::{Delivery, Packing};
        let packing = (Packing, 100, false);
        check(FulfillmentMode::Delivery, 3_899, 5_000, &[(Delivery, 500, false), packing]);
        check(FulfillmentMode::Delivery, 3_899, 5_001, &[(Delivery, 600, false), packing]);
        check(FulfillmentMode::Delivery, 3_900, 7_000, &[(Delivery, 700, true), packing]);
        check(FulfillmentMode::Express, 3_900, 2_500, &[(Delivery, 1_600, false), packing]);
        check(FulfillmentMode::Pickup, 1, 9_000, &[packing]);
    }

    #[test]
    fn a_fee_policy_without_a_step_weight_is_refused() {
        let mut policy = FeePolicy::default();
        policy.express.step_weight = Grams(0);
        assert_eq!(policy.check().unwrap_err().field, "express.step_weight");
        policy.express.step_weight = Grams(1);
        policy.delivery.base = Money::fen(-1);
        assert_eq!(policy.check().unwrap_err().field, "delivery.base");
    }
}
