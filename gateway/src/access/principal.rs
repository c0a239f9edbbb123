//! A holder of a token.

use std::collections::BTreeSet;

use commerce::Channel;
use dispatch::By;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CourierId, MemberId, MerchantId, OrderId, PrincipalId, RegionId, StoreId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    Staff,
    Courier,
    /// An app, a till or a partner that brings orders; its name is the channel's name.
    Channel,
    Device,
    /// Whoever holds the token that placing an order returned.
    Shopper,
}

impl PrincipalKind {
    /// As it is written in a stored principal.
    pub fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Courier => "courier",
            Self::Channel => "channel",
            Self::Device => "device",
            Self::Shopper => "shopper",
        }
    }
}

/// Where a principal's role applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    All,
    Stores(BTreeSet<StoreId>),
    Regions(BTreeSet<RegionId>),
    Merchant(MerchantId),
    Courier(CourierId),
    /// Orders of the principal's own channel.
    Channel,
    Order(OrderId),
    /// A member of the chain, logged in.
    Member(MemberId),
}

/// Who a token stands for; what is stored beside its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub id: PrincipalId,
    pub kind: PrincipalKind,
    /// The name of a role.
    pub role: Box<str>,
    /// For people who read an audit trail: a job or a device, no person's name.
    pub name: Box<str>,
    pub scope: Scope,
}

impl Principal {
    /// On whose word its commands are given.
    pub fn by(&self) -> By {
        match (self.kind, &self.scope) {
            (PrincipalKind::Courier, Scope::Courier(courier)) => By::Courier(*courier),
            (PrincipalKind::Shopper, Scope::Order(order)) => By::Shopper(*order),
            (
                PrincipalKind::Staff
                | PrincipalKind::Courier
                | PrincipalKind::Channel
                | PrincipalKind::Device
                | PrincipalKind::Shopper,
                _,
            ) => By::Principal(self.id),
        }
    }

    /// The channel through which its orders come in.
    pub fn channel(&self) -> Option<Channel> {
        let name: &str = match self.kind {
            PrincipalKind::Channel => &self.name,
            PrincipalKind::Staff if self.scope == Scope::All => "hq",
            PrincipalKind::Staff | PrincipalKind::Device => "store",
            PrincipalKind::Courier | PrincipalKind::Shopper => return None,
        };
        Channel::new(name).ok()
    }

    /// The courier it is, if it is one.
    pub fn courier(&self) -> Option<CourierId> {
        match (self.kind, &self.scope) {
            (PrincipalKind::Courier, Scope::Courier(courier)) => Some(*courier),
            (_, _) => None,
        }
    }

    /// Who is counted, and whose keys are kept apart: a shopper's order, otherwise the principal.
    pub fn bits(&self) -> u128 {
        match &self.scope {
            Scope::Order(order) => order.bits(),
            Scope::Member(member) => member.bits(),
            Scope::All
            | Scope::Stores(_)
            | Scope::Regions(_)
            | Scope::Merchant(_)
            | Scope::Courier(_)
            | Scope::Channel => self.id.bits(),
        }
    }
}
