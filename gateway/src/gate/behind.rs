//! The server of the city, as its gateway asks it.

use axum::body::{Body, Bytes};
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::timeout;

use super::house::away;
use crate::client;
use crate::config::Behind;
use crate::error::Error;
use crate::wire::fault::{Code, Fault, FaultBody};

/// Longer than the server behind takes for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// For the gateway's own questions, answer and all: they are asked again anyhow.
const PATIENCE_OF_QUESTIONS: Duration = Duration::from_secs(10);

pub(super) struct Core {
    authority: Authority,
    /// What opens the gateway's own doors there.
    bearer: HeaderValue,
    client: Client<HttpConnector, Body>,
}

impl Core {
    pub fn open(behind: &Behind) -> Result<Self, Error> {
        let token = client::read_token(&behind.token_file)?;
        let bad = || {
            Error::Config(crate::config::ConfigError::Value {
                key: "core".to_owned(),
                place: "address".to_owned(),
                given: behind.url.clone(),
                allowed: "give an address such as http://10.0.0.7:7878".to_owned(),
            })
        };
        let authority = behind.url.trim_start_matches("http://").parse().map_err(|_| bad())?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Error::FileContent { path: behind.token_file.clone() })?;
        bearer.set_sensitive(true);
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(2)));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { authority, bearer, client })
    }

    /// Passes a request on as it is, but for where it goes.
    pub async fn pass_on(
        &self,
        mut request: Request<Body>,
    ) -> Result<hyper::Response<Incoming>, Fault> {
        *request.uri_mut() = self.address(request.uri().path_and_query().cloned())?;
        match timeout(PATIENCE, self.client.request(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the server of the city does not answer");
                Err(away())
            }
            Err(_) => Err(away()),
        }
    }

    fn address(&self, path: Option<PathAndQuery>) -> Result<Uri, Fault> {
        let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
        let authority = self.authority.clone();
        let uri = Uri::builder().scheme(Scheme::HTTP).authority(authority).path_and_query(path);
        uri.build().map_err(|_| Fault::internal())
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &'static str) -> Result<T, Fault> {
        self.ask(Method::GET, path, Bytes::new()).await
    }

    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &'static str,
        body: &impl Serialize,
    ) -> Result<T, Fault> {
        let body = serde_json::to_vec(body).map_err(|_| Fault::internal())?;
        self.ask(Method::POST, path, body.into()).await
    }

    /// In the gateway's own name.
    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &'static str,
        body: Bytes,
    ) -> Result<T, Fault> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, self.bearer.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .map_err(|_| Fault::internal())?;
        let answered = async {
            let answer = self.pass_on(request).await?;
            let is_success = answer.status().is_success();
            let body = answer.into_body().collect().await.map_err(|_| away())?.to_bytes();
            Ok::<_, Fault>((is_success, body))
        };
        let (is_success, body) =
            timeout(PATIENCE_OF_QUESTIONS, answered).await.map_err(|_| away())??;
        if is_success {
            serde_json::from_slice(&body).map_err(|error| {
                tracing::error!(path, %error, "the server of the city speaks another version");
                away()
            })
        } else {
            Err(fault_of(&body))
        }
    }
}

/// A fault as the server said it.
pub(crate) fn fault_of(body: &[u8]) -> Fault {
    let Ok(said) = serde_json::from_slice::<FaultBody>(body) else { return away() };
    let Some(code) = Code::ALL.iter().find(|code| code.text() == said.code) else { return away() };
    Fault {
        code: *code,
        message: said.message,
        field: said.field,
        retry_after_ms: said.retry_after_ms,
        owner: said.owner,
    }
}
