//! Pages of what is recorded, and payments wherever they are; for doors, never for decisions.

use dispatch::order::Order;
use dispatch::payment::Payment;
use persistence::StateQuery;
use vocabulary::{OrderId, PaymentId, StoreId};

use crate::error::CommandError;
use crate::handle::PartitionHandle;
use crate::owners::{Kept, kinds};

/// Which orders, youngest first.
#[derive(Debug, Clone, Default)]
pub struct OrderQuery {
    pub status: Option<String>,
    /// The store of the order's first part.
    pub store: Option<StoreId>,
    /// The last order of the page before.
    pub after: Option<OrderId>,
    pub limit: u32,
}

impl PartitionHandle {
    /// A page of recorded orders, living or ended.
    pub async fn orders(&self, query: OrderQuery) -> Result<Vec<Order>, CommandError> {
        let query = StateQuery {
            store: query.store.map(StoreId::bits),
            status: query.status.map(Into::into),
            after: query.after.map(OrderId::bits),
            descending: true,
            ..StateQuery::of_kind(kinds::ORDER, query.limit)
        };
        let rows = self.journal.states(self.partition, &query).await.map_err(|error| {
            tracing::error!(%error, "recorded orders cannot be read");
            CommandError::Unavailable
        })?;
        let orders = rows.iter().map(|row| serde_json::from_str::<Kept<Order>>(&row.blob));
        let orders: Result<Vec<_>, _> = orders.map(|kept| kept.map(|kept| kept.state)).collect();
        orders.map_err(|error| {
            tracing::error!(%error, "a recorded order cannot be understood");
            CommandError::Internal
        })
    }

    /// Reads a payment wherever it is: in memory, or ended and only in the journal.
    pub async fn read_payment<T: Send + 'static>(
        &self,
        id: PaymentId,
        read: impl FnOnce(&Payment) -> T + Send + Clone + 'static,
    ) -> Result<T, CommandError> {
        let in_memory = read.clone();
        if let Some(value) = self.read(move |reader| reader.payment(id, in_memory)).await? {
            return Ok(value);
        }
        match crate::recovery::stored_payment(&self.journal, self.partition, id).await {
            Ok(Some(payment)) => Ok(read(&payment)),
            Ok(None) => Err(CommandError::Unknown { what: "payment" }),
            Err(error) => {
                tracing::error!(%error, payment = %id, "an ended payment cannot be read");
                Err(CommandError::Internal)
            }
        }
    }
}
