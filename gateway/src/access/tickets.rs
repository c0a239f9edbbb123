//! One-time tickets: how a browser, which cannot send a token with a socket, opens one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actors::Topic;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use vocabulary::TokenId;

use super::Principal;
use super::keys::random;
use crate::wire::fault::Fault;

/// How long a ticket opens, in the wall's time.
pub const TICKET_LIFE: Duration = Duration::from_secs(30);
/// Tickets that may be out at once.
const MOST_TICKETS: usize = 100_000;

/// A ticket that was handed in.
#[derive(Debug, Clone)]
pub struct Ticket {
    pub principal: Arc<Principal>,
    /// What the socket begins to listen to.
    pub topics: Vec<Topic>,
    /// The stored token it was asked for with.
    pub token: Option<TokenId>,
}

/// The tickets that are out, by the hash of their secret. They live in memory: after a restart a
/// client asks for another.
#[derive(Debug, Default)]
pub struct Tickets(Mutex<FxHashMap<[u8; 32], (Instant, Ticket)>>);

impl Tickets {
    /// Gives out a ticket that opens one socket within [`TICKET_LIFE`].
    pub fn issue(&self, ticket: Ticket) -> Result<String, Fault> {
        self.issue_at(ticket, Instant::now())
    }

    fn issue_at(&self, ticket: Ticket, now: Instant) -> Result<String, Fault> {
        let secret = random().map_err(|_| Fault::internal())?;
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() >= MOST_TICKETS {
            tickets.retain(|_, (until, _)| *until > now);
        }
        if tickets.len() >= MOST_TICKETS {
            return Err(Fault::busy());
        }
        let text = URL_SAFE_NO_PAD.encode(secret);
        tickets.insert(Sha256::digest(&text).into(), (now + TICKET_LIFE, ticket));
        Ok(text)
    }

    /// Takes the ticket out: it opens nothing a second time.
    pub fn redeem(&self, ticket: &str) -> Option<Ticket> {
        self.redeem_at(ticket, Instant::now())
    }

    fn redeem_at(&self, ticket: &str, now: Instant) -> Option<Ticket> {
        let hash: [u8; 32] = Sha256::digest(ticket).into();
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, ticket) = tickets.remove(&hash)?;
        (now < until).then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::PrincipalId;

    use super::*;
    use crate::access::{PrincipalKind, Scope};

    fn ticket() -> Ticket {
        let principal = Principal {
            id: PrincipalId::from_bits(1),
            kind: PrincipalKind::Staff,
            role: "hq_admin".into(),
            name: "hq".into(),
            scope: Scope::All,
        };
        Ticket { principal: Arc::new(principal), topics: vec![Topic::Operations], token: None }
    }

    #[test]
    fn a_ticket_opens_once() {
        let tickets = Tickets::default();
        let text = tickets.issue(ticket()).unwrap();
        assert!(tickets.redeem(&text).is_some());
        assert!(tickets.redeem(&text).is_none());
        assert!(tickets.redeem("made up").is_none());
    }

    #[test]
    fn a_ticket_opens_for_thirty_seconds() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let early = tickets.issue_at(ticket(), now).unwrap();
        let late = tickets.issue_at(ticket(), now).unwrap();
        assert!(tickets.redeem_at(&early, now + Duration::from_millis(29_999)).is_some());
        assert!(tickets.redeem_at(&late, now + TICKET_LIFE).is_none());
    }
}
