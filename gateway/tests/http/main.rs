//! The doors from outside: a whole house on its own port and its own SQLite file, asked over HTTP
//! and over sockets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at once")]

mod access;
mod aftercare;
mod approvals;
mod bad_input;
mod books;
mod campaigns;
mod codes;
mod documents;
mod doors;
mod examples;
mod expiry;
mod frames;
mod given;
mod kinds;
mod life;
mod limits;
mod lists;
mod map;
mod matrix;
mod matrix_sockets;
mod member_list;
mod members;
mod moving;
mod pages;
mod payments;
mod placing;
mod products;
mod promise;
mod replenishment;
mod report_files;
mod results;
mod roads;
mod sessions;
mod sockets;
mod storms;
mod tls;
mod token_list;
mod transfers;
