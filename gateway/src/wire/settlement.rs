//! Settlements and what is filed, as they are asked and shown. Amounts are in fen.

use std::collections::BTreeMap;

use commerce::settlement::{Adjustment, FilingRow, Party, Settlement, SettlementPolicy, Taxed};
use commerce::{Channel, Permille};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{MerchantId, Money, PrincipalId, StoreId, Timestamp};

use super::reports::ReadToView;
use super::schema::{Day, Fen, Id, Millis};
use crate::books::SettledDay;

/// A merchant's money of one or more days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementView {
    /// Absent in the sum of a merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub store: Option<StoreId>,
    #[schema(value_type = Id)]
    pub merchant: MerchantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Day>)]
    pub day: Option<Date>,
    /// `open` or `closed`; a sum is closed when all of it is.
    pub state: String,
    pub sales: u64,
    pub units: i64,
    /// `list − discounts = goods`.
    #[schema(value_type = Fen)]
    pub list_fen: Money,
    #[schema(value_type = Fen)]
    pub discounts_fen: Money,
    #[schema(value_type = Fen)]
    pub goods_fen: Money,
    /// Given to the merchant for discounts that headquarters bears,
    #[schema(value_type = Fen)]
    pub hq_discounts_fen: Money,
    /// and that the platform bears.
    #[schema(value_type = Fen)]
    pub platform_discounts_fen: Money,
    #[schema(value_type = Fen)]
    pub delivery_fees_fen: Money,
    #[schema(value_type = Fen)]
    pub packing_fees_fen: Money,
    /// Of both fees, the merchant's by the settlement policy.
    #[schema(value_type = Fen)]
    pub merchant_fees_fen: Money,
    #[schema(value_type = Fen)]
    pub platform_fee_fen: Money,
    /// Kept of orders that were called off.
    #[schema(value_type = Fen)]
    pub kept_fen: Money,
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
    #[schema(value_type = Fen)]
    pub adjustments_fen: Money,
    /// `goods + hq_discounts + platform_discounts + merchant_fees + kept + adjustments −
    /// platform_fee`: what headquarters owes the merchant.
    #[schema(value_type = Fen)]
    pub payout_fen: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub closed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<AdjustmentView>,
    /// The postings behind it; absent in the sum of a merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdjustmentView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[schema(value_type = Day)]
    pub day: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Day>)]
    pub corrects: Option<Date>,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    pub reason: String,
    #[schema(value_type = Id)]
    pub by: PrincipalId,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementList {
    pub read_to: ReadToView,
    /// By day and store.
    pub settlements: Vec<SettlementView>,
    /// The same by merchant.
    pub merchants: Vec<SettlementView>,
}

pub fn adjustment_view(adjustment: &Adjustment) -> AdjustmentView {
    AdjustmentView {
        store: adjustment.store,
        day: adjustment.day,
        corrects: adjustment.corrects,
        amount_fen: adjustment.amount,
        reason: adjustment.reason.clone(),
        by: adjustment.by,
        at: adjustment.at,
    }
}

pub fn settled_view(settled: &SettledDay) -> SettlementView {
    SettlementView {
        closed_at: settled.closed.as_ref().map(|closed| closed.at),
        adjustments: settled.adjustments.iter().map(adjustment_view).collect(),
        ..settlement_view(&settled.settlement, settled.closed.is_some())
    }
}

fn settlement_view(settlement: &Settlement, is_closed: bool) -> SettlementView {
    SettlementView {
        store: Some(settlement.store),
        merchant: settlement.merchant,
        day: Some(settlement.day),
        state: if is_closed { "closed" } else { "open" }.to_owned(),
        sales: settlement.sales,
        units: settlement.units,
        list_fen: settlement.list,
        discounts_fen: settlement.discounts,
        goods_fen: settlement.goods,
        hq_discounts_fen: settlement.hq_discounts,
        platform_discounts_fen: settlement.platform_discounts,
        delivery_fees_fen: settlement.delivery_fees,
        packing_fees_fen: settlement.packing_fees,
        merchant_fees_fen: settlement.merchant_fees,
        platform_fee_fen: settlement.platform_fee,
        kept_fen: settlement.kept,
        tax_fen: settlement.tax,
        adjustments_fen: settlement.adjustments,
        payout_fen: settlement.payout,
        closed_at: None,
        adjustments: Vec::new(),
        list: Some(format!(
            "/v1/ledger?from={day}&to={day}&store={}",
            settlement.store,
            day = settlement.day
        )),
    }
}

