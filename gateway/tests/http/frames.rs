//! Bytes that are no frames, on the whole house: the socket is closed with the right code, and
//! everybody else is served on.
//!
//! A second opinion beside the cases of Autobahn, and on the real door with its ticket.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::given::Given;
use crate::sockets::Screen;

/// Longer than anything here takes; only a broken test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
const FINAL: u8 = 0x80;
const CONTINUED: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
/// The mask of nothing: what is said stands readable in the bytes.
const MASK: [u8; 4] = [0; 4];

/// The head of a client's frame, whatever follows it.
fn head(first: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![first];
    match length {
        0..126 => bytes.push(FINAL | length as u8),
        126..65_536 => {
            bytes.push(FINAL | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(FINAL | 127);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    [head(first, payload.len() as u64), payload.to_vec()].concat()
}

fn text(payload: &[u8]) -> Vec<u8> {
    frame(FINAL | TEXT, payload)
}

fn pieces(payload: &[u8], count: usize) -> Vec<u8> {
    let mut bytes = frame(TEXT, payload);
    (1..count).for_each(|_| bytes.extend(frame(CONTINUED, payload)));
    bytes
}

fn goodbye(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FINAL | CLOSE, &[&code.to_be_bytes(), reason].concat())
}

/// Everything that may be said wrongly, and the code that ends it.
fn cases() -> Vec<(&'static str, Vec<u8>, u16)> {
    let part = |bytes: &[u8]| frame(FINAL | CONTINUED, bytes);
    let mut unmasked = vec![FINAL | TEXT, 2];
    unmasked.extend(b"{}");
    vec![
        ("a frame of 1 MiB", text(&vec![b'x'; 1_024 * 1_024]), 1009),
        ("one byte too much", text(&vec![b'x'; 64 * 1_024 + 1]), 1009),
        ("a length of 2^63", head(FINAL | TEXT, 1 << 63), 1009),
        ("the largest length", head(FINAL | TEXT, u64::MAX), 1009),
        ("a length of 2^40, and nothing", head(FINAL | BINARY, 1 << 40), 1009),
        ("a hundred thousand pieces", pieces(b"x", 100_000), 1009),
        ("pieces that are each allowed", pieces(&[b'x'; 60_000], 2), 1009),
        ("a text that is not UTF-8", text(b"{\"type\":\"\xff\"}"), 1007),
        ("half a character", text("派".as_bytes().split_last().unwrap().1), 1007),
        ("an overlong slash", text(b"\xc0\xaf"), 1007),
        ("half a surrogate pair", text(b"\xed\xa0\x80"), 1007),
        ("beyond Unicode", text(b"\xf4\x90\x80\x80"), 1007),
        ("a bad byte in a later piece", [frame(TEXT, b"{"), part(b"\x80")].concat(), 1007),
        ("no mask", unmasked, 1002),
        ("a ping of 126 bytes", frame(FINAL | PING, &[b'x'; 126]), 1002),
        ("a pong of 60,000 bytes", frame(FINAL | PONG, &[b'x'; 60_000]), 1002),
        ("half a ping", frame(PING, b"x"), 1002),
        ("half a goodbye", frame(CLOSE, &1_000_u16.to_be_bytes()), 1002),
        ("a reserved kind", frame(FINAL | 3, b"x"), 1002),
        ("a reserved kind of control", frame(FINAL | 11, b""), 1002),
        ("compressed, as nobody agreed to", frame(FINAL | 0x40 | TEXT, b"x"), 1002),
        ("a reserved bit", frame(FINAL | 0x10 | TEXT, b"{}"), 1002),
        ("the rest of nothing", part(b"x"), 1002),
        ("a text within a text", [frame(TEXT, b"{"), text(b"{}")].concat(), 1002),
        ("a goodbye of one byte", frame(FINAL | CLOSE, b"x"), 1002),
        ("a goodbye with no such code", goodbye(999, b""), 1002),
        ("a goodbye that may not be said", goodbye(1006, b""), 1002),
        ("a goodbye that is not UTF-8", goodbye(1000, b"\xff"), 1007),
        ("a goodbye", goodbye(1000, b"done"), 1000),
        ("bytes", frame(FINAL | BINARY, b"x"), 4001),
    ]
}

/// A raw line on which a socket was agreed, and how that was said.
async fn agree(given: &Given, more: &str) -> (TcpStream, String) {
    let ticket = given.hq_post("/v1/tickets", json!({})).await.ok();
    let ticket = ticket["ticket"].as_str().unwrap();
    let mut line = TcpStream::connect(given.house().address).await.unwrap();
    let ask = format!(
        "GET /v1/socket?ticket={ticket} HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{more}\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    line.write_all(ask.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(line.read_u8().await.unwrap());
    }
    (line, String::from_utf8(head).unwrap())
}

/// The next frame of the server: its first byte and what it holds.
async fn heard(line: &mut (impl AsyncReadExt + Unpin)) -> std::io::Result<(u8, Vec<u8>)> {
    let first = line.read_u8().await?;
    let length = match line.read_u8().await? {
        126 => u64::from(line.read_u16().await?),
        127 => line.read_u64().await?,
        length => u64::from(length),
    };
    let mut payload = vec![0; length as usize];
    line.read_exact(&mut payload).await?;
    Ok((first, payload))
}

/// Says all of it while it listens; the code with which the server ends it.
async fn ended_by(given: &Given, bytes: Vec<u8>) -> Option<u16> {
    let (line, _) = agree(given, "").await;
    let (mut reading, mut writing) = line.into_split();
    // The server need not take all of it.
    let saying = tokio::spawn(async move {
        let _ = writing.write_all(&bytes).await;
        writing
    });
    let code = loop {
        match heard(&mut reading).await {
            Ok((first, payload)) if first == FINAL | CLOSE => {
                break payload.first_chunk().map(|code| u16::from_be_bytes(*code));
            }
            Ok(_) => {}
            Err(_) => break None,
        }
    };
    drop(saying.await);
    code
}

fn connections(given: &Given) -> u64 {
    let readings = given.house().app.hub.counters().read();
    readings.iter().find(|reading| reading.name == "hub_connections").unwrap().value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_frame_ends_its_own_socket_and_no_other() {
    let given = Given::empty("person_requests_per_s = 100000").await;
    let mut beside = Screen::open(&given, &given.hq, json!([])).await;
    let mut wrong = Vec::new();
    for (what, bytes, code) in cases() {
        let ended = tokio::time::timeout(PATIENCE, ended_by(&given, bytes)).await;
        if ended != Ok(Some(code)) {
            wrong.push(format!("{what}: {ended:?} instead of {code}"));
        }
        beside.say(json!({"type": "ping"})).await;
        assert_eq!(beside.next().await["type"], "pong", "{what}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Each has given its place back.
    while connections(&given) != 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_compressed_and_nothing_in_pieces_is_kept() {
    let given = Given::empty("").await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let (mut line, agreed) = agree(&given, offer).await;
    assert!(agreed.starts_with("HTTP/1.1 101 "), "{agreed}");
    assert!(!agreed.to_ascii_lowercase().contains("sec-websocket-extensions"), "{agreed}");
    assert!(heard(&mut line).await.unwrap().1.starts_with(br#"{"type":"hello""#));
    // As many pieces as one likes, as long as they come to little; a ping may come in between.
    let mut bytes = pieces(b"", 50_000);
    bytes.extend(frame(FINAL | PING, b"there?"));
    bytes.extend(pieces(b"", 50_000).split_off(6));
    bytes.extend(frame(FINAL | CONTINUED, br#"{"type":"ping"}"#));
    line.write_all(&bytes).await.unwrap();
    assert_eq!(heard(&mut line).await.unwrap(), (FINAL | PONG, b"there?".to_vec()));
    assert_eq!(heard(&mut line).await.unwrap().1, br#"{"type":"pong"}"#);
    // The largest that may be said is read: too long to be a frame of ours, not too large.
    line.write_all(&text(&vec![b' '; 64 * 1_024])).await.unwrap();
    let refused = heard(&mut line).await.unwrap().1;
    assert!(refused.starts_with(br#"{"type":"error","code":"malformed_json""#));
    // Cut off in the middle of a frame's head.
    line.write_all(&[FINAL | TEXT]).await.unwrap();
    drop(line);
    while connections(&given) != 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_that_is_none_opens_nothing() {
    let given = Given::empty("").await;
    let ticket = given.hq_post("/v1/tickets", json!({})).await.ok();
    let ticket = ticket["ticket"].as_str().unwrap();
    let whole = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ];
    let ask = async |lines: &[&str]| {
        let mut line = TcpStream::connect(given.house().address).await.unwrap();
        let lines = lines.join("\r\n");
        let ask =
            format!("GET /v1/socket?ticket={ticket} HTTP/1.1\r\nHost: here\r\n{lines}\r\n\r\n");
        line.write_all(ask.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        line.read_exact(&mut status).await.unwrap();
        String::from_utf8(status.to_vec()).unwrap()
    };
    for left_out in 0..whole.len() {
        let mut lines = whole.to_vec();
        lines.remove(left_out);
        assert_eq!(ask(&lines).await, "HTTP/1.1 426", "without {}", whole[left_out]);
    }
    let old = whole.map(|line| if line.contains("13") { "Sec-WebSocket-Version: 8" } else { line });
    assert_eq!(ask(&old).await, "HTTP/1.1 426");
    // None of them has used the ticket up.
    assert_eq!(ask(&whole).await, "HTTP/1.1 101");
}
