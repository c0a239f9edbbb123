//! How the program is set up: file, then environment, then flags, each over the one before.
//!
//! Every key has one name in all three: `time_scale` in the file, `PAIDAN_TIME_SCALE` in the
//! environment, `--time-scale` as a flag. A bad value is named with where it stood and what is
//! allowed; an unknown key is refused. Durability is no key: there is nothing to choose.

mod layers;
mod map;
mod values;

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Uri;
use vocabulary::{Place, Seconds};

pub use layers::{Flags, Layers};
pub use map::{GroundConfig, MapConfig, ProviderConfig, TileAddress, TileSize};

use crate::access::PrincipalKind;
use crate::tls::TlsFiles;

/// A value that cannot be taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("{key} ({place}) cannot be {given:?}: {allowed}")]
    Value { key: String, place: String, given: String, allowed: String },
    #[error("{key} ({place}) is not known: the keys are {known}")]
    UnknownKey { key: String, place: String, known: String },
    #[error("the configuration file {path} cannot be read: {reason}")]
    File { path: PathBuf, reason: String },
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// What is asked of the doors at most.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Requests a second of one staff member or channel.
    pub requests_per_s: u32,
    /// Requests a second of one courier, shopper or device.
    pub person_requests_per_s: u32,
    /// Requests carried out at the same time.
    pub in_flight: u32,
    pub request_timeout: Duration,
    /// Commands that wait at the city's border.
    pub intake: u32,
    /// Sockets that may be open.
    pub sockets: u32,
    /// HTTP connections that may be open, those that become sockets until they do.
    pub connections: u32,
    /// How long the head of a request may take, and a connection may rest between two.
    pub header_timeout: Duration,
    /// Log-in codes of the whole house: each may cost money.
    pub codes_per_minute: u32,
}

impl Limits {
    pub fn requests_per_s_of(&self, kind: PrincipalKind) -> u32 {
        match kind {
            PrincipalKind::Staff | PrincipalKind::Channel => self.requests_per_s,
            PrincipalKind::Courier | PrincipalKind::Device | PrincipalKind::Shopper => {
                self.person_requests_per_s
            }
        }
    }
}

/// What a process does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The city, its doors, pages and sockets.
    All,
    /// The same without pages and sockets, for gateways to stand in front of.
    Core,
    /// Pages, sockets and doors in front of a city that another process runs.
    Gateway(Behind),
}

/// The server that a gateway stands in front of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    pub url: String,
    pub token_file: PathBuf,
}

/// How log-in codes get to members' phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeSending {
    /// Nothing is set up: who asks for a code is told so.
    Nobody,
    /// Whoever asks for a code is shown it: for trying things out.
    Sandbox,
    Gateway(CodeGateway),
}

/// A gateway of messages to phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeGateway {
    /// `http` or `https`, without a user and without a query: it may be shown.
    pub url: Uri,
    /// What both sides know; requests are signed with it.
    pub secret_file: PathBuf,
}

/// A database's address: `sqlite:<path>`, `postgres://…` or `memory:`. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Database(String);

impl Database {
    pub fn address(&self) -> &str {
        &self.0
    }

    /// Whether anything outlives the process.
    pub fn keeps(&self) -> bool {
        self.0 != "memory:"
    }

    /// The database's own file, where it has one.
    pub fn file(&self) -> Option<&Path> {
        self.0.strip_prefix("sqlite:").map(Path::new)
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&persistence::without_secrets(&self.0))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The whole set-up, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub listen: SocketAddr,
    /// The data folder: journal, keys, HQ token.
    pub data: PathBuf,
    pub database: Database,
    pub role: Role,
    /// Where hints go between processes; shown without its password.
    pub redis: Option<Database>,
    /// Where other servers and their clients find this one.
    pub advertise: String,
    /// The number of the city this process runs.
    pub city: u16,
    /// Around which positions are projected.
    pub center: Place,
    /// Further cities that this process runs, each around its own centre.
    pub more_cities: Vec<(u16, Place)>,
    pub time_scale: f64,
    /// Start so far behind the wall and run fast until caught up; zero: run at `time_scale` for ever.
    pub catch_up: Seconds,
    /// Pages that may open sockets and call from a browser, exactly as browsers name them.
    pub origins: BTreeSet<String>,
    pub log: LogFormat,
    /// Which log lines, in the form of `tracing`'s filters.
    pub log_filter: String,
    pub io_threads: u32,
    /// OSM PBF or GeoJSON with the streets of the cities.
    pub roads: Option<PathBuf>,
    /// What maps draw under everything else, and whose it is.
    pub map: MapConfig,
    /// Certificate and key, where the server itself speaks TLS.
    pub tls: Option<TlsFiles>,
    pub code_sender: CodeSending,
    pub limits: Limits,
}

impl Config {
    /// Reads the three layers of this process.
    pub fn of_process(flags: Flags) -> Result<Self, ConfigError> {
        Layers::of_process(flags)?.config()
    }

    /// What a file of this text alone comes to.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let mut layers = Layers::default();
        layers.add_toml(text, "text")?;
        layers.config()
    }

    /// How addresses of this server begin.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    pub fn hq_token_file(&self) -> PathBuf {
        self.data.join("hq.token")
    }
}

/// The file that is read when none is named and it is there.
pub(crate) const DEFAULT_FILE: &str = "paidan.toml";

pub(crate) fn default_database(data: &Path) -> Database {
    Database(format!("sqlite:{}", data.join("paidan.db").display()))
}
