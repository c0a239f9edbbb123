//! The program as a client of a running server.

use std::path::Path;

use axum::body::Bytes;
use axum::http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::error::Error;

/// Asks a server for one thing and returns the body of its answer.
pub async fn ask(
    server: &str,
    token: &str,
    method: Method,
    path: &str,
    body: String,
) -> Result<String, Error> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| Error::Ask {
        server: server.to_owned(),
        source,
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", server.trim_end_matches('/')))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| failed(error.into()))?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let answer = client.request(request).await.map_err(|error| failed(error.into()))?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(|error| failed(error.into()))?;
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    if status.is_success() {
        Ok(body)
    } else {
        Err(Error::Answered { status: status.as_u16(), body })
    }
}

/// The token in a file, without the line's end.
pub fn read_token(path: &Path) -> Result<String, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::File { path: path.to_path_buf(), source })?;
    Ok(text.trim().to_owned())
}
