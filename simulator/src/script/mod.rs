//! Scenarios as text: who does what and when, and what the city makes of it. A script is played in
//! a partition of this process under paused time, and over real sockets when its head says `wire`;
//! what happened is written between its lines.
//!
//! ```text
//! # A basket that no store has whole is split over two.
//! wire
//! store-7 at 0,0 has milk×5
//! store-9 at 500,0 has rice×5
//!
//! at 0s shopper places order-1 milk×2 rice×1 to 200,0
//! at 0s expect order-1 is split: store-7 milk×2, store-9 rice×1
//! ```
//! Lines before the first `at` set the town up: places are metres east and north of its middle.
//! `expect` lines are what the player writes; the rest is the author's. A script never looks into
//! the core: all it can say is what people can do.

mod facts;
mod names;
mod paused;
mod player;
mod read;
mod setup;
mod verbs;
mod wired;

pub use paused::play;
pub use read::ScriptError;
pub use wired::{is_marked_wire, play_over_wire};
