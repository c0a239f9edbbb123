//! Between a server of the city and the gateways in front of it.
//!
//! The truth goes over HTTP, from whoever asks to the server that knows. Redis carries hints: news
//! that arrives sooner than the next question would, and where couriers were last seen, for a warm
//! start. Every hint is signed, so that whoever reaches Redis can delay or drop what is said there,
//! never make something up; holes are seen by their numbers and asked about.

mod core;
mod names;
mod signed;

pub use core::Relay;
pub(crate) use core::{answer, recall_positions, run};
pub(crate) use names::Names;
pub(crate) use signed::NewsKey;
