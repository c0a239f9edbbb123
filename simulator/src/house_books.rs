//! The house's own books, kept in this process where no server keeps them: the very code that a
//! server follows its feed with, for the referee to hold against its own account.

use std::collections::BTreeMap;

use actors::{Followed, Recorded};
use commerce::Permille;
use commerce::ledger::{Calendar, Occasion};
use commerce::report::DayBook;
use commerce::settlement::{Settlement, SettlementPolicy};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use vocabulary::{MerchantId, OrderId, StoreId, Timestamp};

use crate::feed::RawEvent;

/// Every store counts by the same calendar here, and belongs to nobody.
struct OneCalendar;

#[derive(Default)]
pub struct HouseBooks {
    orders: BTreeMap<OrderId, Followed>,
    order_of: BTreeMap<String, OrderId>,
    days: BTreeMap<(Date, StoreId), DayBook>,
}

impl HouseBooks {
    pub fn see(&mut self, raw: &RawEvent) {
        // What cannot be read is missing in the figures, and the referee says so.
        let told = Recorded::of(&raw.entity_kind, &raw.kind, &raw.payload);
        let Ok(Some(recorded)) = told else { return };
        let order = match recorded.order() {
            Some(order) => {
                self.order_of.insert(raw.entity.clone(), order);
                Some(order)
            }
            None if raw.entity_kind == "order" => raw.entity.parse().ok(),
            None => self.order_of.get(&raw.entity).copied(),
        };
        let Some(order) = order else { return };
        let at = Timestamp::from_millis(raw.at_ms);
        let followed = self.orders.entry(order).or_insert_with(|| Followed::new(order));
        for posting in followed.apply(&recorded, raw.seq, at, &OneCalendar) {
            let key = (posting.occasion.day, posting.occasion.store);
            self.days.entry(key).or_default().post(&posting);
        }
        if followed.is_settled() {
            followed.forget_order();
        }
    }

    /// What every store's days are settled for, as the server would show it.
    pub fn settlements(&self) -> Vec<Value> {
        let policy = SettlementPolicy::default();
        let nobody = MerchantId::from_bits(0);
        let settled = self
            .days
            .iter()
            .map(|((day, store), book)| Settlement::of((*store, nobody, *day), book, &[], &policy));
        settled.map(|settled| view(&settled)).collect()
    }
}

fn view(settled: &Settlement) -> Value {
    json!({
        "store": settled.store,
        "day": settled.day,
        "list_fen": settled.list,
        "discounts_fen": settled.discounts,
        "goods_fen": settled.goods,
        "hq_discounts_fen": settled.hq_discounts,
        "platform_discounts_fen": settled.platform_discounts,
        "delivery_fees_fen": settled.delivery_fees,
        "packing_fees_fen": settled.packing_fees,
        "merchant_fees_fen": settled.merchant_fees,
        "kept_fen": settled.kept,
        "adjustments_fen": settled.adjustments,
        "platform_fee_fen": settled.platform_fee,
        "payout_fen": settled.payout,
    })
}

impl Calendar for OneCalendar {
    fn occasion(&self, store: StoreId, at: Timestamp) -> Occasion {
        let utc = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
        let utc = utc.to_zoned(TimeZone::UTC);
        let (day, hour) = (utc.date(), utc.hour().unsigned_abs());
        Occasion { at, day, hour, store, merchant: MerchantId::from_bits(0) }
    }

    fn platform_fee(&self, _channel: &str, _placed_at: Timestamp) -> Permille {
        Permille(0)
    }
}
