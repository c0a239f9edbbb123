//! What may be asked of the price book, what then happened, and how it says no.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, PrincipalId, SkuId, StoreId, Timestamp};

use crate::catalog::Sku;
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
    GrantPut(PriceGrant),
    GrantRevoked { name: String },
    StorePriceSet(StorePrice),
    StorePriceCleared { store: StoreId, sku: SkuId },
    DelistedAtStore { store: StoreId, sku: SkuId },
    RelistedAtStore { store: StoreId, sku: SkuId },
    ContractPut(ChannelContract),
    ContractEnded { channel: Channel },
    QuotePolicyPut(QuotePolicy),
    TaxRateAnnounced { class: TaxClass, change: RateChange },
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
        }
    }
}
