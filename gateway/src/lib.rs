//! The doors of the house: HTTP, WebSocket, access, wire types, and the program itself.
//!
//! This room turns what comes over the wire into commands and what is recorded into answers. It
//! takes no decision of the domain, writes no SQL and knows no mailbox; identity comes from the
//! handshake, prices from the server.

pub mod access;
pub mod actions;
pub mod app;
pub mod books;
pub mod call;
pub mod cities;
pub mod config;
pub mod error;
pub mod ground;
pub mod http;
pub mod hub;
pub mod images;
pub mod members;
pub mod metrics;
pub mod pages;
pub mod papers;
pub mod payments;
pub mod quotes;
pub mod reference;
pub mod relay;
pub mod replenishment;
pub mod roads;
pub mod search;
pub mod serve;
pub mod sheets;
pub mod socket;
pub mod streets;
pub mod tls;
pub mod trace;
pub mod wire;

mod boards;
mod client;
#[cfg(test)]
mod damage;
mod entrance;
mod gate;
pub mod program;
mod standby;
mod upkeep;

pub use app::App;
pub use config::Config;
pub use error::Error;
