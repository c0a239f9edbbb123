//! Connections: how many there are, how long they may take to say what they want, how they end.
//!
//! Knows TCP, TLS and the beginning of a request. What a request means, and how long it may take from
//! there on, is the business of the [`http`](crate::http) doors.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::config::Limits;
use crate::http;
use crate::tls::Tls;

/// Before accepting again when the system has nothing to accept with, such as no free descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Takes connections until the doors close, then waits until those that are open have been
/// answered. Dropped or aborted, it cuts them off.
///
/// A connection that does not finish its TLS handshake or a request's head in time is closed, whether
/// it dribbles, says nothing or rests between two requests: otherwise a few slow clients could hold every place. One
/// more than there are places for waits in the system's queue. A socket leaves its place when its
/// handshake is done; the hub counts it from there on.
pub(crate) async fn stand_open(
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<Tls>,
    closed: watch::Receiver<bool>,
) {
    let (limits, gauge) = (app.config.limits.clone(), app.metrics.clone());
    let porter = Porter::new(&limits, http::router(app), tls);
    let count = move |count| gauge.connections(count);
    stand_open_for(limits.connections as usize, porter, listener, closed, count).await;
}

/// The same for any doors; `count` is told how many connections there are.
pub(crate) async fn stand_open_for(
    most: usize,
    porter: Porter,
    listener: TcpListener,
    mut closed: watch::Receiver<bool>,
    count: impl Fn(usize) + Send,
) {
    let mut connections = JoinSet::new();
    loop {
        count(connections.len());
        tokio::select! {
            () = closing(&mut closed) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < most => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(porter.clone().attend(stream, closed.clone()));
                }
                Err(error) => rest_after(&error).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Leads one connection after the other to the doors.
#[derive(Clone)]
pub(crate) struct Porter {
    protocol: http1::Builder,
    doors: TowerToHyperService<Router>,
    tls: Option<Tls>,
    patience: Duration,
}

type Connection<S> = http1::UpgradeableConnection<TokioIo<S>, TowerToHyperService<Router>>;

impl Porter {
    pub(crate) fn new(limits: &Limits, doors: Router, tls: Option<Tls>) -> Self {
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout);
        let doors = TowerToHyperService::new(doors);
        Self { protocol, doors, tls, patience: limits.header_timeout }
    }

    /// Sees one connection to its end, by TLS where this house speaks it.
    pub(crate) async fn attend(self, stream: TcpStream, mut closed: watch::Receiver<bool>) {
        // Answers are small: waiting to fill a segment would only add to their latency.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
        let Some(tls) = &self.tls else {
            return see_off(self.serve(stream), closed).await;
        };
        let handshake = tokio::time::timeout(self.patience, tls.acceptor().accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            () = closing(&mut closed) => return,
        };
        match shaken {
            Ok(Ok(stream)) => see_off(self.serve(stream), closed).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake was not finished in time"),
        }
    }

    fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
    ) -> Connection<S> {
        self.protocol.serve_connection(TokioIo::new(stream), self.doors.clone()).with_upgrades()
    }
}

/// Once the doors close, a connection is answered what it has asked, no more.
async fn see_off<S>(connection: Connection<S>, mut closed: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing(&mut closed) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Clients go away in many ways; none is worth more than a line for whoever looks for it.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The doors close, or nobody is left who could close them.
async fn closing(closed: &mut watch::Receiver<bool>) {
    let _ = closed.wait_for(|closed| *closed).await;
}

/// A client that left before it was let in is its own affair; anything else is ours and may last.
pub(crate) async fn rest_after(error: &io::Error) {
    match error.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset => {}
        _ => {
            tracing::error!(%error, "no connection can be accepted now");
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
    }
}
