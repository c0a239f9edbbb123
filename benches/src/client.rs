//! A lean HTTP/1.1 client: connections that stay open, bodies built beforehand.
//!
//! It shares the machine with what it measures, so it does as little as it can. Any answer but the
//! expected one ends the bench.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::pace::beat_on_a_thread;
use crate::{Latencies, must};

/// One request, ready to be sent.
#[derive(Debug, Clone)]
pub struct Ask {
    method: Method,
    path: String,
    authorization: Option<String>,
    key: Option<String>,
    body: Bytes,
}

impl Ask {
    pub fn get(path: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            authorization: None,
            key: None,
            body: Bytes::new(),
        }
    }

    pub fn post(path: &str, token: &str, body: &serde_json::Value) -> Self {
        Self {
            method: Method::POST,
            path: path.into(),
            authorization: Some(format!("Bearer {token}")),
            key: None,
            body: body.to_string().into(),
        }
    }

    /// With this token.
    pub fn with(self, token: &str) -> Self {
        Self { authorization: Some(format!("Bearer {token}")), ..self }
    }

    /// Under an idempotency key.
    pub fn once(self, key: String) -> Self {
        Self { key: Some(key), ..self }
    }

    fn request(&self, host: &str) -> Request<Full<Bytes>> {
        let mut request = Request::builder()
            .method(&self.method)
            .uri(&self.path)
            .header(HOST, host)
            .header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        must("a request", request.body(Full::new(self.body.clone())))
    }
}

/// What came back, and when.
pub struct Answer {
    pub number: usize,
    /// When it was sent, or in an open loop when it should have been.
    pub intended: Instant,
    pub answered: Instant,
    pub body: Bytes,
}

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = must("a connection", TcpStream::connect(address).await);
        must("TCP_NODELAY", stream.set_nodelay(true));
        let (sender, driver) = must("HTTP", handshake(TokioIo::new(stream)).await);
        tokio::spawn(driver);
        Self { sender, host: address.to_string() }
    }

    async fn ask(&mut self, number: usize, ask: &Ask, intended: Instant) -> Answer {
        must("the connection is ready", self.sender.ready().await);
        let response = self.sender.send_request(ask.request(&self.host)).await;
        let response = must("an answer", response);
        let status = response.status();
        let body = must("the body", response.into_body().collect().await).to_bytes();
        let answered = Instant::now();
        let path = &ask.path;
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
        Answer { number, intended, answered, body }
    }
}

/// Connections that stay open.
pub struct Client {
    connections: Vec<Connection>,
}

/// All answers to one load, in the order of the questions.
pub struct Load {
    pub answers: Vec<Answer>,
    began: Instant,
    ended: Instant,
}

impl Client {
    pub async fn open(address: SocketAddr, connections: usize) -> Self {
        let connections = join_all((0..connections).map(|_| Connection::open(address))).await;
        Self { connections }
    }

    /// The same server by fewer connections.
    pub fn few(&mut self, connections: usize) -> Few<'_> {
        let connections = connections.min(self.connections.len());
        Few(self.connections.get_mut(..connections).unwrap_or_default())
    }

    /// A closed loop: each connection asks again as soon as it is answered.
    pub async fn closed_loop(&mut self, asks: &[Ask]) -> Load {
        Few(&mut self.connections).closed_loop(asks).await
    }

    /// An open loop: so many a second, whether or not the ones before are answered. Latencies count
    /// from the intended time, so waiting for a free connection is in them.
    pub async fn open_loop(&mut self, asks: &[Ask], per_second: u32) -> Load {
        let (sender, mut due) = mpsc::unbounded_channel();
        let began = Instant::now();
        beat_on_a_thread(per_second, asks.len(), move |number, intended| {
            let _ = sender.send((number, intended));
        });
        let mut free: Vec<&mut Connection> = self.connections.iter_mut().collect();
        let mut waiting = VecDeque::new();
        let mut running = FuturesUnordered::new();
        let mut answers = Vec::with_capacity(asks.len());
        while answers.len() < asks.len() {
            tokio::select! {
                Some(beat) = due.recv() => waiting.push_back(beat),
                Some((connection, answer)) = running.next() => {
                    free.push(connection);
                    answers.push(answer);
                }
            }
            while let Some((number, intended)) = waiting.front().copied()
                && let Some(ask) = asks.get(number)
                && let Some(connection) = free.pop()
            {
                waiting.pop_front();
                running.push(async move {
                    let answer = connection.ask(number, ask, intended).await;
                    (connection, answer)
                });
            }
        }
        drop(running);
        Load::new(answers, began)
    }
}

/// Some connections of a client.
pub struct Few<'c>(&'c mut [Connection]);

impl Few<'_> {
    /// See [`Client::closed_loop`].
    pub async fn closed_loop(self, asks: &[Ask]) -> Load {
        let next = std::cell::Cell::new(0);
        let began = Instant::now();
        let callers = self.0.iter_mut().map(|connection| async {
            let mut answers = Vec::with_capacity(asks.len());
            while let Some(ask) = asks.get(next.get()) {
                let number = next.replace(next.get() + 1);
                answers.push(connection.ask(number, ask, Instant::now()).await);
            }
            answers
        });
        let answers = join_all(callers).await.into_iter().flatten().collect();
        Load::new(answers, began)
    }
}

impl Load {
    fn new(mut answers: Vec<Answer>, began: Instant) -> Self {
        let ended = Instant::now();
        answers.sort_unstable_by_key(|answer| answer.number);
        Self { answers, began, ended }
    }

    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.answers.len() as f64 / (self.ended - self.began).as_secs_f64()
    }

    pub fn latencies(&self) -> Latencies {
        let mut latencies = Latencies::default();
        for answer in &self.answers {
            latencies.record(answer.answered.saturating_duration_since(answer.intended));
        }
        latencies
    }
}
