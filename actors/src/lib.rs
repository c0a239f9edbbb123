//! Who owns which fact, and in what order things happen.
//!
//! A partition is one operating city on one thread. Its owners are actix actors, one for each
//! order, payment, store, inventory and courier, and one zone that proposes; above the cities, one
//! for each member and each shared budget. Partitions tell each other by one road. Owners are thin:
//! receive, let the machine decide, append the events to the pending batch, apply, tell. Nothing
//! leaves the partition before the batch that holds its events has committed.
//!
//! This room takes no decision, writes no SQL, knows no wire format and reads no wall clock.

mod admission;
mod answer;
mod books;
mod browse;
mod checkout;
mod clock;
mod core;
mod due;
mod errand;
mod error;
mod handle;
mod idempotency;
mod intake;
mod judge;
mod living;
mod metrics;
mod output;
mod owner;
mod owners;
mod partition;
mod pending;
mod reader;
mod recovery;
mod road;
mod run;
mod shadow;
mod thread;
mod waits;
mod zone;

pub use answer::{Answer, Placed};
pub use books::{Followed, Recorded};
pub use browse::{OrderQuery, TransferQuery};
pub use checkout::{bearer_text, order_lines, price_source_text, share_source_text};
pub use clock::RuntimeClock;
pub use errand::{Errand, Letter};
pub use error::{CommandError, Conflict, Error};
pub use handle::{PartitionHandle, Submission};
pub use intake::{Idempotency, Ping, PlaceRequest};
pub use living::read_living;
pub use metrics::{Census, Metrics};
pub use output::{Change, OrderCard, Output, Publication, TodaysFigures, Topic};
pub use partition::{Above, PAIRS_A_MILLISECOND, Partition, PartitionConfig, PartitionState};
pub use reader::Reader;
pub use road::Road;
pub use shadow::ShadowReport;
pub use thread::start_thread;
pub use waits::Wait;
