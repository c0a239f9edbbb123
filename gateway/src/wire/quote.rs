//! What a basket costs.

use commerce::{
    Bearer, Fee, FeeKind, FulfillmentMode, PriceSource, PricedLine, Quote, ShareSource,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{Money, Quantity, QuoteId, SkuId, StoreId, Timestamp};

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

pub fn quote_view(quote: &Quote, token: String) -> QuoteView {
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
    }
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
        source: share_source_text(share.source).to_owned(),
        bearer: bearer_text(share.bearer).to_owned(),
        amount_fen: share.amount,
    }
}

/// `list_price`, `store_price:<id>` or `channel:<name>`.
pub(crate) fn price_source_text(source: &PriceSource) -> String {
    match source {
        PriceSource::ListPrice => "list_price".to_owned(),
        PriceSource::StorePrice { store } => format!("store_price:{store}"),
        PriceSource::ChannelContract { channel } => format!("channel:{channel}"),
    }
}

pub(crate) fn share_source_text(source: ShareSource) -> &'static str {
    match source {
        ShareSource::StorePrice => "store_price",
        ShareSource::ChannelContract => "channel_contract",
        ShareSource::FreeThreshold => "free_threshold",
    }
}

pub(crate) fn bearer_text(bearer: Bearer) -> &'static str {
    match bearer {
        Bearer::Hq => "hq",
        Bearer::Store => "store",
        Bearer::Merchant => "merchant",
        Bearer::Platform => "platform",
    }
}
