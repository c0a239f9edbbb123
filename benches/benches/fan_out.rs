//! What does it take to tell a thousand sockets the same thing a hundred times a second?
//!
//! Workload: 1,000 real sockets on the operations topic of one server in a process of its own; 100
//! deltas a second for 10 s, each one order's card, handed to the hub as the city hands them: encoded
//! once, queued for each socket, written by its connection. Floor: a plain loop that writes the same
//! bytes to 1,000 TCP connections, one after the other and what is late in one write, read by the
//! same client. Unit: frames a second that arrive, milliseconds from the word to publish (a line
//! through a pipe, in both) to the frame. Too slow: fewer than 99,000 frames a second, any frame
//! that is not sent, or a p99 above four times the floor's.

use std::io::Write;
use std::process::ChildStdin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actors::{Change, OrderCard, Output, Publication, Topic};
use gateway::App;
use paidan_benches::client::Client;
use paidan_benches::pace::beat_on_a_thread;
use paidan_benches::role::{self, Other};
use paidan_benches::server::{self, Server};
use paidan_benches::sockets::{Listener, Socket, open_all};
use paidan_benches::{Latencies, ask, folder, medians, must, runs, runtime, table};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use vocabulary::{CourierId, OrderId, StoreId, Timestamp};

const SOCKETS: usize = 1_000;
const PER_SECOND: u32 = 100;
const DELTAS: usize = 1_000;
const BARE: &str = "bare";

fn main() {
    match role::of_this_process().as_deref() {
        Some(BARE) => return bare_loop(),
        Some(_) => return server::serve(publish_when_told),
        None => {}
    }
    ask(
        "What does it take to tell 1,000 sockets the same thing 100 times a second?",
        "one order's card to 1,000 sockets for 10 s, same cores; floor: a TCP loop writing the same bytes",
    );
    let [rate, p50, p99, lost, bare_rate, bare_p50, bare_p99] =
        medians(runs(), || runtime().block_on(run()));
    let row = |name: &str, rate: f64, p50: f64, p99: f64, lost: f64| {
        let figures = [format!("{rate:.0}"), format!("{p50:.2}"), format!("{p99:.2}")];
        [vec![name.to_owned()], figures.to_vec(), vec![format!("{lost:.0}")]].concat()
    };
    table(
        &["what", "frames/s", "p50 ms", "p99 ms", "frames not sent"],
        &[
            row("bare TCP loop (floor)", bare_rate, bare_p50, bare_p99, 0.0),
            row("hub", rate, p50, p99, lost),
        ],
    );
}

async fn run() -> [f64; 7] {
    let mut server = Server::start();
    let mut client = Client::open(server.address, 8).await;
    let token = server.token.clone();
    let listeners: Vec<Listener> = (0..SOCKETS)
        .map(|_| Listener { token: &token, topic: json!({"kind": "operations"}) })
        .collect();
    let sockets = open_all(&mut client, server.address, &listeners).await;
    let orders = server.orders();
    let hub = listen(sockets, orders, Numbered::BySequence).await;
    drop(server);
    assert!(!hub.sample.is_empty(), "no socket heard the last delta");
    let bare = bare(&hub.sample).await;
    let lost = (SOCKETS * DELTAS) as f64 - hub.latencies.count() as f64;
    let ([rate, p50, p99], [bare_rate, bare_p50, bare_p99]) = (hub.figures(), bare.figures());
    eprintln!("hub {rate:.0}/s p99 {p99:.2} ms, not sent {lost:.0}");
    eprintln!("bare {bare_rate:.0}/s p99 {bare_p99:.2} ms");
    [rate, p50, p99, lost, bare_rate, bare_p50, bare_p99]
}

/// The floor, with the very frame of the run before.
async fn bare(sample: &str) -> Heard {
    let folder = folder();
    let mut other = Other::start(BARE, folder.path());
    let address = must("the bare loop's address", other.said.parse());
    let mut sockets = Vec::with_capacity(SOCKETS);
    for _ in 0..SOCKETS {
        sockets.push(Socket::bare(address).await);
    }
    let mut orders = other.orders();
    must("the other process hears", writeln!(orders, "{sample}"));
    listen(sockets, orders, Numbered::ByCount).await
}

/// Which word a frame answers.
#[derive(Clone, Copy)]
enum Numbered {
    /// Deltas say it, also after some were left out.
    BySequence,
    /// Frames that are all the same and all arrive.
    ByCount,
}

/// What all sockets heard.
struct Heard {
    latencies: Latencies,
    took: Duration,
    sample: String,
}

impl Heard {
    fn figures(&self) -> [f64; 3] {
        let rate = self.latencies.count() as f64 / self.took.as_secs_f64();
        [rate, self.latencies.millis(50.0), self.latencies.millis(99.0)]
    }
}

/// When each word was to be given.
type Told = Arc<Mutex<Vec<Instant>>>;

