//! A PostgreSQL server for the tests alone: its own folder, reached by a socket in it, gone with the
//! process that started it, however that ends. Shared by the tests of several crates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]
#![allow(dead_code, reason = "each crate's tests use their part of it")]

pub mod wire;

use std::io::Write;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Who the tests are to the server: nobody special, as a careful operator would have it.
const ROLE: &str = "shopkeeper";
/// Whoever installs the server.
const SUPERUSER: &str = "installer";

/// A running server.
pub struct Cluster {
    folder: PathBuf,
    data: PathBuf,
    programs: PathBuf,
    /// The server's keeper: it starts the server at each word it reads, and ends it and clears the
    /// folder when our end of its standard input closes, which the system does for us even after
    /// kill -9.
    keeper: Child,
    /// The server's first process, which keeps the others.
    first: String,
    made: AtomicU32,
}

/// The server of this test process, started when the first test asks for it.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| Cluster::start(&[]))
}

impl Cluster {
    /// Starts a server with further settings, such as `fsync=off`.
    pub fn start(settings: &[&str]) -> Self {
        Self::start_in(None, settings)
    }

    /// Starts a server that keeps its data below this folder instead of one of its own.
    pub fn start_in(disk: Option<&Path>, settings: &[&str]) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("pg-").tempdir().unwrap().keep();
        let user = ordinary_user();
        if let Some((uid, gid)) = user {
            for ours in [Some(folder.as_path()), disk].into_iter().flatten() {
                chown(ours, Some(uid), Some(gid)).unwrap();
            }
        }
        let data = disk.unwrap_or(&folder).join("data");
        let mut init = as_user(&programs.join("initdb"), user);
        if disk.is_none() {
            init.arg("--no-sync");
        }
        init.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--username", SUPERUSER, "--pgdata"])
            .arg(&data);
        run(&mut init);
        let mut server = format!(
            "\"{}\" -D \"{}\" -k \"$PWD\" -c listen_addresses= -c max_connections=200",
            programs.join("postgres").display(),
            data.display()
        );
        for setting in settings {
            server.push_str(&format!(" -c {setting}"));
        }
        let keep = format!(
            "while read -r start; do {server} >>server.log 2>&1 & server=$!; done; \
             kill -INT $server; wait $server; cd / && rm -rf \"{}\"",
            folder.display()
        );
        let keeper = as_user(Path::new("/bin/sh"), user)
            .args(["-c", &keep])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (first, made) = (String::new(), AtomicU32::new(0));
        let mut cluster = Self { folder, data, programs, keeper, first, made };
        cluster.start_again();
        cluster.sql("postgres", &format!("CREATE ROLE {ROLE} LOGIN"));
        cluster
    }

    /// Starts the server on its data, and waits until it takes questions.
    pub fn start_again(&mut self) {
        self.keeper.stdin.as_mut().unwrap().write_all(b"start\n").unwrap();
        self.wait_until_ready();
        let told = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        self.first = told.lines().next().unwrap().to_owned();
    }

    /// Sends a signal to the server's first process and to all that it keeps.
    fn signal(&self, signal: &str) {
        let kept = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.first));
        let mut kill = Command::new("kill");
        kill.args([signal, &self.first]).args(kept.unwrap().split_whitespace());
        // One of them may have ended by itself meanwhile.
        let _ = kill.stderr(Stdio::null()).status();
    }

    /// kill -9 to every process of it.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    /// Ends it as an operator does who does not wait for its clients.
    pub fn stop(&self) {
        run(Command::new("kill").args(["-INT", &self.first]));
        // Nobody asks for its farewell, so its number stays; what it ran is gone.
        while Path::new("/proc").join(&self.first).join("exe").exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stands still: its sockets stay open and answer nothing.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            ask.arg("--host").arg(&self.folder).stdout(Stdio::null()).stderr(Stdio::null());
            if ask.status().unwrap().success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        panic!("the server of the tests did not become ready:\n{log}");
    }

    /// The address of a new, empty database that belongs to the tests' own role.
    pub fn database(&self) -> String {
        let name = format!("shop_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} OWNER {ROLE}"));
        self.address_at(&self.folder, &name)
    }

    /// The same database where the server's socket is reached in another folder.
    pub fn address_at(&self, folder: &Path, name: &str) -> String {
        format!("postgres://{ROLE}@localhost/{name}?host={}", folder.display())
    }

    /// The server's socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// What a statement answers to whoever installed the server, one row a line.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--username", SUPERUSER, "--dbname", database, "--command", statement])
            .arg("--host")
            .arg(&self.folder);
        run(&mut psql)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The database's name in an address of ours.
pub fn name_of(address: &str) -> &str {
    address.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap()
}

fn run(command: &mut Command) -> String {
    let done = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {told}");
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// PostgreSQL refuses to run as root, so root becomes the user that its package brings.
fn ordinary_user() -> Option<(u32, u32)> {
    let id = |flag: &str, of: &[&str]| -> u32 {
        run(Command::new("id").arg(flag).args(of)).parse().unwrap()
    };
    (id("-u", &[]) == 0).then(|| (id("-u", &["postgres"]), id("-g", &["postgres"])))
}

fn as_user(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// Where the server's programs are: on the path, or where Debian keeps those of each version.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<_> =
            versions.filter_map(|version| Some(version.ok()?.path().join("bin"))).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders
        .into_iter()
        .find(|folder| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).exists()))
        .expect("PostgreSQL is not installed: run scripts/setup.sh tests")
}
