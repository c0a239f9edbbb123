//! The client's side of sockets: a ticket, a handshake, frames as they come.

use std::net::SocketAddr;

use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::city::read;
use crate::client::{Ask, Client};
use crate::must;

#[derive(Deserialize)]
struct Ticket {
    ticket: String,
}

/// One open socket.
pub struct Socket(WebSocketStream<TcpStream>);

/// A token and the topic its socket begins with.
pub struct Listener<'a> {
    pub token: &'a str,
    pub topic: Value,
}

/// Opens a socket for each listener and waits until every topic has begun.
pub async fn open_all(
    client: &mut Client,
    address: SocketAddr,
    listeners: &[Listener<'_>],
) -> Vec<Socket> {
    /// Handshakes in a row and at once: fewer than the system lets wait for the server.
    const AT_ONCE: usize = 64;
    let mut sockets = Vec::with_capacity(listeners.len());
    // A ticket is good for half a minute: a few at a time.
    for wave in listeners.chunks(512) {
        let asks: Vec<Ask> = wave
            .iter()
            .map(|listener| {
                let body = json!({"topics": [listener.topic]});
                Ask::post("/v1/tickets", listener.token, &body)
            })
            .collect();
        let tickets = client.closed_loop(&asks).await;
        let opened = tickets.answers.iter().map(|answer| {
            let ticket = read::<Ticket>(Some(answer)).ticket;
            Socket::open(address, ticket)
        });
        let opened = futures_util::stream::iter(opened).buffered(AT_ONCE);
        sockets.extend(opened.collect::<Vec<_>>().await);
    }
    sockets
}

impl Socket {
    async fn open(address: SocketAddr, ticket: String) -> Self {
        let stream = must("a connection", TcpStream::connect(address).await);
        must("TCP_NODELAY", stream.set_nodelay(true));
        let url = format!("ws://{address}/v1/socket?ticket={ticket}");
        let handshake = tokio_tungstenite::client_async(url, stream).await;
        let (stream, _) = must("the handshake", handshake);
        let mut socket = Self(stream);
        while let Some(frame) = socket.next().await {
            assert!(!frame.contains("\"type\":\"error\""), "the topic did not begin: {frame}");
            if frame.starts_with("{\"type\":\"snapshot\"") {
                return socket;
            }
        }
        panic!("the socket was closed before its topic began");
    }

    /// Frames without a handshake or a ticket, as the bare floor sends them.
    pub async fn bare(address: SocketAddr) -> Self {
        let stream = must("a connection", TcpStream::connect(address).await);
        Self(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
    }

    /// The next text; `None` when the socket is closed. Pings are answered on the way.
    pub async fn next(&mut self) -> Option<Utf8Bytes> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return Some(text),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Binary(_) | Message::Close(_) | Message::Frame(_)) | Err(_) => {
                    return None;
                }
            }
        }
    }
}
