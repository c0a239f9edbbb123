//! The payment port: how money is asked for, and how a provider's word is believed.
//!
//! A provider only ever speaks through a signed webhook. This room checks the signature, its age
//! and its repetition, and hands the verified word to the payment's owner; it never moves money.

mod sandbox;
mod signature;

use actors::{Conflict, Idempotency, Submission};
use axum::http::HeaderMap;
use dispatch::payment::PaymentCommand;
use dispatch::{By, Message};
use vocabulary::{Money, OrderId, PaymentId, Timestamp};

pub use sandbox::Sandbox;
pub use signature::{SIGNATURE_HEADER, Signature};

use crate::app::App;
use crate::call::hash_of;
use crate::trace;
use crate::wire::fault::Fault;
use crate::wire::store::Done;

/// What a provider said, after its signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderWord {
    /// The provider's own id of the message; told twice, it counts once.
    pub id: String,
    pub payment: PaymentId,
    pub said: Said,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Paid { amount: Money },
    Failed { reason: String },
}

/// A payment provider.
pub trait PaymentPort: Send + Sync {
    /// Its name in addresses and keys.
    fn name(&self) -> &'static str;

    /// Where a shopper pays.
    fn pay_url(&self, payment: PaymentId) -> String;

    /// The word inside a webhook, if the provider's signature is on it and not too old.
    fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProviderWord, Fault>;
}

/// A webhook as it came in: believed only if the provider signed it, and carried out once.
pub async fn receive(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<Done, Fault> {
    let word = app.payments.verify(headers, body, app.now())?;
    let reference = word.id.clone();
    let commands = match word.said {
        Said::Paid { amount } => vec![
            PaymentCommand::Authorize { amount, provider_reference: reference.clone() },
            PaymentCommand::Capture { amount, provider_reference: Some(reference) },
        ],
        Said::Failed { reason } => vec![PaymentCommand::Fail { reason }],
    };
    let mut seq = 0;
    for (step, command) in commands.into_iter().enumerate() {
        let key = Idempotency {
            scope: format!("webhook/{}", app.payments.name()),
            key: format!("{}/{step}", word.id),
            body_hash: hash_of("webhook", body),
            conflict: Conflict::IdempotencyKey,
        };
        let command_id: OrderId = app.id();
        let submission = Submission {
            by: By::Provider,
            command: command_id.bits(),
            trace: trace::current(),
            keys: vec![key],
        };
        let message = Message::Payment(word.payment, Box::new(command));
        seq = app.cities.of_message(&message).command(submission, message).await?;
    }
    Ok(Done { seq })
}
