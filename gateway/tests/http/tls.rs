//! A house that speaks TLS itself.

use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, Response};
use futures_util::{SinkExt, StreamExt};
use gateway::Config;
use gateway::serve::House;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::Message;

/// Writes a new certificate with its key, as an operator's tool would renew them.
fn renew(folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let wanted = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = wanted.self_signed(&key).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("chain.pem"), certificate.pem()).unwrap();
}

fn settings(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "listen = \"127.0.0.1:0\"\ndata = \"{folder}\"\ntls_certificate = \"{folder}/chain.pem\"\n\
         tls_key = \"{folder}/key.pem\""
    )
}

async fn connect(folder: &Path, house: &House) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("chain.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(house.address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn speak(stream: TlsStream<TcpStream>) -> SendRequest<Full<Bytes>> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn ask(
    sender: &mut SendRequest<Full<Bytes>>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Response<Incoming> {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.header("content-type", "application/json");
    sender.send_request(request.body(Full::new(body.to_string().into())).unwrap()).await.unwrap()
}

async fn body(answer: Response<Incoming>) -> Value {
    serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_sessions_and_sockets_go_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    renew(folder.path());
    let config = Config::from_toml(&settings(folder.path())).unwrap();
    assert_eq!(config.advertise, "https://127.0.0.1:0");
    let house = House::open(config).await.unwrap();
    let mut sender = speak(connect(folder.path(), &house).await.unwrap()).await;

    let answer = ask(&mut sender, "GET", "/v1/clock", &[], Value::Null).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    body(answer).await;

    let hq = std::fs::read_to_string(folder.path().join("hq.token")).unwrap();
    let bearer = format!("Bearer {}", hq.trim());
    let bearer = [("authorization", bearer.as_str())];
    let user =
        json!({"password": "correct horse", "kind": "staff", "role": "hq_admin", "scope": "all"});
    let written = ask(&mut sender, "PUT", "/v1/users/boss", &bearer, user).await;
    assert_eq!(written.status(), 200, "{}", body(written).await);
    let user = json!({"name": "boss", "password": "correct horse"});
    let mut sender = speak(connect(folder.path(), &house).await.unwrap()).await;
    let entered = ask(&mut sender, "POST", "/v1/sessions", &[("paidan-screen", "hq")], user).await;
    assert!(entered.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));

    let mut sender = speak(connect(folder.path(), &house).await.unwrap()).await;
    let ticket = ask(&mut sender, "POST", "/v1/tickets", &bearer, json!({})).await;
    let ticket = body(ticket).await["ticket"].as_str().unwrap().to_owned();
    let stream = connect(folder.path(), &house).await.unwrap();
    let address = format!("wss://localhost/v1/socket?ticket={ticket}");
    let (mut socket, _) = tokio_tungstenite::client_async(address, stream).await.unwrap();
    socket.send(Message::Ping(Bytes::from_static(b"here"))).await.unwrap();
    loop {
        if let Message::Pong(said) = socket.next().await.unwrap().unwrap() {
            assert_eq!(said, Bytes::from_static(b"here"));
            break;
        }
    }
    drop(socket);
    house.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewed_certificate_is_shown_to_those_who_come_and_cuts_nobody_off() {
    let folder = tempfile::tempdir().unwrap();
    renew(folder.path());
    let house = House::open(Config::from_toml(&settings(folder.path())).unwrap()).await.unwrap();
    let mut before = speak(connect(folder.path(), &house).await.unwrap()).await;
    body(ask(&mut before, "GET", "/v1/clock", &[], Value::Null).await).await;

    renew(folder.path());
    // The client trusts the new certificate alone, so the old one is refused until it is replaced.
    let pid = std::process::id().to_string();
    let told = std::process::Command::new("kill").args(["-HUP", &pid]).status().unwrap();
    assert!(told.success());
    let mut tries = 0;
    let after = loop {
        match connect(folder.path(), &house).await {
            Ok(stream) => break stream,
            Err(error) => assert!(tries < 2_000, "{error}"),
        }
        tries += 1;
        tokio::task::yield_now().await;
    };
    let mut after = speak(after).await;
    assert_eq!(ask(&mut after, "GET", "/v1/clock", &[], Value::Null).await.status(), 200);
    assert_eq!(ask(&mut before, "GET", "/v1/clock", &[], Value::Null).await.status(), 200);
    house.close().await.unwrap();
}

#[tokio::test]
async fn a_start_with_files_that_do_not_fit_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::from_toml(&settings(folder.path())).unwrap();
    let refused = House::open(config).await.map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("chain.pem cannot be read"), "{refused}");
}
