//! Pages of what is recorded, and payments wherever they are; for doors, never for decisions.

use std::collections::BTreeSet;

use commerce::member::Member;
use dispatch::order::Order;
use dispatch::payment::Payment;
use dispatch::transfer::StockTransfer;
use persistence::{StateKey, StateQuery};
use vocabulary::{MemberId, OrderId, PaymentId, StoreId, TransferId};

use crate::error::CommandError;
use crate::handle::PartitionHandle;
use crate::owners::{Kept, MemberOwner, OfStore, kinds};

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

/// Which transfers, youngest first.
#[derive(Debug, Clone, Default)]
pub struct TransferQuery {
    pub status: Option<String>,
    /// From or to one of these stores; absent: any.
    pub stores: Option<BTreeSet<StoreId>>,
    /// The last transfer of the page before.
    pub after: Option<TransferId>,
    pub limit: u32,
}

const TRANSFERS_A_PAGE: u32 = 500;
/// Rows looked at for one page of transfers that few of them belong to.
const MOST_LOOKED_AT: u32 = 20_000;

const MEMBERS_A_PAGE: u32 = 500;

impl PartitionHandle {
    /// Recorded members that are wanted, enrolled last first, after the last one of the page before.
    /// `None` beside them says that no more is there; otherwise where the next page begins, also
    /// when so many were looked at in vain that somebody should ask again.
    pub async fn members(
        &self,
        after: Option<MemberId>,
        limit: usize,
        is_wanted: impl Fn(&Member) -> bool,
    ) -> Result<(Vec<Member>, Option<MemberId>), CommandError> {
        let (mut found, mut after, mut looked_at) = (Vec::new(), after, 0);
        while looked_at < MOST_LOOKED_AT {
            let page = StateQuery {
                after: after.map(MemberId::bits),
                descending: true,
                ..StateQuery::of_kind(kinds::MEMBER, MEMBERS_A_PAGE)
            };
            let rows = self.journal.states(self.partition, &page).await.map_err(|error| {
                tracing::error!(%error, "recorded members cannot be read");
                CommandError::Unavailable
            })?;
            for row in &rows {
                let kept: Kept<MemberOwner> = serde_json::from_str(&row.blob).map_err(|error| {
                    tracing::error!(%error, "a recorded member cannot be understood");
                    CommandError::Internal
                })?;
                let member = kept.state.0;
                after = Some(member.id);
                if is_wanted(&member) {
                    found.push(member);
                }
                if found.len() == limit {
                    return Ok((found, after));
                }
            }
            if rows.len() < MEMBERS_A_PAGE as usize {
                return Ok((found, None));
            }
            looked_at += MEMBERS_A_PAGE;
        }
        Ok((found, after))
    }

    /// A page of recorded transfers, under way or ended.
    pub async fn transfers(
        &self,
        query: TransferQuery,
    ) -> Result<Vec<(TransferId, StockTransfer)>, CommandError> {
        let mut found = Vec::new();
        let (mut after, mut looked_at) = (query.after, 0);
        while found.len() < query.limit as usize && looked_at < MOST_LOOKED_AT {
            let page = StateQuery {
                status: query.status.clone().map(Into::into),
                after: after.map(TransferId::bits),
                descending: true,
                ..StateQuery::of_kind(kinds::TRANSFER, TRANSFERS_A_PAGE)
            };
            let rows = self.journal.states(self.partition, &page).await.map_err(|error| {
                tracing::error!(%error, "recorded transfers cannot be read");
                CommandError::Unavailable
            })?;
            for row in &rows {
                let kept: OfStore<StockTransfer> =
                    serde_json::from_str(&row.blob).map_err(|error| {
                        tracing::error!(%error, "a recorded transfer cannot be understood");
                        CommandError::Internal
                    })?;
                let transfer = kept.kept;
                let concerns = |stores: &BTreeSet<StoreId>| {
                    stores.contains(&transfer.from) || stores.contains(&transfer.to)
                };
                if query.stores.as_ref().is_none_or(concerns) {
                    found.push((TransferId::from_bits(row.key.id), transfer));
                }
            }
            let Some(last) = rows.last().filter(|_| rows.len() == TRANSFERS_A_PAGE as usize) else {
                break;
            };
            after = Some(TransferId::from_bits(last.key.id));
            looked_at += TRANSFERS_A_PAGE;
        }
        found.truncate(query.limit as usize);
        Ok(found)
    }

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

    /// A transfer wherever it is, as it is recorded.
    pub async fn transfer(&self, id: TransferId) -> Result<StockTransfer, CommandError> {
        let key = StateKey::new(kinds::TRANSFER, 0, id.bits());
        let row = self.journal.state(self.partition, &key).await.map_err(|error| {
            tracing::error!(%error, "a recorded transfer cannot be read");
            CommandError::Unavailable
        })?;
        let row = row.ok_or(CommandError::Unknown { what: "transfer" })?;
        match serde_json::from_str::<OfStore<StockTransfer>>(&row.blob) {
            Ok(kept) => Ok(kept.kept),
            Err(error) => {
                tracing::error!(%error, transfer = %id, "a transfer cannot be understood");
                Err(CommandError::Internal)
            }
        }
    }
}
