//! The program as a client of a running server.

use std::path::{Path, PathBuf};

use axum::body::Bytes;
use axum::http::uri::Scheme;
use axum::http::{Method, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::error::Error;
use crate::tls::asking;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A running server, and what its certificate is judged by.
#[derive(Debug)]
pub struct Server {
    /// `http://…` or `https://…`, without a path.
    pub address: String,
    /// Authorities, or the server's own certificate, in PEM; without it those the system trusts.
    pub trusted: Option<PathBuf>,
}

impl Server {
    /// Asks for one thing and returns the body of the answer.
    pub async fn ask(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<String, Error> {
        let asked = self.send(token, method, path, body).await;
        let failed = |source| Error::Ask { server: self.address.clone(), source };
        let (status, body) = asked.map_err(failed)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        if (200..300).contains(&status) { Ok(body) } else { Err(Error::Answered { status, body }) }
    }

    async fn send(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<(u16, Bytes), Failure> {
        let address: Uri = self.address.trim_end_matches('/').parse()?;
        let authority = address.authority().ok_or("the address has no host")?.clone();
        if !is_tls(&address) && address.scheme() != Some(&Scheme::HTTP) {
            return Err("the address begins with neither http:// nor https://".into());
        }
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, authority.as_str())
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let tls = is_tls(&address).then(|| asking::connector(self.trusted.as_deref()));
        let answer = deliver(&address, tls.transpose()?.as_ref(), request).await?;
        let status = answer.status().as_u16();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

pub(crate) fn is_tls(address: &Uri) -> bool {
    address.scheme() == Some(&Scheme::HTTPS)
}

/// Sends one request over a connection of its own, which is TLS where there is a connector.
pub(crate) async fn deliver(
    address: &Uri,
    tls: Option<&TlsConnector>,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, Failure> {
    let authority = address.authority().ok_or("the address has no host")?;
    let port = authority.port_u16().unwrap_or(if tls.is_some() { 443 } else { 80 });
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, port)).await?;
    let Some(connector) = tls else { return exchange(stream, request).await };
    let name = ServerName::try_from(host.to_owned())?;
    exchange(connector.connect(name, stream).await?, request).await
}

async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the answer's body, or with what breaks it, which the body says too.
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

/// The token in a file, without the line's end.
pub fn read_token(path: &Path) -> Result<String, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::File { path: path.to_path_buf(), source })?;
    Ok(text.trim().to_owned())
}
