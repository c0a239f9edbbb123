//! How machines are kept as rows.

use std::cell::RefCell;

use persistence::{StateKey, StateRow};
use serde::{Deserialize, Serialize};
use vocabulary::StoreId;

/// The kinds of state rows.
pub(crate) mod kinds {
    pub const ORDER: &str = "order";
    pub const PAYMENT: &str = "payment";
    pub const STORE: &str = "store";
    pub const STORE_SETTINGS: &str = "store_settings";
    pub const FULFILLMENT_ORDER: &str = "fulfillment_order";
    pub const INVENTORY: &str = "inventory";
    pub const STOCK: &str = "stock";
    pub const RESERVATION: &str = "reservation";
    pub const TRANSFER: &str = "transfer";
    pub const COURIER: &str = "courier";
    pub const MEMBER: &str = "member";
    pub const PHONE: &str = "phone";
    pub const BUDGET: &str = "budget";
    pub const ALLOWANCE: &str = "allowance";
    pub const ROAD: &str = "road";
}

thread_local! {
    /// Where JSON grows before it is copied out at its length: a text that grows by itself is moved
    /// half a dozen times.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(16 * 1_024));
}

/// The value as JSON text.
pub(crate) fn json<S: Serialize>(value: &S) -> Result<String, serde_json::Error> {
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.clear();
        serde_json::to_writer(&mut *scratch, value)?;
        str::from_utf8(scratch).map(str::to_owned).map_err(serde::ser::Error::custom)
    })
}

/// An owner's own row: its state and its place in its own history.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept<S> {
    pub entity_seq: u64,
    pub state: S,
}

/// A part of a store's facts that is keyed by its own id.
#[derive(Serialize, Deserialize)]
pub(crate) struct OfStore<S> {
    pub store: StoreId,
    pub kept: S,
}

/// A row to be written; the columns besides the blob are what doors search by.
pub(crate) struct Row {
    pub kind: &'static str,
    pub owner: u128,
    pub id: u128,
    pub live: bool,
    pub stays: bool,
    pub status: &'static str,
    pub store: Option<u128>,
    pub courier: Option<u128>,
}

impl Row {
    /// A live row of an entity that ends, found by its id alone.
    pub fn of(kind: &'static str, id: u128) -> Self {
        Self {
            kind,
            owner: 0,
            id,
            live: true,
            stays: false,
            status: "",
            store: None,
            courier: None,
        }
    }

    /// A row of an entity that stays.
    pub fn standing(kind: &'static str, id: u128) -> Self {
        Self { stays: true, ..Self::of(kind, id) }
    }

    pub fn encode<S: Serialize>(self, seq: u64, state: &S, states: &mut Vec<StateRow>) {
        let blob = match json(state) {
            Ok(blob) => blob,
            Err(error) => {
                // Plain data always encodes; were it not so, the row would stay at its last state
                // and the checker, which folds the events, would name it.
                tracing::error!(kind = self.kind, %error, "a state row cannot be encoded");
                return;
            }
        };
        if vocabulary::planted!("row_without_last_event") && seq.is_multiple_of(7) {
            return;
        }
        states.push(StateRow {
            key: StateKey::new(self.kind, self.owner, self.id),
            seq,
            live: self.live,
            stays: self.stays,
            status: self.status.into(),
            store: self.store,
            courier: self.courier,
            blob,
        });
    }
}
