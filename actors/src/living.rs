//! What is alive, from rows back to machines.
//!
//! Most of a restart is reading and parsing, so both go on side by side on as many threads as there
//! are, while whoever takes what comes out starts it. This room starts nobody.

use std::num::NonZero;

use dispatch::courier::Courier;
use dispatch::inventory::{Reservation, StockLevel};
use dispatch::order::Order;
use dispatch::payment::Payment;
use dispatch::store::{FulfillmentOrder, StoreFront, StoreSettings};
use dispatch::transfer::StockTransfer;
use persistence::{Journal, LivingRow, LivingRows, PartitionId};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use vocabulary::StoreId;

use crate::error::Error;
use crate::owners::{AllowanceOwner, BudgetOwner, Kept, MemberOwner, OfStore, kinds};
use crate::road::Taken;

/// Lots of rows that wait to be parsed.
const WAITING: usize = 8;

/// One entity, as its row had it.
pub(crate) struct Living {
    /// What it belongs to, and its own id.
    pub owner: u128,
    pub id: u128,
    /// The last event that is folded into it.
    pub seq: u64,
    pub entity: Entity,
}

/// What lives.
pub(crate) enum Entity {
    Store(Box<Kept<StoreFront>>),
    StoreSettings(Box<StoreSettings>),
    FulfillmentOrder(StoreId, Box<FulfillmentOrder>),
    Inventory(Kept<()>),
    Stock(StockLevel),
    Reservation(StoreId, Box<Reservation>),
    Transfer(StoreId, Box<StockTransfer>),
    Courier(Box<Kept<Courier>>),
    Order(Box<Kept<Order>>),
    Payment(Box<Kept<Payment>>),
    Member(Box<Kept<MemberOwner>>),
    Budget(Box<Kept<BudgetOwner>>),
    Allowance(Box<Kept<AllowanceOwner>>),
    Road(Kept<Taken>),
}

/// Everything that lives in a partition, in no order that anybody may count on.
pub(crate) async fn each_living(
    journal: &Journal,
    partition: PartitionId,
    mut take: impl FnMut(Living),
) -> Result<(), Error> {
    let (taker, lots) = mpsc::channel(WAITING);
    let reading = async { journal.living(partition, taker).await.map_err(Error::from) };
    let parsing = async {
        let take = |lot: Vec<Living>| lot.into_iter().for_each(&mut take);
        if journal.is_in_memory() {
            parse_here(lots, take).await
        } else {
            parse_beside(lots, take).await
        }
    };
    tokio::try_join!(reading, parsing).map(|((), ())| ())
}

async fn parse_here(
    mut lots: mpsc::Receiver<LivingRows>,
    mut take: impl FnMut(Vec<Living>),
) -> Result<(), Error> {
    while let Some(lot) = lots.recv().await {
        take(parse(&lot)?);
    }
    Ok(())
}

async fn parse_beside(
    mut lots: mpsc::Receiver<LivingRows>,
    mut take: impl FnMut(Vec<Living>),
) -> Result<(), Error> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut parsing = JoinSet::new();
    while let Some(lot) = lots.recv().await {
        if parsing.len() >= threads {
            take(parsed(&mut parsing).await?);
        }
        parsing.spawn_blocking(move || parse(&lot));
    }
    while !parsing.is_empty() {
        take(parsed(&mut parsing).await?);
    }
    Ok(())
}

/// The next lot that is done; nothing where none is under way.
async fn parsed(parsing: &mut JoinSet<Result<Vec<Living>, Error>>) -> Result<Vec<Living>, Error> {
    match parsing.join_next().await {
        None => Ok(Vec::new()),
        Some(Ok(lot)) => lot,
        Some(Err(error)) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and a city without these rows must not begin meanwhile.
            Err(_) => std::future::pending().await,
        },
    }
}

fn parse(lot: &LivingRows) -> Result<Vec<Living>, Error> {
    let mut living = Vec::new();
    lot.each(|row| {
        living.push(living_of(&row)?);
        Ok::<(), Error>(())
    })?;
    Ok(living)
}

fn living_of(row: &LivingRow<'_>) -> Result<Living, Error> {
    let entity = match row.kind {
        kinds::STORE => Entity::Store(state_of(row)?),
        kinds::STORE_SETTINGS => Entity::StoreSettings(state_of(row)?),
        kinds::FULFILLMENT_ORDER => {
            let OfStore { store, kept } = state_of(row)?;
            Entity::FulfillmentOrder(store, kept)
        }
        kinds::INVENTORY => Entity::Inventory(state_of(row)?),
        kinds::STOCK => Entity::Stock(state_of(row)?),
        kinds::RESERVATION => {
            let OfStore { store, kept } = state_of(row)?;
            Entity::Reservation(store, kept)
        }
        kinds::TRANSFER => {
            let OfStore { store, kept } = state_of(row)?;
            Entity::Transfer(store, kept)
        }
        kinds::COURIER => Entity::Courier(state_of(row)?),
        kinds::ORDER => Entity::Order(state_of(row)?),
        kinds::PAYMENT => Entity::Payment(state_of(row)?),
        kinds::MEMBER => Entity::Member(state_of(row)?),
        kinds::BUDGET => Entity::Budget(state_of(row)?),
        kinds::ALLOWANCE => Entity::Allowance(state_of(row)?),
        kinds::ROAD => Entity::Road(state_of(row)?),
        kind => return Err(Error::UnknownKind { kind: kind.to_owned(), id: row.id }),
    };
    Ok(Living { owner: row.owner, id: row.id, seq: row.seq, entity })
}

fn state_of<S: DeserializeOwned>(row: &LivingRow<'_>) -> Result<S, Error> {
    read(row.kind, row.id, row.blob)
}

/// Reads rows as a restart would, and says how many they are.
pub fn read_living(lot: &LivingRows) -> Result<usize, Error> {
    parse(lot).map(|living| living.len())
}

pub(crate) fn read<S: DeserializeOwned>(kind: &str, id: u128, blob: &str) -> Result<S, Error> {
    serde_json::from_str(blob).map_err(|source| Error::Unreadable {
        kind: kind.to_owned(),
        id,
        source,
    })
}
