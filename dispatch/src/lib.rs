//! What should happen: pure state machines and planners of the order's way to the door.
//!
//! Every machine has one shape ([`Machine`]): `decide` judges a command, `apply` folds an event
//! and cannot fail, `resume` says what is still unanswered after a restart. Planners
//! ([`sourcing`], [`rounds`], [`trips`]) read a [`view::CityView`] and answer with a plan and its reasons.
//!
//! This room does no I/O, reads no clock, draws no chance and logs nothing. It does not know that
//! it is stored, sent or displayed.

pub mod courier;
pub mod eta;
pub mod hours;
pub mod inventory;
mod machine;
mod message;
pub mod order;
pub mod payment;
pub mod policy;
mod refusal;
pub mod rounds;
pub mod sourcing;
pub mod store;
pub mod transfer;
pub mod trips;
pub mod view;

pub use machine::{By, Context, Decision, Machine};
pub use message::{Effect, Message, Timer};
pub use policy::Policy;
pub use refusal::Refusal;
