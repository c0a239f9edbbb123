//! Tells other processes, without ever waiting for them.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisError};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Hints, PATIENCE, Standing};

/// Hints that may wait; the ones beyond are left out.
const WAITING: usize = 8_192;
/// Hints of one trip to Redis.
const AT_ONCE: usize = 512;

enum Word {
    Tell { channel: String, message: String },
    Remember { name: String, field: String, value: String },
}

/// The end that hands hints in; clones share one connection.
#[derive(Clone)]
pub struct Teller {
    words: mpsc::Sender<Word>,
}

impl Teller {
    /// Puts a task to work on the current runtime; it ends with the last clone.
    pub fn open(hints: &Hints) -> Self {
        let (words, waiting) = mpsc::channel(WAITING);
        tokio::spawn(attend(hints.clone(), waiting));
        Self { words }
    }

    /// False when it was left out: whoever listens finds out by asking.
    pub fn tell(&self, channel: String, message: String) -> bool {
        self.words.try_send(Word::Tell { channel, message }).is_ok()
    }

    /// Keeps the last value of a field.
    pub fn remember(&self, name: &str, field: String, value: String) -> bool {
        self.words.try_send(Word::Remember { name: name.to_owned(), field, value }).is_ok()
    }
}

async fn attend(hints: Hints, mut waiting: mpsc::Receiver<Word>) {
    let mut standing = Standing::new(hints.shown.clone());
    let mut connection = None;
    let mut words = Vec::new();
    while waiting.recv_many(&mut words, AT_ONCE).await > 0 {
        let pipe = pipe_of(words.drain(..));
        match timeout(PATIENCE, send(&hints, connection.take(), &pipe)).await {
            Ok(Ok(kept)) => {
                connection = Some(kept);
                standing.well();
            }
            Ok(Err(error)) => leave_out(&mut waiting, standing.failed(&error)).await,
            Err(late) => leave_out(&mut waiting, standing.failed(&late)).await,
        }
    }
}

fn pipe_of(words: impl Iterator<Item = Word>) -> Pipeline {
    let mut pipe = redis::pipe();
    for word in words {
        match word {
            Word::Tell { channel, message } => {
                pipe.cmd("PUBLISH").arg(channel).arg(message).ignore();
            }
            Word::Remember { name, field, value } => {
                pipe.cmd("HSET").arg(name).arg(field).arg(value).ignore();
            }
        }
    }
    pipe
}

async fn send(
    hints: &Hints,
    connection: Option<MultiplexedConnection>,
    pipe: &Pipeline,
) -> Result<MultiplexedConnection, RedisError> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => hints.client.get_multiplexed_async_connection().await?,
    };
    pipe.query_async::<()>(&mut connection).await?;
    Ok(connection)
}

/// While Redis is away nothing is kept for it: old news would only delay the new.
async fn leave_out(waiting: &mut mpsc::Receiver<Word>, pause: Duration) {
    let all = async { while waiting.recv().await.is_some() {} };
    // Once nobody can hand anything in any more there is nothing to wait for.
    let _ = timeout(pause, all).await;
}
