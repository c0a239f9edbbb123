//! The socket door: one task for each connection, between its client and the hub.
//!
//! Identity comes from the ticket of the handshake. What a client says becomes an act of its
//! [`session`]; what the city says comes from the [`hub`](crate::hub). This room holds no state of
//! the domain and answers no question that HTTP does not answer.

mod command;
mod connection;
mod heartbeat;
mod house;
mod line;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

pub use command::CommandName;
pub use session::SessionLimits;

use crate::app::App;
use crate::wire::fault::{Code, Fault};
use connection::Seat;
pub(crate) use house::{House, Seated};
use line::Line;

pub fn routes() -> Router<Arc<App>> {
    door::<App>()
}

/// The same door before any house.
pub(crate) fn door<H: House>() -> Router<Arc<H>> {
    Router::new().route("/v1/socket", get(open::<H>))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Handshake {
    ticket: String,
}

/// Opens a socket with a ticket of `POST /v1/tickets`.
async fn open<H: House>(
    State(house): State<Arc<H>>,
    headers: HeaderMap,
    handshake: Result<Query<Handshake>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Fault> {
    check_origin(house.as_ref(), &headers)?;
    let upgrade = upgrade.map_err(|_| {
        let message = "this address opens a WebSocket: connect with a WebSocket client";
        Fault::new(Code::UpgradeRequired, message)
    })?;
    let seated = redeem(house.as_ref(), handshake).await?;
    let outbox = house.hub().open().ok_or_else(Fault::busy)?;
    if let Some(token) = seated.token {
        outbox.seat(token);
    }
    // Held from here on: a socket that does not come to be gives its place back.
    let seat = Seat::new(house, seated.guest, outbox);
    Ok(Line::fit(upgrade)
        .on_upgrade(move |socket| connection::serve(seat, Line::new(socket), seated.topics)))
}

/// A browser names the page that opens the socket; programs name none.
fn check_origin(house: &impl House, headers: &HeaderMap) -> Result<(), Fault> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let is_known = origin
        .to_str()
        .is_ok_and(|origin| house.lets_in(origin) || is_ours(origin, headers.get(header::HOST)));
    let message = "this page may not open a socket: ask the operator to add its origin";
    is_known.then_some(()).ok_or_else(|| Fault::new(Code::OriginRefused, message))
}

/// Whether the page was served from the address that it now asks.
fn is_ours(origin: &str, host: Option<&HeaderValue>) -> bool {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let host = host.and_then(|host| host.to_str().ok());
    authority.is_some() && authority == host
}

async fn redeem<H: House>(
    house: &H,
    handshake: Result<Query<Handshake>, QueryRejection>,
) -> Result<Seated<H::Guest>, Fault> {
    let seated = match handshake {
        Ok(Query(said)) => house.redeem(&said.ticket).await?,
        Err(_) => None,
    };
    seated.ok_or_else(|| {
        let message = "the ticket was used, is too old or was never given: get another";
        Fault::new(Code::TicketInvalid, message)
    })
}
