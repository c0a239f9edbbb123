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
mod given;
mod kinds;
mod life;
mod limits;
mod map;
mod matrix;
mod member_list;
mod members;
mod pages;
mod payments;
mod placing;
mod products;
mod promise;
mod replenishment;
mod results;
mod roads;
mod sessions;
mod sockets;
mod tls;
mod transfers;
