//! One store's settlement of one business day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{MerchantId, Money, StoreId};

use super::{Adjustment, Party, SettlementPolicy};
use crate::report::DayBook;

/// All amounts include tax. `payout` is what headquarters owes the merchant for the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub store: StoreId,
    pub merchant: MerchantId,
    pub day: Date,
    pub sales: u64,
    pub units: i64,
    /// `list − discounts = goods`.
    pub list: Money,
    pub discounts: Money,
    pub goods: Money,
    /// Of the discounts, what headquarters bears,
    pub hq_discounts: Money,
    /// and the platform; both are given to the merchant. The rest is the merchant's own.
    pub platform_discounts: Money,
    pub delivery_fees: Money,
    pub packing_fees: Money,
    /// Of these fees, the merchant's.
    pub merchant_fees: Money,
    pub platform_fee: Money,
    /// Kept of orders that were called off.
    pub kept: Money,
    /// Contained in goods and fees.
    pub tax: Money,
    pub adjustments: Money,
    pub payout: Money,
}

impl Settlement {
    pub fn of(
        (store, merchant, day): (StoreId, MerchantId, Date),
        book: &DayBook,
        adjustments: &[Adjustment],
        policy: &SettlementPolicy,
    ) -> Self {
        let (delivery_fees, packing_fees) = (book.fees_of("delivery"), book.fees_of("packing"));
        let share = |party, fees| if party == Party::Merchant { fees } else { Money::ZERO };
        let merchant_fees: Money = [
            share(policy.delivery_fee_to, delivery_fees),
            share(policy.packing_fee_to, packing_fees),
        ]
        .into_iter()
        .sum();
        let mut settlement = Self {
            store,
            merchant,
            day,
            sales: book.all.sales,
            units: book.all.units,
            list: book.all.list,
            discounts: book.all.discounts,
            goods: book.all.goods,
            hq_discounts: book.borne_by("hq"),
            platform_discounts: book.borne_by("platform"),
            delivery_fees,
            packing_fees,
            merchant_fees,
            platform_fee: book.all.platform_fee,
            kept: book.kept,
            tax: book.all.tax,
            adjustments: adjustments.iter().map(|adjustment| adjustment.amount).sum(),
            payout: Money::ZERO,
        };
        settlement.payout = settlement.worked_out();
        settlement
    }

    fn worked_out(&self) -> Money {
        let taken = Money::fen(self.platform_fee.as_fen().saturating_neg());
        let given = [self.goods, self.hq_discounts, self.platform_discounts, self.merchant_fees];
        given.into_iter().chain([self.kept, self.adjustments, taken]).sum()
    }

    /// Adds another one, of another store or day: what a merchant gets for both.
    pub fn add(&mut self, other: &Self) {
        self.sales += other.sales;
        self.units += other.units;
        let sums = [
            (&mut self.list, other.list),
            (&mut self.discounts, other.discounts),
            (&mut self.goods, other.goods),
            (&mut self.hq_discounts, other.hq_discounts),
            (&mut self.platform_discounts, other.platform_discounts),
            (&mut self.delivery_fees, other.delivery_fees),
            (&mut self.packing_fees, other.packing_fees),
            (&mut self.merchant_fees, other.merchant_fees),
            (&mut self.platform_fee, other.platform_fee),
            (&mut self.kept, other.kept),
            (&mut self.tax, other.tax),
            (&mut self.adjustments, other.adjustments),
            (&mut self.payout, other.payout),
        ];
        for (sum, amount) in sums {
            *sum = [*sum, amount].into_iter().sum();
        }
    }
}
