//! The journal's promises, asked of every backend through its one face.

// Clippy takes only functions marked #[test] for tests, and these also have helpers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../cluster/mod.rs"]
mod cluster;
mod commits;
mod copies;
mod cuts;
mod documents;
mod files;
mod given;
mod owners;
mod reads;
mod twins;
