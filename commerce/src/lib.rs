//! Pure machines and rules of the shop: catalog, prices, promotions, quotes, fees and tax; the books,
//! what they report and how they are settled.
//!
//! This room decides what things cost and who carries each fen. It does no I/O, reads no clock,
//! draws no chance and logs nothing; it knows no stock, no couriers and no order but its account.
//! Whoever places an order turns a [`Quote`] into the order's priced lines.

mod book;
pub mod budget;
mod catalog;
mod channel;
mod fees;
#[cfg(test)]
mod fixtures;
mod invalid;
pub mod ledger;
pub mod member;
mod permille;
mod price;
mod promotion;
mod quote;
pub mod replenishment;
pub mod report;
pub mod settlement;
mod tax;

pub use book::{
    BookCommand, BookEvent, BookRefusal, BookSnapshot, Context, PriceBook, Publication,
    PublishedSku,
};
pub use catalog::{Barcode, Catalog, Categories, Category, Product, Sku, SkuDetails, Temperature};
pub use channel::{Channel, ChannelContract};
pub use fees::{CarriageFee, Fee, FeeKind, FeePolicy, FeeShare};
pub use invalid::Invalid;
pub use permille::Permille;
pub use price::{
    Bearer, PriceGrant, PriceRange, PriceRefusal, PriceSource, Priced, Share, ShareSource, Skus,
    StorePrice, Stores,
};
pub use promotion::{
    Applied, BearerPart, Budget, BudgetDraw, Campaign, CampaignCommand, CampaignEvent,
    CampaignGrant, CampaignRefusal, Campaigns, Channels, CouponTemplate, CouponValue, Discount,
    Explanation, Giver, Goods, HeldCoupon, MemberStanding, Members, NotApplied, PointsPolicy,
    PointsSpent, Reason, Scope, Short, SpendAndSave, SpendTier, Stacking, Stage, Subject, TierCode,
    UnitDiscount, Uses, Validity,
};
pub use quote::{
    Facts, FulfillmentMode, MOST_LINES, PricedLine, Quote, QuoteLineRequest, QuoteMismatch,
    QuotePolicy, QuoteRefusal, QuoteRequest, Quoted, price_basket,
};
pub use tax::{RateChange, RateHistory, TaxClass, TaxTable, tax_contained};
