//! The real binary on a real database file, started, killed and started again.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client::Client;

/// A `paidan serve` with a data folder of its own.
pub struct Server {
    child: Option<Child>,
    folder: TempDir,
    address: String,
    flags: Vec<String>,
}

impl Server {
    /// Starts on a free port and waits until it is ready.
    pub fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self {
            child: None,
            folder,
            address: format!("127.0.0.1:{port}"),
            flags: flags.iter().map(ToString::to_string).collect(),
        };
        server.start_again();
        server
    }

    /// On the same data folder and port; from the process's start to ready.
    pub fn start_again(&mut self) -> Duration {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .unwrap();
        let began = Instant::now();
        let child = Command::new(binary("paidan"))
            .args(["serve", "--listen", &self.address, "--data"])
            .arg(self.data())
            .args(&self.flags)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let client = Client::new(&self.base(), None);
        while !client.try_get("/readyz").is_ok_and(|answer| answer.status == 200) {
            let exited = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(
                exited.is_none() && began.elapsed() < Duration::from_secs(30),
                "the server did not become ready: {exited:?}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        began.elapsed()
    }

    /// kill -9: no farewell, no flush.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// The polite end; answers whether it exited with success.
    pub fn stop(&mut self) -> bool {
        let Some(mut child) = self.child.take() else { return true };
        let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(told.success());
        child.wait().unwrap().success()
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn token_file(&self) -> PathBuf {
        self.data().join("hq.token")
    }

    /// A client with headquarters' token.
    pub fn hq(&self) -> Client {
        let token = std::fs::read_to_string(self.token_file()).unwrap();
        Client::new(&self.base(), Some(token.trim()))
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A binary of this build, beside the test that asks.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path = profile.join(name);
    assert!(
        path.exists(),
        "{} is not built: run `make test` or `cargo build --bins`",
        path.display()
    );
    path
}
