//! Tokens, tickets and roles.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{PrincipalId, Timestamp, TokenId};

use super::schema::{Id, Millis, ScopeName};
use crate::access::{Principal, PrincipalKind, Role, Scope};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalBody {
    pub kind: PrincipalKind,
    /// The name of a role.
    pub role: String,
    /// A job or a device, no person's name; of a channel, the channel's name.
    pub name: String,
    /// `"all"`, `{"stores":[…]}`, `{"regions":[…]}`, `{"merchant":…}`, `{"courier":…}` or
    /// `"channel"`.
    #[schema(value_type = ScopeName)]
    pub scope: Scope,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    pub principal: PrincipalBody,
    /// Absent: until it is revoked.
    #[serde(default)]
    pub expires_in_s: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Told once; we keep its hash only.
    pub token: String,
    #[schema(value_type = Id)]
    pub token_id: TokenId,
    #[schema(value_type = Id)]
    pub principal: PrincipalId,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenList {
    pub tokens: Vec<TokenView>,
}

/// What the socket begins to listen to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TicketBody {
    /// `{"kind":"order","id":…}`, `{"kind":"board","id":…}`, `{"kind":"courier","id":…}` or
    /// `{"kind":"operations"}`.
    #[schema(value_type = Vec<Object>)]
    pub topics: Vec<actors::Topic>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TicketView {
    /// Opens one socket, once, within 30 seconds.
    pub ticket: String,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RoleList {
    pub roles: Vec<Role>,
}

/// Who the caller is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WhoView {
    #[schema(value_type = Id)]
    pub principal: PrincipalId,
    pub kind: PrincipalKind,
    pub role: String,
    pub name: String,
    #[schema(value_type = ScopeName)]
    pub scope: Scope,
}

impl WhoView {
    pub fn of(principal: &Principal) -> Self {
        Self {
            principal: principal.id,
            kind: principal.kind,
            role: principal.role.to_string(),
            name: principal.name.to_string(),
            scope: principal.scope.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct ClockView {
    /// By the server's clock.
    #[schema(value_type = Millis)]
    pub now: Timestamp,
    /// How many times faster than the wall it runs at this moment.
    pub scale: f64,
    /// How much longer it runs fast, in the wall's milliseconds; absent when for ever.
    pub fast_for_ms: Option<u64>,
}
