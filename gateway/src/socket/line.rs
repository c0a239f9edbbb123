//! The wire of one socket: which frames are taken, how a bad one is answered, how it ends.
//!
//! What frames say is none of its business.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use futures_util::SinkExt;
use tokio_tungstenite::tungstenite;

use crate::wire::socket::CloseCode;

/// Clients say little at a time, and this is a good part of what an idle socket costs.
const READ_BUFFER: usize = 1_024;
/// Written to the system as soon as this much is there, or the queue is empty.
const WRITE_BUFFER: usize = 4 * 1_024;
/// One frame may be larger than what usually waits: a city's operations, whole. More than one
/// frame never waits here, because the next is handed over when this one has left.
const LARGEST_FRAME_OUT: usize = 32 * 1_024 * 1_024;
/// Clients say little; a message in pieces is counted whole.
const LARGEST_FRAME_IN: usize = 64 * 1_024;
/// How long a closing socket is given to take its last frame and to answer it.
const CLOSING_TIME: Duration = Duration::from_secs(5);

/// Why a connection ends.
pub(crate) enum End {
    /// We end it, and say so.
    Close(CloseCode),
    /// The client said goodbye, and is owed one.
    Goodbye,
    /// Nobody is there.
    Gone,
}

pub(crate) struct Line {
    socket: WebSocket,
}

impl Line {
    pub fn new(socket: WebSocket) -> Self {
        Self { socket }
    }

    /// The sizes of what may come and go. Nothing is compressed: no extension is ever agreed to.
    pub fn fit(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
        upgrade
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_write_buffer_size(LARGEST_FRAME_OUT)
            .max_message_size(LARGEST_FRAME_IN)
            .max_frame_size(LARGEST_FRAME_IN)
    }

    /// The next message, whole. Nothing is lost when this is dropped before it answers. A ping has
    /// been answered when it is heard of.
    pub async fn hear(&mut self) -> Result<Message, End> {
        match self.socket.recv().await {
            Some(Ok(Message::Close(_))) => Err(End::Goodbye),
            Some(Ok(message)) => Ok(message),
            Some(Err(error)) => Err(end_of(error)),
            None => Err(End::Gone),
        }
    }

    /// Writes the messages in one flush; answers how many there were.
    pub async fn say(&mut self, messages: impl Iterator<Item = Message>) -> Result<u64, End> {
        let mut count = 0;
        for message in messages {
            self.socket.feed(message).await.map_err(|_| End::Gone)?;
            count += 1;
        }
        self.socket.flush().await.map_err(|_| End::Gone)?;
        Ok(count)
    }

    /// Says why, or answers the goodbye, and waits a little for the client to take it.
    pub async fn end(mut self, end: End) {
        let goodbye = async {
            match end {
                End::Gone => return,
                // Reading on writes the answer, which the library has laid ready.
                End::Goodbye => {}
                End::Close(code) => {
                    let frame = CloseFrame { code: code.number(), reason: code.reason().into() };
                    if self.socket.send(Message::Close(Some(frame))).await.is_err() {
                        return;
                    }
                }
            }
            // What the client still sends is read away, so that the system does not cut the
            // connection before the last frame has arrived.
            while let Some(Ok(_)) = self.socket.recv().await {}
        };
        if tokio::time::timeout(CLOSING_TIME, goodbye).await.is_err() {
            tracing::debug!("a client did not take its goodbye");
        }
    }
}

/// A frame that cannot be taken has a reason; everything else is a broken line.
fn end_of(error: axum::Error) -> End {
    let inner = error.into_inner();
    match inner.downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => End::Close(CloseCode::TooLarge),
        Some(tungstenite::Error::Utf8(_)) => End::Close(CloseCode::NotText),
        Some(tungstenite::Error::Protocol(_)) => End::Close(CloseCode::Protocol),
        Some(_) | None => End::Gone,
    }
}
