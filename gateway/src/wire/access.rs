//! Tokens, tickets and roles.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{PrincipalId, Timestamp, TokenId};

use super::schema::{Id, Millis, ScopeName};
use crate::access::{Listed, Principal, PrincipalKind, Role, Scope};

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

/// A token as headquarters' list shows it: never its secret.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenRowView {
    #[schema(value_type = Id)]
    pub token_id: TokenId,
    #[schema(value_type = Id)]
    pub principal: PrincipalId,
    pub kind: PrincipalKind,
    pub role: String,
    pub name: String,
    #[schema(value_type = ScopeName)]
    pub scope: Scope,
    /// Somebody logged in with name and password: nobody gave it out.
    pub is_session: bool,
    /// The caller's own.
    pub is_own: bool,
    /// On whose word it was given out, `principal:` and an id; absent where somebody logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<String>,
    /// Their name, of somebody who logs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by_name: Option<String>,
    #[schema(value_type = Millis)]
    pub created_at: Timestamp,
    /// Absent: until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub revoked_at: Option<Timestamp>,
    /// When it last opened something, to the hour where that was before the server's last start;
    /// absent when it is not known to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub used_at: Option<Timestamp>,
}

impl TokenRowView {
    /// Whose it is; who is looking is for the caller to say.
    pub fn of(listed: Listed) -> Self {
        let Listed { row, principal, used_at } = listed;
        Self {
            token_id: TokenId::from_bits(row.id),
            principal: principal.id,
            kind: principal.kind,
            role: principal.role.into(),
            name: principal.name.into(),
            scope: principal.scope,
            is_session: false,
            is_own: false,
            granted_by: row.granted_by,
            granted_by_name: None,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            used_at,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"tokens": [{
    "token_id": "019ab3c0-0000-7000-8000-000000000021",
    "principal": "019ab3c0-0000-7000-8000-000000000022",
    "kind": "device", "role": "device", "name": "东湖店秤 1",
    "scope": {"stores": ["019ab3c0-0000-7000-8000-000000000001"]},
    "is_session": false, "is_own": false,
    "granted_by": "principal:019ab3c0-0000-7000-8000-000000000011", "granted_by_name": "headquarters",
    "created_at": 1_795_000_000_000_i64, "used_at": 1_795_000_060_000_i64}]}))]
pub struct TokenPage {
    /// Youngest first.
    pub tokens: Vec<TokenRowView>,
    /// To ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<TokenId>,
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
