//! How a code gets to a phone: by a gateway of messages over HTTP, or by nobody.
//!
//! Codes wait in a short queue in memory, because a restart forgets the codes themselves. No phone
//! and no code is ever part of a log line, a metric or an error.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, sleep, timeout};
use vocabulary::{Seconds, Timestamp};

use super::Phone;
use super::carrier::{Carried, Carrier};
use crate::access::random;
use crate::config::CodeSending;
use crate::error::Error;
use crate::metrics::{CodeOutcome, DoorMetrics};
use crate::trace;
use crate::wire::fault::{Code, Fault};

/// Codes that wait to be sent; with more the doors say `busy`.
const WAITING: usize = 1_024;
/// Codes that are being sent at the same time.
const AT_ONCE: usize = 16;
/// How long the gateway may take for one answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between the tries for one code: there is one more try than there are pauses.
const PAUSES: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(9)];

/// How codes leave the house.
pub enum CodeSender {
    /// No sender is set up: nobody gets a code.
    Nobody,
    /// Sends nothing: the door shows the code, as the sandbox of payments lets anybody pay.
    Sandbox,
    Gateway(mpsc::Sender<Message>),
}

/// A place in the queue, taken before there is a code: a code that is made is handed over.
pub enum Seat<'s> {
    Sandbox,
    Gateway(mpsc::Permit<'s, Message>),
}

/// What goes to the gateway, as it goes there.
#[derive(Serialize)]
struct Words<'m> {
    /// The same at every try.
    message: &'m str,
    /// With `+` and the country.
    phone: &'m str,
    code: &'m str,
    /// From making it until it can no longer be typed.
    valid_s: u32,
}

/// One code on its way. It has no `Debug`: nothing may write it down.
pub struct Message {
    id: String,
    body: Vec<u8>,
    /// By the wall: later it is of no use to anybody.
    useless_at: Instant,
}

impl CodeSender {
    /// Reads the secret, and starts to send what is handed over; ends with this value.
    pub(crate) fn open(setting: &CodeSending, metrics: &DoorMetrics) -> Result<Self, Error> {
        match setting {
            CodeSending::Nobody => Ok(Self::Nobody),
            CodeSending::Sandbox => {
                tracing::warn!("codes are shown to whoever asks: code_sender is sandbox");
                Ok(Self::Sandbox)
            }
            CodeSending::Gateway(gateway) => {
                let carrier = Arc::new(Carrier::open(gateway)?);
                let (sender, messages) = mpsc::channel(WAITING);
                let messages = Arc::new(Mutex::new(messages));
                for _ in 0..AT_ONCE {
                    let (carrier, messages) = (Arc::clone(&carrier), Arc::clone(&messages));
                    tokio::spawn(send_all(carrier, messages, metrics.clone()));
                }
                Ok(Self::Gateway(sender))
            }
        }
    }

    /// A place for one code, or why there is none.
    pub fn seat(&self) -> Result<Seat<'_>, Fault> {
        match self {
            Self::Nobody => {
                let message = "this server cannot send codes: tell its operator to set code_sender";
                Err(Fault::new(Code::CodeSenderMissing, message))
            }
            Self::Sandbox => Ok(Seat::Sandbox),
            Self::Gateway(sender) => sender.try_reserve().map(Seat::Gateway).map_err(|_| {
                let message = "too many codes wait to be sent: ask again in some seconds";
                Fault::new(Code::Busy, message).after(5_000)
            }),
        }
    }
}

impl Seat<'_> {
    /// Hands the code over; gives it back where nobody but whoever asks would get it. `scale` is
    /// how much faster than the wall the house's time passes.
    pub fn take(
        self,
        phone: &Phone,
        code: String,
        (now, expires_at): (Timestamp, Timestamp),
        scale: f64,
    ) -> Result<Option<String>, Fault> {
        let Self::Gateway(permit) = self else { return Ok(Some(code)) };
        let bytes = random().map_err(|_| Fault::internal())?;
        let id = bytes.iter().take(16).fold(0u128, |id, byte| (id << 8) | u128::from(*byte));
        let id = trace::text(id);
        let Seconds(life) = expires_at.since(now);
        let valid_s = (f64::from(life) / scale.max(1.0)) as u32;
        let words = Words { message: &id, phone: phone.as_str(), code: &code, valid_s };
        let body = serde_json::to_vec(&words).map_err(|_| Fault::internal())?;
        let useless_at = Instant::now() + Duration::from_secs(u64::from(valid_s));
        permit.send(Message { id, body, useless_at });
        Ok(None)
    }
}

/// Sends one code after the other until nobody can hand over any more.
async fn send_all(
    carrier: Arc<Carrier>,
    messages: Arc<Mutex<mpsc::Receiver<Message>>>,
    metrics: DoorMetrics,
) {
    loop {
        let Some(message) = messages.lock().await.recv().await else { return };
        metrics.code(send(&carrier, &message, &metrics).await);
    }
}

/// Tries until it is taken, refused, of no use any more, or tried often enough.
async fn send(carrier: &Carrier, message: &Message, metrics: &DoorMetrics) -> CodeOutcome {
    let mut pauses = PAUSES.iter();
    loop {
        if Instant::now() >= message.useless_at {
            tracing::warn!(message = message.id, "a code waited until it was of no use");
            return CodeOutcome::TooLate;
        }
        let tried = timeout(PATIENCE, carrier.carry(&message.id, &message.body)).await;
        let reason = match tried {
            Ok(Carried::Taken) => return CodeOutcome::Sent,
            Ok(Carried::Refused(status)) => {
                tracing::error!(message = message.id, status, "the gateway refused a code");
                return CodeOutcome::Refused;
            }
            Ok(Carried::NotNow(reason)) => reason,
            Err(_) => "no answer in time".to_owned(),
        };
        let Some(pause) = pauses.next() else {
            tracing::error!(message = message.id, reason, "a code was not sent");
            return CodeOutcome::GivenUp;
        };
        tracing::warn!(message = message.id, reason, "a code is sent again in some seconds");
        metrics.code(CodeOutcome::TriedAgain);
        sleep(*pause).await;
    }
}
