//! One request as the house carries it out: who asks, under which key and trace.

use std::sync::Arc;

use actors::{Conflict, Idempotency, Submission, Topic};
use sha2::{Digest, Sha256};
use vocabulary::TokenId;

use crate::access::{Field, Principal, Role, Scope, Verb};
use crate::app::App;
use crate::trace;
use crate::wire::fault::{Code, Fault};

/// The longest idempotency key.
pub const LONGEST_KEY: usize = 128;

/// Who asks, as the handshake says.
#[derive(Debug, Clone)]
pub struct Caller {
    pub principal: Arc<Principal>,
    pub role: Arc<Role>,
    /// Which stored token let them in; absent for shoppers and on sockets.
    pub token: Option<TokenId>,
}

/// A caller with one thing to be done.
#[derive(Debug, Clone)]
pub struct Call {
    pub caller: Caller,
    /// The caller's own key for this: the same again is carried out once.
    pub key: Option<Box<str>>,
    /// SHA-256 of what is asked; only where there is a key.
    pub hash: [u8; 32],
}

impl Caller {
    /// The principal as it is now, with its role: a person may have been given other work since
    /// the session began, or been shown out.
    pub fn new(app: &App, principal: Arc<Principal>) -> Result<Self, Fault> {
        let principal = match app.reference.user_of(principal.id) {
            Some(user) if user.disabled => return Err(session_over()),
            Some(user) => Arc::clone(&user.principal),
            None => principal,
        };
        let roles = app.reference.roles();
        let role = roles.get(&principal.role).ok_or_else(|| {
            let message = "your role is not known any more: ask headquarters";
            Fault::new(Code::Forbidden, message)
        })?;
        Ok(Self { principal, role: Arc::clone(role), token: None })
    }

    /// The same for whoever holds this token.
    pub fn with_token(
        app: &App,
        principal: Arc<Principal>,
        token: Option<TokenId>,
    ) -> Result<Self, Fault> {
        let user = app.reference.user_of(principal.id);
        if let (Some(token), Some(user)) = (token, user)
            && token.born_at() < user.sessions_from
        {
            return Err(session_over());
        }
        Ok(Self { token, ..Self::new(app, principal)? })
    }

    pub fn sees(&self, field: Field) -> bool {
        self.role.sees(field)
    }

    /// Whether the topic is the board of a store that the caller works at: one that their scope
    /// names, under a role that keeps boards open. A region or headquarters only reads along.
    pub fn is_at_work(&self, topic: Topic) -> bool {
        match (topic, &self.principal.scope) {
            (Topic::Board(store), Scope::Stores(stores)) => {
                stores.contains(&store) && self.role.permit(Verb::ShowBoard).is_some()
            }
            (_, _) => false,
        }
    }
}

fn session_over() -> Fault {
    Fault::new(Code::Unauthenticated, "this session is over: log in again")
}

impl Call {
    /// `what` names the thing asked for; the same key for another thing is a mistake.
    pub fn new(caller: Caller, key: Option<Box<str>>, what: &str, body: &[u8]) -> Self {
        let hash = match key {
            Some(_) => hash_of(what, body),
            None => [0; 32],
        };
        Self { caller, key, hash }
    }

    /// On whose word the city carries it out.
    pub fn submission(&self, app: &App) -> Submission {
        let keys = self.retry_key(app).into_iter().collect();
        self.submission_under(app, keys)
    }

    /// The same under keys of its own.
    pub fn submission_under(&self, app: &App, keys: Vec<Idempotency>) -> Submission {
        let command: vocabulary::OrderId = app.id();
        let by = self.caller.principal.by();
        Submission { by, command: command.bits(), trace: trace::current(), keys }
    }

    /// The key that a client retries with; each principal has its own.
    pub fn retry_key(&self, app: &App) -> Option<Idempotency> {
        let key = self.key.as_deref()?;
        let (city, principal) = (app.city().partition(), self.caller.principal.bits());
        let principal = vocabulary::planted!("key_of_nobody", 0, principal);
        Some(Idempotency {
            scope: format!("{city}/{principal:032x}"),
            key: key.to_owned(),
            body_hash: self.hash,
            conflict: Conflict::IdempotencyKey,
        })
    }
}

/// SHA-256 over what is asked for and how.
pub fn hash_of(what: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((what.len() as u64).to_be_bytes());
    hash.update(what.as_bytes());
    hash.update(body);
    hash.finalize().into()
}

/// A key as a client may choose it: 1 to 128 visible ASCII characters.
pub fn check_key(key: &str) -> Result<Box<str>, Fault> {
    let is_good =
        (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good {
        return Ok(key.into());
    }
    let message = "an idempotency key is 1 to 128 visible ASCII characters without spaces";
    Err(Fault::new(Code::IdempotencyKeyInvalid, message))
}
