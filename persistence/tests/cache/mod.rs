//! A Redis server, or a cluster of them, for one test alone, on free ports of this machine, gone with
//! the process that started it, however that ends. Shared by the tests of several crates.

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
use tempfile::TempDir;

pub struct Cache {
    port: u16,
    /// What the server is told besides its port.
    options: String,
    /// The server's keeper: it ends the server when our end of its standard input closes.
    keeper: Option<Child>,
}

impl Cache {
    pub fn start() -> Self {
        Self::start_with(String::new())
    }

    fn start_with(options: String) -> Self {
        let mut cache = Self { port: free_port(), options, keeper: None };
        cache.start_again();
        cache
    }

    /// Empty, on the same port.
    pub fn start_again(&mut self) {
        let Self { port, options, .. } = self;
        // Nothing is kept on disk: what is lost with the process is what the tests are about.
        let server = format!(
            "redis-server --port {port} --bind 127.0.0.1 --save '' --appendonly no --daemonize no {options}"
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

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Three servers that share all channels and keys between them.
pub struct CacheCluster {
    nodes: Vec<Cache>,
    _folder: TempDir,
}

impl CacheCluster {
    pub fn start() -> Self {
        const SLOTS: [(u16, u16); 3] = [(0, 5460), (5461, 10_922), (10_923, 16_383)];
        let folder = tempfile::tempdir().unwrap();
        let buses: Vec<u16> = SLOTS.iter().map(|_| free_port()).collect();
        let node = |number: &u16| {
            let file = folder.path().join(format!("{number}.conf"));
            Cache::start_with(format!(
                "--cluster-enabled yes --cluster-port {number} --cluster-node-timeout 2000 \
                 --cluster-config-file {}",
                file.display()
            ))
        };
        let cluster = Self { nodes: buses.iter().map(node).collect(), _folder: folder };
        let first = (cluster.nodes[0].port, buses[0]);
        for (node, (from, to)) in cluster.nodes.iter().zip(SLOTS) {
            let mut connection = node.connect();
            let ask = |words: &[&str]| {
                let mut command = redis::cmd("CLUSTER");
                words.iter().for_each(|word| {
                    command.arg(word);
                });
                command
            };
            let slots = ask(&["ADDSLOTSRANGE", &from.to_string(), &to.to_string()]);
            slots.exec(&mut connection).unwrap();
            if node.port != first.0 {
                let meet = ask(&["MEET", "127.0.0.1", &first.0.to_string(), &first.1.to_string()]);
                meet.exec(&mut connection).unwrap();
            }
        }
        cluster.wait_until_whole();
        cluster
    }

    /// Until every node says that somebody answers for every slot.
    pub fn wait_until_whole(&self) {
        for node in &self.nodes {
            let is_whole = (0..1_500).any(|_| {
                std::thread::sleep(Duration::from_millis(20));
                let told = node.try_connect().and_then(|mut connection| {
                    redis::cmd("CLUSTER").arg("INFO").query::<String>(&mut connection).ok()
                });
                told.is_some_and(|info| {
                    info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
                })
            });
            assert!(is_whole, "the cluster of Redis servers did not come together");
        }
    }

    pub fn nodes(&mut self) -> &mut [Cache] {
        &mut self.nodes
    }

    /// Two of its nodes: the third is found.
    pub fn url(&self) -> String {
        format!("redis-cluster://127.0.0.1:{},127.0.0.1:{}", self.nodes[0].port, self.nodes[1].port)
    }
}
