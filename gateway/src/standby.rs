//! In front of the house while another server runs its city: whoever knocks is told where to go.
//!
//! The city is asked for twice a second. The moment its owner ends, or was silent for longer than
//! the database lets an owner be, it is this server's turn, and the house is furnished from what is
//! recorded then. Nothing is remembered from the time of waiting.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use persistence::{Journal, PartitionId};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::cities::MEMBERS;
use crate::config::Config;
use crate::entrance::{self, Porter};
use crate::error::Error;
use crate::tls::Tls;
use crate::wire::fault::Fault;

/// How often the city is asked for.
const ASKING: Duration = Duration::from_millis(500);

/// Who this process is to other servers of the same database.
pub(crate) fn owner() -> String {
    format!("pid-{}", std::process::id())
}

/// Returns when everything that this server runs is its own. Until then the doors know one answer.
pub(crate) async fn wait_for_turn(
    config: &Config,
    journal: &Journal,
    listener: &TcpListener,
    tls: Option<Tls>,
) -> Result<(), Error> {
    let (tell, url) = watch::channel(Arc::<str>::from(""));
    let porter = Porter::new(&config.limits, doors(url), tls);
    // Nobody is seen off: when the turn comes, whoever is connected is cut off at once.
    let (_open, closed) = watch::channel(false);
    let most = config.limits.connections as usize;
    let mut connections = JoinSet::new();
    let mut asking = interval(ASKING);
    asking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = asking.tick() => {
                if is_our_turn(config, journal, &tell).await? {
                    break;
                }
            }
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < most => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(porter.clone().attend(stream, closed.clone()));
                }
                Err(error) => entrance::rest_after(&error).await,
            },
        }
    }
    // Whoever is still connected comes again and finds the house.
    connections.shutdown().await;
    Ok(())
}

async fn is_our_turn(
    config: &Config,
    journal: &Journal,
    tell: &watch::Sender<Arc<str>>,
) -> Result<bool, Error> {
    // The members' partition is every server's of one database: whoever has it has the rest, and two
    // that wait for each other's share cannot be.
    let cities = config.more_cities.iter().map(|(number, _)| *number);
    for number in [MEMBERS, config.city].into_iter().chain(cities) {
        match journal.claim(PartitionId(number), &owner(), &config.advertise).await {
            Ok(_) => {}
            Err(persistence::Error::Owned { owner, url, .. }) => {
                if **tell.borrow() != *url {
                    tracing::warn!(number, owner, url, "another server runs the city: standing by");
                    tell.send_replace(url.into());
                }
                return Ok(false);
            }
            Err(error) if error.is_passing() => {
                tracing::warn!(%error, "the database is away: standing by");
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// The process lives; for anything else there is another address.
fn doors(url: watch::Receiver<Arc<str>>) -> Router {
    let answer = move || {
        let fault = Fault::not_owner(&url.borrow());
        async move { fault }
    };
    Router::new().route("/healthz", get(async || "standing by\n")).fallback(answer)
}
