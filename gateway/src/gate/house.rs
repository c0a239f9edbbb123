//! The gateway as its sockets see it: everything is asked of the server behind.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use actors::{Ping, Topic};
use vocabulary::{Clock, CoordinateSystem, ScaledClock, Timestamp};

use super::behind::Core;
use crate::config::Config;
use crate::hub::{Hub, Listening, Sight};
use crate::pages::PagePolicy;
use crate::socket::{House, Seated};
use crate::wire::courier::PingBody;
use crate::wire::fault::{Code, Fault};
use crate::wire::relay::{ActBody, ActText, ActView, HelloView, SeatBody, SeatView};
use crate::wire::socket::{CloseCode, CommandBody};

/// Positions on their way to the server behind; the ones beyond are dropped, as a full city does.
const POSITIONS_UNDER_WAY: usize = 256;

pub(super) struct GateHouse {
    pub core: Arc<Core>,
    pub hub: Arc<Hub>,
    origins: BTreeSet<String>,
    clock: RwLock<ScaledClock>,
    is_ready: AtomicBool,
    /// Of the pages; as the server behind says it, and narrow until it does.
    pub policy: PagePolicy,
    locating: Arc<tokio::sync::Semaphore>,
}

/// Somebody at a socket of this gateway.
#[derive(Debug)]
pub(super) struct Guest {
    seat: String,
    /// The server behind does not know the seat any more.
    is_over: AtomicBool,
}

/// What a gateway says while the server behind it does not answer.
pub(super) fn away() -> Fault {
    let message = "the server of the city cannot be reached: retry with the same key";
    Fault::new(Code::Unavailable, message).after(500)
}

impl GateHouse {
    pub fn new(core: Arc<Core>, hub: Arc<Hub>, config: &Config) -> Self {
        Self {
            core,
            hub,
            origins: config.origins.clone(),
            clock: RwLock::new(ScaledClock::new(1.0)),
            is_ready: AtomicBool::new(false),
            policy: PagePolicy::with(&[]),
            locating: Arc::new(tokio::sync::Semaphore::new(POSITIONS_UNDER_WAY)),
        }
    }

    pub fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Relaxed)
    }

    /// The server behind answered, or did not.
    pub fn heard(&self, hello: Option<&HelloView>) {
        if let Some(hello) = hello {
            let fast_for = hello.fast_for_ms.map(Duration::from_millis);
            let clock = ScaledClock::following(hello.now, hello.scale, fast_for);
            *self.clock.write().unwrap_or_else(PoisonError::into_inner) = clock;
            self.policy.allow(&hello.picture_origins);
        }
        self.is_ready.store(hello.is_some_and(|hello| hello.epoch > 0), Ordering::Relaxed);
    }

    async fn act(&self, who: &Guest, act: ActText) -> Result<ActView, Fault> {
        let body = ActBody { seat: who.seat.clone(), act };
        let done = self.core.post("/v1/relay/acts", &body).await;
        if let Err(Fault { code: Code::Unauthenticated, .. }) = &done {
            // The socket ends, and whoever may still come in comes back with another ticket; what
            // was not done is done then, under the same key.
            who.is_over.store(true, Ordering::Relaxed);
            return Err(away());
        }
        done
    }
}

impl House for GateHouse {
    type Guest = Arc<Guest>;

    fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    async fn redeem(&self, ticket: &str) -> Result<Option<Seated<Arc<Guest>>>, Fault> {
        let body = SeatBody { ticket: ticket.to_owned() };
        let seat: Result<SeatView, Fault> = self.core.post("/v1/relay/seats", &body).await;
        match seat {
            Ok(SeatView { seat, token, topics }) => {
                let guest = Arc::new(Guest { seat, is_over: AtomicBool::new(false) });
                Ok(Some(Seated { guest, topics, token }))
            }
            Err(Fault { code: Code::TicketInvalid, .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.read().unwrap_or_else(PoisonError::into_inner).now()
    }

    fn pace(&self) -> f64 {
        self.clock.read().unwrap_or_else(PoisonError::into_inner).scale()
    }

    fn lets_in(&self, origin: &str) -> bool {
        self.origins.contains(origin)
    }

    fn still_knows(&self, who: &Arc<Guest>) -> Result<(), CloseCode> {
        match who.is_over.load(Ordering::Relaxed) {
            true => Err(CloseCode::GoingAway),
            false => Ok(()),
        }
    }

    async fn may_listen(&self, who: &Arc<Guest>, topic: Topic) -> Result<Listening, Fault> {
        let view = self.act(who, ActText::Listen { topic }).await?;
        let sight = if view.masked { Sight::Masked } else { Sight::Whole };
        Ok(Listening { sight, is_at_work: view.at_work.unwrap_or(true) })
    }

    async fn carry_out(
        &self,
        who: &Arc<Guest>,
        id: &str,
        command: CommandBody,
    ) -> Result<u64, Fault> {
        let done = self.act(who, ActText::Carry { id: id.to_owned(), command }).await?;
        done.seq.ok_or_else(Fault::internal)
    }

    /// Passed on beside everything else, in no order: the latest by its own time counts.
    fn locate(&self, who: &Arc<Guest>, pings: Vec<Ping>) -> Result<(), Fault> {
        let Ok(place) = Arc::clone(&self.locating).try_acquire_owned() else { return Ok(()) };
        let pings = pings.into_iter().map(|Ping { place, at }| PingBody {
            lat: place.latitude(),
            lon: place.longitude(),
            coord: CoordinateSystem::Wgs84,
            at,
        });
        let body =
            ActBody { seat: who.seat.clone(), act: ActText::Locate { pings: pings.collect() } };
        let core = Arc::clone(&self.core);
        tokio::spawn(async move {
            let _place = place;
            if let Err(fault) = core.post::<ActView>("/v1/relay/acts", &body).await {
                tracing::debug!(code = fault.code.text(), "positions were not taken");
            }
        });
        Ok(())
    }
}
