//! One message to the gateway: an HTTP request, signed, over a connection of its own.

use axum::body::Bytes;
use axum::http::{Method, Request, Uri, header};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use sha2::Sha256;
use tokio_rustls::TlsConnector;
use vocabulary::{Clock, ScaledClock};

use crate::access::read_secret;
use crate::client::{self, is_tls};
use crate::config::CodeGateway;
use crate::error::Error;
use crate::payments::{SIGNATURE_HEADER, Signature};
use crate::tls::asking;

/// What became of one try.
pub(super) enum Carried {
    Taken,
    /// It will be refused at every further try as well.
    Refused(u16),
    /// The gateway cannot be reached, or says that it cannot now.
    NotNow(String),
}

/// Knows the gateway and the secret that both sides have.
pub(super) struct Carrier {
    address: Uri,
    tls: Option<TlsConnector>,
    secret: Hmac<Sha256>,
}

impl Carrier {
    pub(super) fn open(gateway: &CodeGateway) -> Result<Self, Error> {
        let address: Uri = gateway.url.clone();
        let tls = is_tls(&address).then(|| asking::connector(None));
        let secret = read_secret(&gateway.secret_file)?;
        let secret = Hmac::new_from_slice(&secret).map_err(|_| Error::Key)?;
        Ok(Self { address, tls: tls.transpose()?, secret })
    }

    pub(super) async fn carry(&self, id: &str, body: &[u8]) -> Carried {
        match self.try_once(id, body).await {
            Ok(200..300) => Carried::Taken,
            // Too early, too often, or a failure of theirs passes; another no does not.
            Ok(status @ (408 | 425 | 429 | 500..)) => Carried::NotNow(format!("answered {status}")),
            Ok(status) => Carried::Refused(status),
            Err(error) => Carried::NotNow(error.to_string()),
        }
    }

    async fn try_once(&self, id: &str, body: &[u8]) -> Result<u16, client::Failure> {
        let path = self.address.path_and_query().map_or("/", |path| path.as_str());
        let host = self.address.authority().map_or("", |authority| authority.as_str());
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", id)
            .header(SIGNATURE_HEADER, self.sign(body).header())
            .body(Full::new(Bytes::copy_from_slice(body)))?;
        let answer = client::deliver(&self.address, self.tls.as_ref(), request).await?;
        Ok(answer.status().as_u16())
    }

    /// By the wall's time, which the gateway goes by, however fast the house's passes.
    fn sign(&self, body: &[u8]) -> Signature {
        let wall = ScaledClock::new(1.0).now();
        Signature::made(wall, body, |message| {
            let mac = self.secret.clone().chain_update(message);
            mac.finalize().into_bytes().into()
        })
    }
}