/// One sum a merchant, in order of id.
pub fn by_merchant(settled: &[SettledDay]) -> Vec<SettlementView> {
    let mut sums: BTreeMap<MerchantId, (Settlement, bool)> = BTreeMap::new();
    for one in settled {
        let is_closed = one.closed.is_some();
        match sums.get_mut(&one.settlement.merchant) {
            Some((sum, all_closed)) => {
                sum.add(&one.settlement);
                *all_closed &= is_closed;
            }
            None => {
                sums.insert(one.settlement.merchant, (one.settlement.clone(), is_closed));
            }
        }
    }
    let view = |(sum, is_closed): &(Settlement, bool)| SettlementView {
        store: None,
        day: None,
        list: None,
        ..settlement_view(sum, *is_closed)
    };
    sums.values().map(view).collect()
}

/// Closes a day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2026-11-18"}))]
pub struct CloseBody {
    #[schema(value_type = Day)]
    pub day: Date,
    /// All stores when absent.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Id>>)]
    pub stores: Option<Vec<StoreId>>,
}

/// Corrects what a merchant gets.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"store": "019ab3c0-0000-7000-8000-000000000001", "day": "2026-11-19",
    "corrects": "2026-11-18", "amount_fen": -150, "reason": "破损赔付"}))]
pub struct AdjustmentBody {
    #[schema(value_type = Id)]
    pub store: StoreId,
    /// An open day.
    #[schema(value_type = Day)]
    pub day: Date,
    /// A closed day that it puts right.
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub corrects: Option<Date>,
    /// To the merchant; negative takes from it. Not zero, at most a million yuan either way.
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    pub reason: String,
}

/// How merchants are settled with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"platform_fees": {"partner": 50}, "other_channels": 0,
    "delivery_fee_to": "hq", "packing_fee_to": "merchant"}))]
pub struct SettlementPolicyBody {
    /// What the platform takes of the goods, in thousandths, by channel.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub platform_fees: BTreeMap<Channel, u32>,
    #[serde(default)]
    pub other_channels: u32,
    /// `hq` or `merchant`.
    #[schema(value_type = String)]
    pub delivery_fee_to: Party,
    /// `hq` or `merchant`.
    #[schema(value_type = String)]
    pub packing_fee_to: Party,
}

impl From<SettlementPolicyBody> for SettlementPolicy {
    fn from(body: SettlementPolicyBody) -> Self {
        let fees = body.platform_fees.into_iter();
        Self {
            platform_fees: fees.map(|(channel, fee)| (channel, Permille(fee))).collect(),
            other_channels: Permille(body.other_channels),
            delivery_fee_to: body.delivery_fee_to,
            packing_fee_to: body.packing_fee_to,
        }
    }
}

impl From<SettlementPolicy> for SettlementPolicyBody {
    fn from(policy: SettlementPolicy) -> Self {
        let fees = policy.platform_fees.into_iter();
        Self {
            platform_fees: fees.map(|(channel, fee)| (channel, fee.0)).collect(),
            other_channels: policy.other_channels.0,
            delivery_fee_to: policy.delivery_fee_to,
            packing_fee_to: policy.packing_fee_to,
        }
    }
}

/// What is due of a period under one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FilingRowView {
    #[schema(value_type = Id)]
    pub merchant: MerchantId,
    /// `goods` or `fee`,
    pub taxed: String,
    /// and of which tax class or kind.
    pub class: String,
    /// In thousandths.
    pub rate: u16,
    #[schema(value_type = Fen)]
    pub gross_fen: Money,
    /// `gross − tax`.
    #[schema(value_type = Fen)]
    pub net_fen: Money,
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
    /// The postings with lines of this kind: those lines add up to it.
    pub list: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filing {
    pub read_to: ReadToView,
    #[schema(value_type = Day)]
    pub from: Date,
    #[schema(value_type = Day)]
    pub to: Date,
    pub rows: Vec<FilingRowView>,
    #[schema(value_type = Fen)]
    pub gross_fen: Money,
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
}

impl FilingRowView {
    /// `span` is the address of all postings of the period.
    pub fn of(row: FilingRow, span: &str) -> Self {
        let (taxed, class, field) = match row.taxed {
            Taxed::Goods(class) => ("goods", class, "tax_class"),
            Taxed::Fee(kind) => ("fee", kind, "fee"),
        };
        let (merchant, rate) = (row.merchant, row.rate);
        Self {
            list: format!("{span}&merchant={merchant}&{field}={class}&tax_rate={rate}"),
            merchant: row.merchant,
            taxed: taxed.to_owned(),
            class: class.into(),
            rate: row.rate,
            gross_fen: row.gross,
            net_fen: row.net,
            tax_fen: row.tax,
        }
    }
}
