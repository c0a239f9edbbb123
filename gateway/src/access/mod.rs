//! Who asks, what their role lets them do, and where.
//!
//! Roles are data: a role permits verbs, each everywhere or within the principal's scope, some up
//! to a limit. One [`authorize`] reads them for every load. Identity comes from the token of the
//! handshake, never from a message; what is not yours looks like what is not there.

mod authorize;
mod keys;
mod passwords;
mod principal;
pub(crate) mod rate;
mod roles;
pub mod tickets;
mod tokens;

pub use authorize::{OrderFacts, Resource, authorize, stores_in};
pub use keys::{Keys, Purpose};
pub(crate) use keys::{random, read_secret, write_secret};
pub use passwords::Passwords;
pub use principal::{Principal, PrincipalKind, Scope};
pub use rate::RateLimiter;
pub use roles::{Field, Permit, Reach, Role, Roles, Verb, default_roles};
pub(crate) use tokens::SHOPPER;
pub use tokens::{Granted, Listed, TokenDraft, Tokens};
