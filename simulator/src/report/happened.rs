//! What happened besides orders that simply arrived. A week in which nobody sent anything back says
//! nothing about returns, however well its books close.

use serde::{Deserialize, Serialize};

use super::words::{self, Words};

/// How often each kind of thing that the rules of the shop are about occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Happened {
    /// Sold over the counter; what a till told twice counts once.
    pub till_sales: u64,
    pub counts: u64,
    /// Transfers of which everything arrived or is named.
    pub transfers: u64,
    /// Orders from which such a discount took something off.
    pub limited_time_orders: u64,
    pub spend_and_save_orders: u64,
    pub coupon_orders: u64,
    pub point_orders: u64,
    /// Orders of which several stores had a share at once.
    pub split_orders: u64,
    /// A store gave all of its share back.
    pub whole_rejects: u64,
    /// A store gave some units of its share back and did the others.
    pub part_rejects: u64,
    /// Orders that were called off.
    pub cancellations: u64,
    /// Holds of a member that were given back with a coupon in them.
    pub coupons_given_back: u64,
    /// Orders for which a member got points.
    pub earning_orders: u64,
    pub returns: u64,
    /// Money that went back to a shopper.
    pub refunds: u64,
}

impl Happened {
    pub(super) fn kinds(&self) -> [(Words, u64); 15] {
        [
            (words::TILL_SALES, self.till_sales),
            (words::COUNTS, self.counts),
            (words::TRANSFERS, self.transfers),
            (words::LIMITED_TIME_ORDERS, self.limited_time_orders),
            (words::SPEND_AND_SAVE_ORDERS, self.spend_and_save_orders),
            (words::COUPON_ORDERS, self.coupon_orders),
            (words::POINT_ORDERS, self.point_orders),
            (words::SPLIT_ORDERS, self.split_orders),
            (words::WHOLE_REJECTS, self.whole_rejects),
            (words::PART_REJECTS, self.part_rejects),
            (words::CANCELLATIONS, self.cancellations),
            (words::COUPONS_GIVEN_BACK, self.coupons_given_back),
            (words::EARNING_ORDERS, self.earning_orders),
            (words::RETURNS, self.returns),
            (words::REFUNDS, self.refunds),
        ]
    }

    /// How many kinds occurred at all, of how many.
    pub fn kinds_seen(&self) -> (u64, u64) {
        let kinds = self.kinds();
        let seen = kinds.iter().filter(|(_, count)| *count > 0).count();
        (seen as u64, kinds.len() as u64)
    }
}
