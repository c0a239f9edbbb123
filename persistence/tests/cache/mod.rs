//! A Redis server for one test alone, on a free port of this machine, gone with the process that
//! started it, however that ends. Shared by the tests of several crates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]
#![allow(dead_code, reason = "each crate's tests use their part of it")]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::{Client, Connection};

pub struct Cache {
    port: u16,
    /// The server's keeper: it ends the server when our end of its standard input closes.
    keeper: Option<Child>,
}

impl Cache {
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut cache = Self { port, keeper: None };
        cache.start_again();
        cache
    }

    /// Empty, on the same port.
    pub fn start_again(&mut self) {
        let port = self.port;
        // Nothing is kept on disk: what is lost with the process is what the tests are about.
        let server = format!(
            "redis-server --port {port} --bind 127.0.0.1 --save '' --appendonly no --daemonize no"
        );
        let keep =
            format!("{server} >/dev/null 2>&1 & server=$!; cat >/dev/null; kill -9 $server; wait");
        let keeper = Command::new("/bin/sh")
            .args(["-c", &keep])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.keeper = Some(keeper);
        for _ in 0..600 {
            if self.try_connect().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!(
            "redis-server did not become ready: is it installed? scripts/setup.sh tests does it"
        );
    }

    /// As kill -9 does it.
    pub fn kill(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            keeper.wait().unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn connect(&self) -> Connection {
        self.try_connect().expect("redis answers")
    }

    fn try_connect(&self) -> Option<Connection> {
        let client = Client::open(self.url()).unwrap();
        let mut connection = client.get_connection().ok()?;
        redis::cmd("PING").query::<String>(&mut connection).ok()?;
        Some(connection)
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.kill();
    }
}
