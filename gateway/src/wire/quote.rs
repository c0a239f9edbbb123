//! What a basket costs.

use actors::{bearer_text, price_source_text, share_source_text};
use commerce::{Fee, FeeKind, FulfillmentMode, PricedLine, Quoted, Uses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CouponId, MemberId, Money, Quantity, QuoteId, SkuId, StoreId, Timestamp};

use super::explanation::{ExplanationView, explanation_view};
use super::order::ShareView;
use super::schema::{Fen, Id, Millis};

/// How goods reach the shopper.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code)]
pub enum Mode {
    /// Carried by a courier from the store to the door.
    Delivery,
    /// Collected at a store with a code.
    Pickup,
    /// Sent by a carrier.
    Express,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "mode": "delivery",
    "lines": [{"sku": "019ab3c0-0000-7000-8000-000000000101", "quantity": 2}],
}))]
pub struct QuoteBody {
    #[serde(default)]
    #[schema(value_type = Mode)]
    pub mode: FulfillmentMode,
    /// The store the shopper is in or collects at; its own prices then apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub store: Option<StoreId>,
    /// 1 to 200; lines of one SKU are merged.
    pub lines: Vec<QuoteLineBody>,
    /// Whose basket it is: the code that the member shows, or the token of the member's session.
    /// Absent: nobody's with an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Coupons of the member's to be used; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Id>)]
    pub coupons: Vec<CouponId>,
    /// Points of the member's to be spent, as far as they may.
    #[serde(default)]
    pub points: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteLineBody {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    /// 1 to 9,999.
    #[schema(value_type = u32)]
    pub quantity: Quantity,
    /// A partner's own price of one unit, where its contract allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fen>)]
    pub channel_price_fen: Option<Money>,
}

/// A price that holds until it expires.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QuoteView {
    /// The signed quote: what placing sends back, unread.
    pub quote: String,
    #[schema(value_type = Id)]
    pub id: QuoteId,
    #[schema(value_type = Mode)]
    pub mode: FulfillmentMode,
    pub lines: Vec<QuotedLine>,
    pub fees: Vec<FeeView>,
    #[schema(value_type = Fen)]
    pub goods_fen: Money,
    #[schema(value_type = Fen)]
    pub payable_fen: Money,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
    pub book_version: u64,
    pub campaigns_version: u64,
    /// What was taken off and why, and what was not and why not.
    pub explanation: ExplanationView,
    /// What of the member's an order of this quote uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<UsesView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UsesView {
    #[schema(value_type = Id)]
    pub member: MemberId,
    #[schema(value_type = Vec<Id>)]
    pub coupons: Vec<CouponId>,
    pub points: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QuotedLine {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub name: String,
    pub quantity: u32,
    #[schema(value_type = Fen)]
    pub list_price_fen: Money,
    #[schema(value_type = Fen)]
    pub unit_price_fen: Money,
    pub price_source: String,
    pub shares: Vec<ShareView>,
    #[schema(value_type = Fen)]
    pub goods_fen: Money,
    #[schema(value_type = Fen)]
    pub fees_fen: Money,
    #[schema(value_type = String)]
    pub tax_class: commerce::TaxClass,
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FeeView {
    /// `delivery` or `packing`.
    #[schema(value_type = String)]
    pub kind: FeeKind,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    pub shares: Vec<ShareView>,
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
}

pub fn quote_view(quoted: Quoted, token: String) -> QuoteView {
    let Quoted { quote, explanation } = quoted;
    QuoteView {
        quote: token,
        id: quote.id,
        mode: quote.mode,
        lines: quote.lines.iter().map(quoted_line).collect(),
        fees: quote.fees.iter().map(fee_view).collect(),
        goods_fen: quote.goods_total,
        payable_fen: quote.payable_total,
        expires_at: quote.expires_at,
        book_version: quote.book_version,
        campaigns_version: quote.campaigns_version,
        explanation: explanation_view(explanation),
        uses: quote.uses.map(uses_view),
    }
}

fn uses_view(uses: Uses) -> UsesView {
    UsesView { member: uses.member, coupons: uses.coupons, points: uses.points }
}

fn quoted_line(line: &PricedLine) -> QuotedLine {
    QuotedLine {
        sku: line.sku,
        name: line.name.clone(),
        quantity: line.quantity.get(),
        list_price_fen: line.list_price,
        unit_price_fen: line.unit_price,
        price_source: price_source_text(&line.price_source),
        shares: line.shares.iter().map(share_view).collect(),
        goods_fen: line.goods,
        fees_fen: line.fee_total(),
        tax_class: line.tax_class,
        tax_fen: line.tax,
    }
}

fn fee_view(fee: &Fee) -> FeeView {
    FeeView {
        kind: fee.kind,
        amount_fen: fee.amount,
        shares: fee.shares.iter().map(share_view).collect(),
        tax_fen: fee.tax,
    }
}

fn share_view(share: &commerce::Share) -> ShareView {
    ShareView {
        source: share_source_text(share.source).into_owned(),
        bearer: bearer_text(share.bearer).to_owned(),
        amount_fen: share.amount,
    }
}
