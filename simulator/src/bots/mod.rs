//! The people, acting: shoppers, stores, couriers and carriers, each a task on one thread that
//! looks at its screen, takes its time and says what it does through the [`Doors`].
//!
//! How long people take and how often they fail is [`crate::people`]'s; what comes of it is the
//! core's. Nothing here decides for the core or looks inside it.

mod backroom;
mod counter;
mod courier;
mod ledger;
mod phone;
mod ride;
mod shopper;
mod stage;
mod store;

pub use backroom::{Shelves, run_counts, run_forgetting, run_suppliers, run_till, run_transfers};
pub use counter::Counter;
pub use courier::{CourierLife, Shifts, run_courier};
pub use ledger::Ledger;
pub use shopper::{Errand, run_shopper};
pub use stage::Stage;
pub use store::{ReadyTimes, StoreLife, run_store};

/// What tasks share: one stage over some doors.
pub type Shared<D> = std::rc::Rc<Stage<D>>;
