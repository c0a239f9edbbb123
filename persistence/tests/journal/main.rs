//! The journal's promises, asked of every backend through its one face.

mod commits;
mod documents;
mod files;
mod given;
mod reads;
mod twins;
