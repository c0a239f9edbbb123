//! Tells other processes, without ever waiting for them.

use std::time::Duration;

use redis::RedisError;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::place::{Mouth, Word};
use super::{Hints, PATIENCE, Standing};

/// Hints that may wait; the ones beyond are left out.
const WAITING: usize = 8_192;
/// Hints of one trip to Redis.
const AT_ONCE: usize = 512;

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
        let words = std::mem::take(&mut words);
        match timeout(PATIENCE, send(&hints, connection.take(), words)).await {
            Ok(Ok(kept)) => {
                connection = Some(kept);
                standing.well();
            }
            Ok(Err(error)) => leave_out(&mut waiting, standing.failed(&error)).await,
            Err(late) => leave_out(&mut waiting, standing.failed(&late)).await,
        }
    }
}

async fn send(hints: &Hints, mouth: Option<Mouth>, words: Vec<Word>) -> Result<Mouth, RedisError> {
    let mut mouth = match mouth {
        Some(mouth) => mouth,
        None => Mouth::open(&hints.place).await?,
    };
    mouth.say(words).await?;
    Ok(mouth)
}

/// While Redis is away nothing is kept for it: old news would only delay the new.
async fn leave_out(waiting: &mut mpsc::Receiver<Word>, pause: Duration) {
    let all = async { while waiting.recv().await.is_some() {} };
    // Once nobody can hand anything in any more there is nothing to wait for.
    let _ = timeout(pause, all).await;
}