/// Gives the word 100 times a second and measures until every socket has heard the last. The pipe
/// is held until then: its end would end the other process.
async fn listen(sockets: Vec<Socket>, pipe: ChildStdin, numbered: Numbered) -> Heard {
    let (pipe, told) = (Arc::new(pipe), Told::default());
    let readers: Vec<_> = sockets
        .into_iter()
        .map(|socket| tokio::spawn(hear(socket, Arc::clone(&told), numbered)))
        .collect();
    let began = Instant::now();
    let mouth = Arc::clone(&pipe);
    beat_on_a_thread(PER_SECOND, DELTAS, move |_, intended| {
        told.lock().unwrap_or_else(PoisonError::into_inner).push(intended);
        must("the other process hears", mouth.as_ref().write_all(b"\n"));
    });
    let mut heard =
        Heard { latencies: Latencies::default(), took: Duration::ZERO, sample: String::new() };
    for reader in readers {
        let (latencies, last) = must("a socket was read to its end", reader.await);
        heard.latencies.merge(&latencies);
        if !last.is_empty() {
            heard.sample = last;
        }
    }
    heard.took = began.elapsed();
    heard
}

/// One socket's delays, and the last delta it heard.
async fn hear(mut socket: Socket, told: Told, numbered: Numbered) -> (Latencies, String) {
    let mut latencies = Latencies::default();
    let (mut first, mut last) = (None, String::new());
    while let Some(frame) = socket.next().await {
        let at = Instant::now();
        // A reset has no number: the snapshot that follows it says how far the topic is.
        let Some(seq) = sequence(&frame) else { continue };
        let number = match numbered {
            Numbered::ByCount => latencies.count(),
            Numbered::BySequence => seq.saturating_sub(*first.get_or_insert(seq)),
        };
        let is_last = number + 1 >= DELTAS as u64;
        if frame.starts_with("{\"type\":\"delta\"") {
            let told = told.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(intended) = told.get(number as usize) {
                latencies.record(at.saturating_duration_since(*intended));
            }
            if is_last {
                last = frame.as_str().to_owned();
            }
        }
        if is_last {
            break;
        }
    }
    (latencies, last)
}

/// The `seq` of a snapshot or delta.
fn sequence(frame: &str) -> Option<u64> {
    let (_, digits) = frame.split_once("\"seq\":")?;
    let end = digits.find(|c: char| !c.is_ascii_digit())?;
    digits.get(..end)?.parse().ok()
}

/// In the server's process: the hub gets a second outlet, whose city is the parent's word.
fn publish_when_told(app: &Arc<App>) {
    let (outlet, outputs) = mpsc::channel::<Vec<Output>>(256);
    tokio::spawn(Arc::clone(&app.hub).run(outputs));
    std::thread::spawn(move || {
        for _ in role::orders_of_the_parent() {
            let change = Change::Operations { orders: vec![card()] };
            let publication = Publication { topic: Topic::Operations, change };
            must("the hub takes it", outlet.blocking_send(vec![Output::Publish(publication)]));
        }
        std::process::exit(0);
    });
}

fn card() -> OrderCard {
    OrderCard {
        order: OrderId::from_bits(7),
        mode: dispatch::order::FulfillmentMode::Delivery,
        status: "open",
        stage: "accepted",
        stores: vec![StoreId::from_bits(1), StoreId::from_bits(2)],
        couriers: vec![CourierId::from_bits(3)],
        promised_by: Some(Timestamp::from_millis(1_795_000_000_000)),
        escalated: false,
        late: false,
        reminders: 0,
    }
}

/// In the floor's process: the first line is the frame, every further one is a word to write it.
fn bare_loop() {
    let (sender, mut words) = mpsc::unbounded_channel();
    runtime().block_on(async {
        let listener = must("a port", TcpListener::bind("127.0.0.1:0").await);
        let address = must("its address", listener.local_addr());
        role::ready(&address.to_string());
        let mut connections: Vec<TcpStream> = Vec::with_capacity(SOCKETS);
        for _ in 0..SOCKETS {
            let (stream, _) = must("a connection", listener.accept().await);
            must("TCP_NODELAY", stream.set_nodelay(true));
            connections.push(stream);
        }
        std::thread::spawn(move || {
            role::orders_of_the_parent().for_each(|word| drop(sender.send(word)));
            std::process::exit(0);
        });
        let frame = framed(&words.recv().await.unwrap_or_default());
        let mut waiting = Vec::new();
        while words.recv_many(&mut waiting, DELTAS).await > 0 {
            // What queued meanwhile goes out in one write, as it does at the hub.
            let frames = frame.repeat(waiting.drain(..).count());
            for connection in &mut connections {
                must("frames are written", connection.write_all(&frames).await);
            }
        }
    });
}

/// A text frame as a server writes it: unmasked, with the short form of its length.
fn framed(text: &str) -> Vec<u8> {
    let length = must("a frame below 64 KiB", u16::try_from(text.len()));
    let [high, low] = length.to_be_bytes();
    let head: &[u8] = if length < 126 { &[0x81, low] } else { &[0x81, 126, high, low] };
    [head, text.as_bytes()].concat()
}
