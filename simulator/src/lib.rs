//! The people of Paidan, made up: a city from one seed, how its people behave, days of orders in
//! a public format, and the report of a run.
//!
//! This crate plays shoppers, stores and couriers from outside. It never decides for the core, and
//! its judge shares no code with what it judges.

pub mod bots;
pub mod checker;
pub mod city;
mod client_log;
pub mod commands;
pub mod doors;
pub mod feed;
mod house_books;
pub mod mdrp;
pub mod people;
pub mod play;
pub mod program;
pub mod referee;
pub mod report;
pub mod script;
pub mod sourcing;
pub mod tally;
pub mod town;
pub mod trial;
