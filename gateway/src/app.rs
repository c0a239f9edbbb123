//! Everything a door needs, in one place.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actors::{PartitionHandle, Road, Topic};
use persistence::{ErasedList, Journal, Vault};
use tokio::sync::Notify;
use vocabulary::{Clock, Id, IdSource, OrderId, ScaledClock, Slot, StoreId, Timestamp};

use crate::access::{
    Keys, OrderFacts, Passwords, Permit, RateLimiter, Reach, Resource, Scope, Tokens, Verb,
    authorize, stores_in, tickets::Tickets,
};
use crate::books::Books;
use crate::call::Caller;
use crate::cities::Cities;
use crate::config::Config;
use crate::ground::Ground;
use crate::hub::Hub;
use crate::images::Images;
use crate::members::{CodeSender, LogInCodes, Openings};
use crate::metrics::DoorMetrics;
use crate::payments::PaymentPort;
use crate::reference::{Author, Reference};
use crate::relay::Relay;
use crate::replenishment::Replenishment;
use crate::search::Search;
use crate::streets::Streets;
use crate::wire::fault::{Code, Fault};

/// The house as its doors see it.
pub struct App {
    pub config: Arc<Config>,
    pub clock: Arc<ScaledClock>,
    pub cities: Cities,
    /// Between the partitions of this process.
    pub road: Road,
    pub journal: Journal,
    pub reference: Reference,
    pub books: Arc<Books>,
    pub keys: Keys,
    pub tokens: Tokens,
    pub tickets: Tickets,
    pub passwords: Passwords,
    pub streets: Streets,
    pub ground: Ground,
    pub rate: RateLimiter,
    pub vault: Vault,
    /// Who was forgotten; `None` where nothing outlives the process.
    pub erased: Option<ErasedList>,
    pub replenishment: Replenishment,
    pub images: Images,
    /// Told when a publication is written: it may be the next to take effect.
    pub publications: Notify,
    pub search: Search,
    pub payments: Box<dyn PaymentPort>,
    pub log_in_codes: LogInCodes,
    pub code_sender: CodeSender,
    pub hub: Arc<Hub>,
    pub openings: Openings,
    /// To the gateways in front, and what outlives the process in Redis.
    pub relay: Relay,
    pub metrics: DoorMetrics,
    pub ids: Mutex<IdSource>,
}

impl App {
    pub fn city(&self) -> &PartitionHandle {
        self.cities.here()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id, born now.
    pub fn id<I: Id>(&self) -> I {
        let now = self.now();
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now)
    }

    /// The same in another partition's slot.
    pub fn id_in<I: Id>(&self, slot: Slot) -> I {
        let now = self.now();
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).next_in(now, slot)
    }

    pub fn author(&self, caller: &Caller) -> Author {
        Author { by: caller.principal.id, at: self.now() }
    }

    /// Takes one request from what the caller may ask in a second.
    pub fn admit(&self, caller: &Caller) -> Result<(), Fault> {
        let per_second = caller
            .role
            .requests_per_s
            .unwrap_or_else(|| self.config.limits.requests_per_s_of(caller.principal.kind));
        // A city in fast time asks as often in its own seconds as one at real pace.
        let rate = f64::from(per_second) * self.clock.scale().max(1.0);
        let burst = (rate as u32).max(1);
        self.rate.take(caller.principal.bits(), rate, burst).map_err(|wait: Duration| {
            let message = "you ask too often: wait as long as retry_after_ms says";
            Fault::new(Code::RateLimited, message).after(wait.as_millis() as u64 + 1)
        })
    }

    /// Whether the caller may do this here; with the permission's limit still to be asked.
    pub fn may<'c>(
        &self,
        caller: &'c Caller,
        verb: Verb,
        resource: Resource<'_>,
    ) -> Result<&'c Permit, Fault> {
        authorize(&caller.role, &caller.principal, verb, resource, self.reference.directory())
    }

    /// The stores for which the caller may do this; `None` says all.
    pub fn stores_of(
        &self,
        caller: &Caller,
        verb: Verb,
    ) -> Result<Option<BTreeSet<StoreId>>, Fault> {
        let permit = caller.role.permit(verb).ok_or_else(Fault::forbidden)?;
        match permit.reach {
            Reach::Everywhere => Ok(None),
            Reach::Own => Ok(stores_in(&caller.principal.scope, self.reference.directory())),
        }
    }

    /// Whether the caller's role has the verb at all; where it reaches is asked of what is found.
    pub fn permits(&self, caller: &Caller, verb: Verb) -> Result<(), Fault> {
        if caller.role.permit(verb).is_some() { Ok(()) } else { Err(Fault::forbidden()) }
    }

    /// Whether the caller may do this with an order; loads it only where its people must be known.
    pub async fn may_order(
        &self,
        caller: &Caller,
        verb: Verb,
        order: OrderId,
    ) -> Result<(), Fault> {
        let permit = caller.role.permit(verb);
        let is_everywhere = permit.is_none_or(|permit| permit.reach == Reach::Everywhere);
        let by_id = matches!(caller.principal.scope, Scope::Order(_) | Scope::All);
        let has_limit = permit.is_some_and(|permit| permit.limit.is_some());
        if (is_everywhere || by_id) && !has_limit {
            return self.may(caller, verb, Resource::OrderId(order)).map(|_| ());
        }
        let facts = self.cities.of(order).read_order(order, order_facts).await?;
        let permit = self.may(caller, verb, Resource::Order(&facts))?;
        within(permit, facts.payable)
    }

    /// Whether the caller may listen to a topic.
    pub async fn may_listen(&self, caller: &Caller, topic: Topic) -> Result<(), Fault> {
        match topic {
            Topic::Order(order) => self.may_order(caller, Verb::ReadOrder, order).await,
            Topic::Board(store) => {
                self.may(caller, Verb::ReadBoard, Resource::Store(store)).map(|_| ())
            }
            Topic::Courier(courier) => {
                self.may(caller, Verb::ReadCouriers, Resource::Courier(courier)).map(|_| ())
            }
            Topic::Reports => self.may(caller, Verb::ReadReports, Resource::Chain).map(|_| ()),
            Topic::StoreReports(store) => {
                self.may(caller, Verb::ReadReports, Resource::Store(store)).map(|_| ())
            }
            Topic::Operations => {
                self.may(caller, Verb::WatchOperations, Resource::Chain).map(|_| ())
            }
        }
    }
}

/// Who has to do with an order that was read.
pub fn order_facts(order: &dispatch::order::Order) -> OrderFacts {
    OrderFacts {
        order: order.id,
        channel: order.terms.channel.clone(),
        stores: order.parts.iter().map(|part| part.store).collect(),
        couriers: order.deliveries.iter().filter_map(|known| known.courier()).collect(),
        member: order.terms.uses.as_ref().and_then(|uses| uses.member.as_ref()).map(|of| of.member),
        payable: order.payable().as_fen(),
    }
}

/// Refuses what is above the permission's limit.
pub fn within(permit: &Permit, amount: i64) -> Result<(), Fault> {
    match permit.limit {
        Some(limit) if !permit.covers(amount) => {
            let message = format!("{amount} is above your limit of {limit}: ask your superior");
            Err(Fault::new(Code::OverLimit, message))
        }
        Some(_) | None => Ok(()),
    }
}
