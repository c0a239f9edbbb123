//! What is remembered: the journal of every partition, headquarters' documents, tokens and people;
//! and beside it, in Redis, hints between processes that nobody relies on.
//!
//! This room knows rows, transactions and SQL. It never knows what an order is: ids are bits,
//! payloads are JSON text that somebody else wrote and will read. It decides nothing, reads no
//! clock, and repeats no commit whose end it does not know.

mod address;
mod chain;
mod decode;
mod desk;
mod erased;
mod error;
mod hints;
mod journal;
mod living;
mod memory;
mod postgres;
mod read_model;
mod reference;
mod rows;
mod runs;
mod sqlite;
mod tokens;
mod vault;

pub use address::without_secrets;
pub use chain::{Chain, Head};
pub use erased::ErasedList;
pub use error::{Error, Result};
pub use hints::{Heard, Hints, Listener, Teller};
pub use journal::Journal;
pub use living::{LivingRow, LivingRows};
pub use memory::MemoryOptions;
pub use read_model::{ReadModelQuery, ReadModelRow, ReadModelWrite};
pub use reference::{ReferenceDraft, ReferenceLog, ReferenceRow};
pub use rows::{
    Batch, Epoch, EventRow, IdempotencyKey, IdempotencyRow, OutboxRow, PartitionId, PartitionOwner,
    Recovered, StateKey, StateQuery, StateRow, StockMovement,
};
pub use runs::parse as read_run;
pub use sqlite::backup::CopySummary;
pub use tokens::{TokenQuery, TokenRow, TokenUse};
pub use vault::{SealedPerson, Vault};
