//! The real binary on a real database file, started, killed and started again.

use std::ffi::{OsStr, OsString};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client::Client;

/// A `paidan serve` with a data folder of its own.
pub struct Server {
    /// The program; `paidan` of this build where none is named.
    program: Option<PathBuf>,
    child: Option<Child>,
    folder: TempDir,
    data: PathBuf,
    address: String,
    flags: Vec<String>,
    environment: Vec<(&'static str, OsString)>,
}

impl Server {
    /// Starts on a free port and waits until it is ready.
    pub fn start(flags: &[&str]) -> Self {
        let mut server = Self::prepare(flags);
        server.start_again();
        server
    }

    /// A server that is not started yet.
    pub fn prepare(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self {
            program: None,
            child: None,
            data: folder.path().join("data"),
            folder,
            address: format!("127.0.0.1:{port}"),
            flags: flags.iter().map(ToString::to_string).collect(),
            environment: Vec::new(),
        }
    }

    /// Elsewhere than in a folder that goes with this value.
    pub fn keeping_its_data_in(mut self, data: PathBuf) -> Self {
        self.data = data;
        self
    }

    /// Another build of the program.
    pub fn running(mut self, program: PathBuf) -> Self {
        self.program = Some(program);
        self
    }

    /// With a variable in its environment.
    pub fn with(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name, value.as_ref().to_owned()));
        self
    }

    /// Changes what its environment says from the next start on.
    pub fn tell(&mut self, name: &'static str, value: Option<&str>) {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.extend(value.map(|value| (name, value.into())));
    }

    /// Gives it the keys of another, as an operator does for servers of one database.
    pub fn share_keys_of(&self, other: &Self) {
        std::fs::create_dir_all(self.data()).unwrap();
        for key in ["vault.key", "server.key"] {
            // Copying keeps the mode, which the server checks.
            std::fs::copy(other.data().join(key), self.data().join(key)).unwrap();
        }
    }

    /// On the same data folder and port; from the process's start to ready.
    pub fn start_again(&mut self) -> Duration {
        let began = Instant::now();
        self.launch();
        self.wait_until("/readyz", 200);
        began.elapsed()
    }

    /// Starts the process and does not wait for it.
    pub fn launch(&mut self) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .unwrap();
        let program = self.program.clone().unwrap_or_else(|| binary("paidan"));
        let child = Command::new(program)
            .args(["serve", "--listen", &self.address, "--data"])
            .arg(self.data())
            .args(&self.flags)
            .env("PAIDAN_CODE_SENDER", "sandbox")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    /// Asks until the server gives this status.
    pub fn wait_until(&mut self, path: &str, status: u16) {
        let began = Instant::now();
        let client = Client::new(&self.base(), None);
        while !client.try_get(path).is_ok_and(|answer| answer.status == status) {
            let exited = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(
                exited.is_none() && began.elapsed() < Duration::from_secs(30),
                "the server did not answer {status} at {path}: {exited:?}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops its clock, so to speak: SIGSTOP. The network goes on believing in it.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.process().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    pub fn process(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Whether the process has not ended by itself.
    pub fn lives(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_none())
    }

    pub fn is_ready(&self) -> bool {
        let answer = Client::new(&self.base(), None).try_get("/readyz");
        answer.is_ok_and(|answer| answer.status == 200)
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
        self.data.clone()
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
