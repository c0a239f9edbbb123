//! What may be asked of the price book, what then happened, and how it says no.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, PrincipalId, ProductId, SkuId, StoreId, Timestamp};

use super::Publication;
use crate::catalog::{Category, Product, Sku};
use crate::channel::{Channel, ChannelContract};
use crate::invalid::Invalid;
use crate::price::{PriceGrant, PriceRefusal, StorePrice};
use crate::quote::QuotePolicy;
use crate::tax::{RateChange, TaxClass};

/// When a decision is made, and on whose word. Whether they may give it is asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    pub now: Timestamp,
    pub by: PrincipalId,
}

/// Something asked of the price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BookCommand {
    /// Write a SKU; `version` says which one was read, 0 for a new SKU.
    PutSku(Sku),
    PutCategory(Category),
    /// Refused while categories or SKUs stand in it.
    RemoveCategory {
        code: String,
    },
    PutProduct(Product),
    /// Says what is sold where and for how much, from its moment on.
    Publish(Publication),
    /// Its moment has come.
    TakeEffect {
        name: String,
    },
    EndPublication {
        name: String,
    },
    PutGrant(PriceGrant),
    RevokeGrant {
        name: String,
    },
    SetStorePrice {
        store: StoreId,
        sku: SkuId,
        price: Money,
    },
    /// Back to the list price.
    ClearStorePrice {
        store: StoreId,
        sku: SkuId,
    },
    /// The store stops selling a SKU.
    DelistAtStore {
        store: StoreId,
        sku: SkuId,
    },
    /// The store sells it again.
    RelistAtStore {
        store: StoreId,
        sku: SkuId,
    },
    PutContract(ChannelContract),
    EndContract {
        channel: Channel,
    },
    PutQuotePolicy(QuotePolicy),
    AnnounceTaxRate {
        class: TaxClass,
        change: RateChange,
    },
}

/// Something that happened to the price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookEvent {
    SkuPut(Sku),
    CategoryPut(Category),
    CategoryRemoved {
        code: String,
    },
    ProductPut(Product),
    /// Written, or in effect: it says itself which.
    PublicationPut(Publication),
    PublicationEnded {
        name: String,
    },
    GrantPut(PriceGrant),
    GrantRevoked {
        name: String,
    },
    StorePriceSet(StorePrice),
    StorePriceCleared {
        store: StoreId,
        sku: SkuId,
    },
    DelistedAtStore {
        store: StoreId,
        sku: SkuId,
    },
    RelistedAtStore {
        store: StoreId,
        sku: SkuId,
    },
    ContractPut(ChannelContract),
    ContractEnded {
        channel: Channel,
    },
    QuotePolicyPut(QuotePolicy),
    TaxRateAnnounced {
        class: TaxClass,
        change: RateChange,
    },
}

/// Why the price book declines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookRefusal {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("SKU {sku} is at version {current}, not {given}: read it again and repeat the change")]
    StaleVersion { sku: SkuId, given: u64, current: u64 },
    #[error(transparent)]
    Price(#[from] PriceRefusal),
    #[error("there is no price grant named {name:?}: look at the list of grants")]
    UnknownGrant { name: String },
    #[error("channel {channel} has no contract: look at the list of contracts")]
    UnknownContract { channel: Channel },
    #[error(
        "product {product} is at version {current}, not {given}: read it and repeat the change"
    )]
    StaleProduct { product: ProductId, given: u64, current: u64 },
    #[error("there is no category {code:?}: look at the tree")]
    UnknownCategory { code: String },
    #[error("category {code:?} is not empty: move what stands in it first")]
    CategoryInUse { code: String },
    #[error("there is no publication named {name:?}: look at the list")]
    UnknownPublication { name: String },
    #[error("publication {name:?} takes effect later: wait, or write it again with another time")]
    NotYet { name: String },
}

impl BookRefusal {
    /// The stable code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_value",
            Self::StaleVersion { .. } => "stale_version",
            Self::Price(refusal) => refusal.code(),
            Self::UnknownGrant { .. } => "unknown_grant",
            Self::UnknownContract { .. } => "unknown_contract",
            Self::StaleProduct { .. } => "stale_version",
            Self::UnknownCategory { .. } => "unknown_category",
            Self::CategoryInUse { .. } => "category_in_use",
            Self::UnknownPublication { .. } => "unknown_publication",
            Self::NotYet { .. } => "publication_not_due",
        }
    }
}
