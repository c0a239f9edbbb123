//! A provider for trying things out: its page is an endpoint, its webhooks are signed like real ones.

use axum::http::{HeaderMap, HeaderValue};
use vocabulary::{Money, PaymentId, Timestamp};

use super::{PaymentPort, ProviderWord, SIGNATURE_HEADER, Said, Signature};
use crate::access::Keys;
use crate::wire::fault::Fault;
use crate::wire::json;
use crate::wire::payment::{PayOutcome, SandboxWebhook};

/// Money that is none.
pub struct Sandbox {
    keys: Keys,
}

impl Sandbox {
    pub fn new(keys: Keys) -> Self {
        Self { keys }
    }

    /// The signed webhook that the provider would send now, as headers and body.
    pub fn webhook(
        keys: &Keys,
        id: String,
        payment: PaymentId,
        outcome: PayOutcome,
        amount: Money,
        now: Timestamp,
    ) -> Result<(HeaderMap, Vec<u8>), Fault> {
        let message = SandboxWebhook { id, payment, outcome, amount_fen: amount };
        let body = serde_json::to_vec(&message).map_err(|error| {
            tracing::error!(%error, "a webhook cannot be written");
            Fault::internal()
        })?;
        let header = Signature::new(keys, &body, now).header();
        let value = HeaderValue::try_from(header).map_err(|_| Fault::internal())?;
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE_HEADER, value);
        Ok((headers, body))
    }
}

impl PaymentPort for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn pay_url(&self, payment: PaymentId) -> String {
        format!("/v1/payments/{payment}/sandbox/pay")
    }

    fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProviderWord, Fault> {
        Signature::check(&self.keys, headers, body, now)?;
        let message: SandboxWebhook = json::read(body)?;
        let said = match message.outcome {
            PayOutcome::Success => Said::Paid { amount: message.amount_fen },
            PayOutcome::Fail => Said::Failed { reason: "declined by the sandbox".to_owned() },
        };
        Ok(ProviderWord { id: message.id, payment: message.payment, said })
    }
}
