//! How the world can fail the doors.

use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Config(#[from] crate::config::ConfigError),
    #[error(transparent)]
    Journal(#[from] persistence::Error),
    #[error(transparent)]
    Partition(#[from] actors::Error),
    #[error("file {path} cannot be used: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("file {path} can be read by others (mode {mode:o}): chmod 600 it")]
    FileMode { path: PathBuf, mode: u32 },
    #[error("the secret in file {path} is too short: write 16 characters or more")]
    SecretShort { path: PathBuf },
    #[error("file {path} does not hold what we wrote there")]
    FileContent { path: PathBuf },
    #[error("the address {address} cannot be listened to: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the system gave no random bytes: {source}")]
    Random { source: getrandom::Error },
    #[error("a key has the wrong length")]
    Key,
    #[error("the {what} cannot be written as JSON: {source}")]
    Encode { what: &'static str, source: serde_json::Error },
    #[error("the stored {kind} {id} cannot be read: {source}")]
    Document { kind: &'static str, id: String, source: serde_json::Error },
    #[error(
        "only an SQLite database is copied by this program; a PostgreSQL server has tools of its own: \
         see docs/operations.md"
    )]
    NoFile,
    #[error(
        "vault.key in this data folder is not the key that people in this database were sealed with: \
         copy vault.key and server.key from the server that made it, or from their backup"
    )]
    OtherVault,
    #[error("the city did not come up: {0}")]
    NotServing(String),
    #[error("the server at {server} cannot be asked: {source}")]
    Ask { server: String, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("the server answered {status}: {body}")]
    Answered { status: u16, body: String },
    #[error("the road file {path} cannot be used: {source}")]
    Roads { path: PathBuf, source: geo_index::RoadError },
    #[error("the map file {path} cannot be used: {reason}")]
    MapTiles { path: PathBuf, reason: String },
    #[error(transparent)]
    Tls(#[from] crate::tls::TlsError),
    #[error("the runtime could not be started: {source}")]
    Runtime { source: std::io::Error },
}
