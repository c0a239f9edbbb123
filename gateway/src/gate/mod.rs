//! A process in front of the city: it holds the sockets, serves the pages, and passes every request
//! on to the server behind it.
//!
//! It knows nothing of its own. What its sockets show comes from the server of the city, by hints
//! through Redis and by asking; any number of gateways may come and go, and none is ever missed.

pub(crate) mod behind;
mod forward;
mod house;
mod news;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::config::{Behind, Config};
use crate::entrance::{self, Porter};
use crate::error::Error;
use crate::http::only_over_tls;
use crate::hub::{Hub, HubLimits};
use crate::tls::{self, Tls};
use crate::{metrics, pages, socket};
use behind::Core;
use house::GateHouse;

/// How long open requests may take once the doors close.
const CLOSING_TIME: Duration = Duration::from_secs(10);

/// An open gateway.
pub(crate) struct Gate {
    pub address: SocketAddr,
    house: Arc<GateHouse>,
    closing: watch::Sender<bool>,
    doors: tokio::task::JoinHandle<()>,
    news: tokio::task::JoinHandle<()>,
    _certificate: Option<tls::Watch>,
}

impl Gate {
    /// Opens the doors at once: until the city is found, whoever comes is asked to wait.
    pub async fn open(config: &Config, behind: &Behind) -> Result<Self, Error> {
        let core = Arc::new(Core::open(behind)?);
        let address = config.listen;
        let failed = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (asked, asks) = mpsc::unbounded_channel();
        let limits =
            HubLimits { most_connections: config.limits.sockets as usize, ..HubLimits::default() };
        let (source, road) = news::open(config.redis.as_ref(), asked)?;
        let hub = Hub::new(source, limits);
        let house = Arc::new(GateHouse::new(Arc::clone(&core), Arc::clone(&hub), config));
        let news = tokio::spawn(news::follow(Arc::clone(&house), asks, road));
        let (closing, closed) = watch::channel(false);
        let tls = config.tls.clone().map(Tls::open).transpose()?;
        let certificate = tls.as_ref().map(Tls::watch);
        let porter = Porter::new(&config.limits, doors(&house, tls.is_some()), tls);
        let most = config.limits.connections as usize;
        let doors = entrance::stand_open_for(most, porter, listener, closed, |_| {});
        let doors = tokio::spawn(doors);
        Ok(Self { address, house, closing, doors, news, _certificate: certificate })
    }

    pub async fn close(mut self) {
        tracing::info!("closing the doors");
        self.closing.send_replace(true);
        self.house.hub.close_all();
        if tokio::time::timeout(CLOSING_TIME, &mut self.doors).await.is_err() {
            tracing::warn!("some requests were still open and are cut off");
            self.doors.abort();
        }
        self.news.abort();
        tracing::info!("closed");
    }
}

fn doors(house: &Arc<GateHouse>, is_tls: bool) -> Router {
    let (ready, counts) = (Arc::clone(house), Arc::clone(house));
    let ready =
        move || async move { ready.is_ready().then_some("serving\n").ok_or_else(house::away) };
    let counts = move || async move {
        let page = metrics::gateway_page(&counts.hub, counts.is_ready());
        page.map(|page| ([(header::CONTENT_TYPE, metrics::FORM)], page))
    };
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(counts))
        .merge(socket::door::<GateHouse>().with_state(Arc::clone(house)))
        .merge(pages::routes::<()>(house.policy.clone()))
        .fallback(forward::pass_on)
        .with_state(())
        .layer(axum::Extension(Arc::clone(house)))
        .layer(middleware::map_request(move |request| async move {
            if is_tls { forward::came_by_tls(request) } else { request }
        }))
        .layer(middleware::map_response(move |answer: Response| async move {
            if is_tls { only_over_tls(answer) } else { answer }
        }))
}
