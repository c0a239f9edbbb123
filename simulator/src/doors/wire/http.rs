//! One HTTP client with kept connections, and what its answers mean.

use std::cell::OnceCell;
use std::fmt;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::client_log::ClientLog;
use crate::doors::{Failure, Seat};

/// An answer that takes longer than this is asked for again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the server is: `http://127.0.0.1:7878`.
#[derive(Debug, Clone)]
pub struct Target {
    authority: String,
}

/// One request.
pub(super) struct Ask {
    method: Method,
    path: String,
    body: Option<Value>,
    key: Option<String>,
    /// Who says it, where clients write down what they say.
    seat: Option<Seat>,
}

pub(super) struct Http {
    target: Target,
    client: Client<HttpConnector, Full<Bytes>>,
    log: OnceCell<ClientLog>,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority)
    }
}

impl Target {
    /// Reads the address; the sentence says what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let example = "write an address such as http://127.0.0.1:7878";
        let uri: Uri = text.parse().map_err(|_| example.to_owned())?;
        match (uri.scheme_str(), uri.authority()) {
            (Some("http"), Some(authority)) => Ok(Self { authority: authority.to_string() }),
            (Some(_) | None, _) => Err(example.to_owned()),
        }
    }

    /// Whether it is this very machine.
    pub fn is_loopback(&self) -> bool {
        let host =
            self.authority.rsplit_once(':').map_or(self.authority.as_str(), |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    pub fn socket(&self, ticket: &str) -> String {
        format!("ws://{}/v1/socket?ticket={ticket}", self.authority)
    }

    pub fn page(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, key: None, seat: None }
    }

    pub fn put(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::PUT, path: path.into(), body: Some(body), key: None, seat: None }
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), body: None, key: None, seat: None }
    }

    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body), key: None, seat: None }
    }

    /// Under an idempotency key.
    pub fn under(self, key: &str) -> Self {
        Self { key: (!key.is_empty()).then(|| key.to_owned()), ..self }
    }

    pub fn said_by(self, seat: Seat) -> Self {
        Self { seat: Some(seat), ..self }
    }
}

impl Http {
    pub fn new(target: Target) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { target, client, log: OnceCell::new() }
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    /// From now on clients write down what they say and hear.
    pub fn write_down(&self, log: ClientLog) {
        // Whoever already writes goes on.
        let _ = self.log.set(log);
    }

    pub fn log(&self) -> Option<&ClientLog> {
        self.log.get()
    }

    pub async fn ask(&self, ask: Ask, token: &str) -> Result<Value, Failure> {
        let Some((log, seat, key)) =
            self.log().and_then(|log| Some((log, ask.seat?, ask.key.clone()?)))
        else {
            return self.send(ask, Some(token)).await;
        };
        let body = ask.body.as_ref().map(Value::to_string).unwrap_or_default();
        log.command(seat, &key, &ask.path, &body);
        let answer = self.send(ask, Some(token)).await;
        log.answer(seat, &key, &answer);
        answer
    }

    /// For what needs no token.
    pub async fn ask_openly(&self, ask: Ask) -> Result<Value, Failure> {
        self.send(ask, None).await
    }

    async fn send(&self, ask: Ask, token: Option<&str>) -> Result<Value, Failure> {
        let mut request = Request::builder()
            .method(ask.method)
            .uri(self.target.page(&ask.path))
            .header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = ask.key {
            request = request.header("idempotency-key", key);
        }
        let body = ask.body.map(|body| body.to_string()).unwrap_or_default();
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| Failure::new("bad_request", error.to_string()))?;
        let answer = tokio::time::timeout(PATIENCE, async {
            let response = self.client.request(request).await.map_err(unreachable)?;
            let status = response.status();
            let body = response.into_body().collect().await;
            let bytes = body.map_err(|error| Failure::retryable("cut_off", error.to_string()))?;
            Ok((status, bytes.to_bytes()))
        });
        let answer =
            answer.await.map_err(|_| Failure::retryable("timeout", "no answer in time"))?;
        let (status, bytes) = answer?;
        judge(status, &bytes)
    }
}

fn unreachable(error: hyper_util::client::legacy::Error) -> Failure {
    Failure::retryable("unreachable", error.to_string())
}

/// A 503 and a 429 are answered later; any other no is final.
fn judge(status: StatusCode, bytes: &[u8]) -> Result<Value, Failure> {
    let body: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    if status.is_success() {
        return Ok(body);
    }
    let text = |field| body.get(field).and_then(Value::as_str);
    let code = text("code").unwrap_or(status.as_str()).to_owned();
    let message = text("message").unwrap_or_default().to_owned();
    let retryable =
        matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
    Err(Failure { code, message, retryable })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        let is_loopback = |text: &str| Target::parse(text).unwrap().is_loopback();
        assert!(is_loopback("http://127.0.0.1:7878"));
        assert!(is_loopback("http://localhost:80"));
        assert!(is_loopback("http://[::1]:7878"));
        assert!(!is_loopback("http://203.0.113.7:7878"));
        assert!(!is_loopback("http://127.0.0.1.example.com:7878"));
        assert!(Target::parse("127.0.0.1:7878").is_err());
    }

    #[test]
    fn a_no_has_its_code_and_says_whether_to_come_back() {
        let failure = judge(StatusCode::CONFLICT, br#"{"code":"too_late","message":"gone"}"#);
        assert_eq!(failure, Err(Failure::new("too_late", "gone")));
        let busy = judge(StatusCode::SERVICE_UNAVAILABLE, b"").unwrap_err();
        assert!(busy.retryable && busy.code == "503");
    }
}
