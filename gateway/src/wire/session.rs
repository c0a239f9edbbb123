//! Logging in and out, and the people who may.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{PrincipalId, Timestamp};

use super::access::WhoView;
use super::schema::{Id, Millis, ScopeName};
use crate::access::{PrincipalKind, Scope};

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogInBody {
    pub name: String,
    pub password: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    pub who: WhoView,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
}

/// Somebody who logs in, whole; writing it replaces what was there.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserBody {
    /// 8 to 200 characters; absent keeps the one there is.
    #[serde(default)]
    pub password: Option<String>,
    pub kind: PrincipalKind,
    /// The name of a role.
    pub role: String,
    /// As of a token: `"all"`, `{"stores":[…]}`, `{"courier":…}` and so on.
    #[schema(value_type = ScopeName)]
    pub scope: Scope,
    /// May not log in any more, and is shown out at once.
    #[serde(default)]
    pub disabled: bool,
    /// The version that was read, 0 for somebody new; absent replaces whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UserView {
    pub name: String,
    #[schema(value_type = Id)]
    pub principal: PrincipalId,
    pub kind: PrincipalKind,
    pub role: String,
    #[schema(value_type = ScopeName)]
    pub scope: Scope,
    pub disabled: bool,
    /// Grows with every change; to be sent along with the next one.
    pub version: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    pub users: Vec<UserView>,
}
