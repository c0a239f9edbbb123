//! Postings as they are shown.

use commerce::ledger::{Entry, Posting, SaleLine};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{MerchantId, Money, OrderId, SkuId, StoreId, Timestamp};

use super::reports::ReadToView;
use super::schema::{Day, Fen, Id, Millis};

/// One entry of the books.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PostingView {
    /// To ask for what comes after it.
    pub key: String,
    pub seq: u64,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    #[schema(value_type = Day)]
    pub day: Date,
    pub hour: u8,
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[schema(value_type = Id)]
    pub merchant: MerchantId,
    #[schema(value_type = Id)]
    pub order: OrderId,
    pub channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// `sold`, `returned`, `received`, `paid_back` or `kept`.
    pub kind: String,
    /// Money in or out, or what was paid for the lines; negative for a return.
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<SaleLineView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SaleLineView {
    pub line: u16,
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub units: i64,
    #[schema(value_type = Fen)]
    pub list_fen: Money,
    pub discounts: Vec<DiscountView>,
    #[schema(value_type = Fen)]
    pub goods_fen: Money,
    #[schema(value_type = Fen)]
    pub fees_fen: Money,
    /// The same one by one, those that are not zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeView>,
    pub tax_class: String,
    /// In thousandths.
    pub tax_rate: u16,
    /// Contained in goods.
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
    #[schema(value_type = Fen)]
    pub platform_fee_fen: Money,
}

/// A line's part of a fee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FeeView {
    /// `delivery` or `packing`.
    pub kind: String,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    /// In thousandths.
    pub tax_rate: u16,
    /// Contained in the amount.
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DiscountView {
    pub source: String,
    pub bearer: String,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LedgerPage {
    pub read_to: ReadToView,
    pub postings: Vec<PostingView>,
    /// To ask for the next page with; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<String>,
}

pub fn posting_view(key: String, posting: &Posting) -> PostingView {
    let occasion = &posting.occasion;
    PostingView {
        key,
        seq: posting.seq,
        at: occasion.at,
        day: occasion.day,
        hour: occasion.hour,
        store: occasion.store,
        merchant: occasion.merchant,
        order: posting.order,
        channel: posting.channel.to_string(),
        external_id: posting.external_id.as_deref().map(str::to_owned),
        tier: posting.tier.as_deref().map(str::to_owned),
        kind: posting.entry.kind().to_owned(),
        amount_fen: amount_of(&posting.entry),
        lines: posting.entry.lines().iter().map(sale_line_view).collect(),
    }
}

pub fn amount_of(entry: &Entry) -> Money {
    match entry {
        Entry::Sold { lines, .. } | Entry::Returned { lines } => {
            lines.iter().map(SaleLine::paid).sum()
        }
        Entry::Received { amount, .. }
        | Entry::PaidBack { amount, .. }
        | Entry::Kept { amount } => *amount,
    }
}

fn sale_line_view(line: &SaleLine) -> SaleLineView {
    let discounts = line.discounts.iter().map(|discount| DiscountView {
        source: discount.source.to_string(),
        bearer: discount.bearer.to_string(),
        amount_fen: discount.amount,
    });
    let fees = line.fees.iter().filter(|fee| fee.amount != Money::ZERO).map(|fee| FeeView {
        kind: fee.kind.to_string(),
        amount_fen: fee.amount,
        tax_rate: fee.tax_rate,
        tax_fen: fee.tax,
    });
    SaleLineView {
        line: line.line,
        sku: line.sku,
        units: line.units,
        list_fen: line.list,
        discounts: discounts.collect(),
        goods_fen: line.goods,
        fees_fen: line.fee_total(),
        fees: fees.collect(),
        tax_class: line.tax_class.to_string(),
        tax_rate: line.tax_rate,
        tax_fen: line.tax,
        platform_fee_fen: line.platform_fee,
    }
}
