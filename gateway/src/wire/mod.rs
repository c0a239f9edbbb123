//! What travels between clients and the house: requests, answers, faults.
//!
//! Inputs refuse unknown fields. Raw numbers end in their unit (`_fen`, `_s`, `_m`, `_g`); times
//! end in `_at` and are milliseconds since the Unix epoch, UTC. Nothing here decides anything.

pub mod access;
pub mod aftercare;
pub mod approval;
pub mod board;
pub mod bodies;
pub mod campaign;
pub mod catalog;
pub mod coupon_story;
pub mod courier;
pub mod delivery;
pub mod explain;
pub mod explanation;
pub mod fault;
pub mod feed;
pub mod filters;
pub mod json;
pub mod ledger;
pub mod lists;
pub mod map;
pub mod member;
pub mod names;
pub mod order;
pub mod payment;
pub mod phone;
pub mod place;
pub mod placing;
pub mod policy;
pub mod product;
pub mod quote;
pub mod reconciliation;
pub mod relay;
pub mod replenishment;
pub mod reports;
pub mod returns;
pub mod schema;
pub mod session;
pub mod settlement;
pub mod shadow;
pub mod socket;
pub mod stock;
pub mod store;
pub mod tables;
pub mod transfer;

pub use board::{BoardCard, BoardView, board_card, board_view};
pub use courier::{CourierView, courier_view};
pub use fault::{Code, Fault, FaultBody};
pub use order::{OrderCardView, OrderView, order_card, order_view};
pub use place::Point;
