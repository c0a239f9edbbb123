//! Connections: how many there are, how long they may take to say what they want, how they end.
//!
//! Knows TCP and the beginning of a request. What a request means, and how long it may take from
//! there on, is the business of the [`http`](crate::http) doors.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::config::Limits;
use crate::http;

/// Before accepting again when the system has nothing to accept with, such as no free descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Takes connections until the doors close, then waits until those that are open have been
/// answered. Dropped or aborted, it cuts them off.
///
/// A connection that does not finish a request's head in time is closed, whether it dribbles, says
/// nothing or rests between two requests: otherwise a few slow clients could hold every place. One
/// more than there are places for waits in the system's queue. A socket leaves its place when its
/// handshake is done; the hub counts it from there on.
pub(crate) async fn stand_open(
    app: Arc<App>,
    listener: TcpListener,
    closed: watch::Receiver<bool>,
) {
    let (standing, gauge) = (Standing::of(&app.config.limits), app.metrics.clone());
    let count = move |count| gauge.connections(count);
    stand_open_for(standing, http::router(app), listener, closed, count).await;
}

/// How connections are held.
pub(crate) struct Standing {
    most: usize,
    protocol: http1::Builder,
}

impl Standing {
    pub fn of(limits: &Limits) -> Self {
        Self { most: limits.connections as usize, protocol: protocol(limits) }
    }
}

/// The same for any doors; `count` is told how many connections there are.
pub(crate) async fn stand_open_for(
    Standing { most, protocol }: Standing,
    doors: Router,
    listener: TcpListener,
    mut closed: watch::Receiver<bool>,
    count: impl Fn(usize) + Send,
) {
    let doors = TowerToHyperService::new(doors);
    let mut connections = JoinSet::new();
    loop {
        count(connections.len());
        tokio::select! {
            () = closing(&mut closed) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < most => match accepted {
                Ok((stream, _)) => {
                    let connection = serve(&protocol, stream, doors.clone());
                    connections.spawn(attend(connection, closed.clone()));
                }
                Err(error) => rest_after(&error).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

pub(crate) fn protocol(limits: &Limits) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout);
    protocol
}

pub(crate) type Connection =
    http1::UpgradeableConnection<TokioIo<TcpStream>, TowerToHyperService<Router>>;

pub(crate) fn serve(
    protocol: &http1::Builder,
    stream: TcpStream,
    doors: TowerToHyperService<Router>,
) -> Connection {
    // Answers are small: waiting to fill a segment would only add to their latency.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
    protocol.serve_connection(TokioIo::new(stream), doors).with_upgrades()
}

/// Sees one connection to its end; once the doors close it is answered what it has asked, no more.
async fn attend(connection: Connection, mut closed: watch::Receiver<bool>) {
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
