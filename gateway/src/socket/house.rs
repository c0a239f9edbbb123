//! What a connection needs of the house behind it.

use std::sync::Arc;
use std::time::Duration;

use actors::{Ping, Topic};
use vocabulary::{OrderId, Timestamp, TokenId};

use super::command;
use super::heartbeat::HEARTBEAT;
use super::session::SessionLimits;
use crate::access::{Field, Principal};
use crate::actions;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::hub::{Hub, Listening, Sight};
use crate::trace;
use crate::wire::fault::{Code, Fault};
use crate::wire::socket::{CloseCode, CommandBody};

/// The house as sockets see it; tests put up one of their own.
pub(crate) trait House: Send + Sync + 'static {
    /// Who sits at a socket, as this house knows them.
    type Guest: Clone + Send + Sync + 'static;

    fn hub(&self) -> &Arc<Hub>;
    /// Takes a ticket; `None` when it opens nothing.
    fn redeem(
        &self,
        ticket: &str,
    ) -> impl Future<Output = Result<Option<Seated<Self::Guest>>, Fault>> + Send;
    fn now(&self) -> Timestamp;
    /// How many times faster than the wall the city lives now.
    fn pace(&self) -> f64;
    /// Whether a page of this origin may open sockets.
    fn lets_in(&self, origin: &str) -> bool;

    /// Whether who was let in would be let in now: the token stands, the role is there.
    fn still_knows(&self, who: &Self::Guest) -> Result<(), CloseCode>;

    /// Between two pings.
    fn heartbeat(&self) -> Duration {
        HEARTBEAT
    }

    fn session_limits(&self) -> SessionLimits {
        SessionLimits::default()
    }

    /// Whether somebody may listen to a topic, how much of it they see, and whether at work.
    fn may_listen(
        &self,
        who: &Self::Guest,
        topic: Topic,
    ) -> impl Future<Output = Result<Listening, Fault>> + Send;

    /// Carries out a command; answers with the sequence at which it is recorded.
    fn carry_out(
        &self,
        who: &Self::Guest,
        id: &str,
        command: CommandBody,
    ) -> impl Future<Output = Result<u64, Fault>> + Send;

    /// Takes positions of the courier whose socket it is; a full city drops them.
    fn locate(&self, who: &Self::Guest, pings: Vec<Ping>) -> Result<(), Fault>;
}

/// Who handed a ticket in.
pub(crate) struct Seated<G> {
    pub guest: G,
    /// What the socket begins to listen to.
    pub topics: Vec<Topic>,
    /// The stored token behind the ticket.
    pub token: Option<TokenId>,
}

impl House for App {
    type Guest = Arc<Principal>;

    fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    async fn redeem(&self, ticket: &str) -> Result<Option<Seated<Arc<Principal>>>, Fault> {
        let ticket = self.tickets.redeem(ticket);
        Ok(ticket.map(|ticket| Seated {
            guest: ticket.principal,
            topics: ticket.topics,
            token: ticket.token,
        }))
    }

    fn now(&self) -> Timestamp {
        App::now(self)
    }

    fn pace(&self) -> f64 {
        self.clock.scale()
    }

    fn lets_in(&self, origin: &str) -> bool {
        self.config.origins.contains(origin)
    }

    fn still_knows(&self, who: &Arc<Principal>) -> Result<(), CloseCode> {
        let has_role = self.reference.roles().get(&who.role).is_some();
        let is_known = has_role && self.tokens.still_stands(who, App::now(self));
        is_known.then_some(()).ok_or(CloseCode::Forbidden)
    }

    async fn may_listen(&self, who: &Arc<Principal>, topic: Topic) -> Result<Listening, Fault> {
        let caller = Caller::new(self, Arc::clone(who))?;
        App::may_listen(self, &caller, topic).await?;
        let hidden = match topic {
            Topic::Order(_) => Some(Field::Money),
            Topic::Courier(_) => Some(Field::Because),
            Topic::Board(_) | Topic::Operations | Topic::Reports | Topic::StoreReports(_) => None,
        };
        let sees_all = hidden.is_none_or(|field| caller.sees(field));
        let sight = if sees_all { Sight::Whole } else { Sight::Masked };
        Ok(Listening { sight, is_at_work: caller.is_at_work(topic) })
    }

    async fn carry_out(
        &self,
        who: &Arc<Principal>,
        id: &str,
        command: CommandBody,
    ) -> Result<u64, Fault> {
        let caller = Caller::new(self, Arc::clone(who))?;
        self.admit(&caller)?;
        let what = format!("socket {}", command.name);
        let body = serde_json::to_vec(&command.rest).map_err(|_| Fault::internal())?;
        let call = Call::new(caller, Some(id.into()), &what, &body);
        let trace = App::id::<OrderId>(self).bits();
        let done = trace::under(trace, command::carry_out(self, &call, command)).await?;
        Ok(done.seq)
    }

    fn locate(&self, who: &Arc<Principal>, pings: Vec<Ping>) -> Result<(), Fault> {
        let courier = who.courier().ok_or_else(|| {
            let message = "only a courier's own socket reports positions";
            Fault::new(Code::Forbidden, message)
        })?;
        let caller = Caller::new(self, Arc::clone(who))?;
        // Positions are drops in a stream: the next one makes up for those that found no room.
        actions::courier::positions(self, &caller, courier, pings).map(|_taken| ())
    }
}
