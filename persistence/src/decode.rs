//! Rows of a database back to ours, whichever database they come from.

use vocabulary::Timestamp;

use crate::runs;
use crate::{
    Chain, Epoch, Error, EventRow, Head, IdempotencyKey, IdempotencyRow, OutboxRow, PartitionId,
    PartitionOwner, ReadModelRow, ReferenceRow, Result, SealedPerson, StateKey, StateRow,
    StockMovement, TokenRow,
};

/// A row as a database answered it, read by the place of its columns; `column` is what each is
/// called in errors.
pub(crate) trait Cells {
    fn optional_integer(&self, index: usize, column: &'static str) -> Result<Option<i64>>;
    fn flag(&self, index: usize, column: &'static str) -> Result<bool>;
    fn optional_text_ref(&self, index: usize, column: &'static str) -> Result<Option<&str>>;
    fn optional_blob(&self, index: usize, column: &'static str) -> Result<Option<&[u8]>>;
    fn optional_id(&self, index: usize, column: &'static str) -> Result<Option<u128>>;

    fn integer(&self, index: usize, column: &'static str) -> Result<i64> {
        self.optional_integer(index, column)?.ok_or(Error::Corrupt { column })
    }

    fn text_ref(&self, index: usize, column: &'static str) -> Result<&str> {
        self.optional_text_ref(index, column)?.ok_or(Error::Corrupt { column })
    }

    fn blob(&self, index: usize, column: &'static str) -> Result<&[u8]> {
        self.optional_blob(index, column)?.ok_or(Error::Corrupt { column })
    }

    fn text(&self, index: usize, column: &'static str) -> Result<String> {
        self.text_ref(index, column).map(str::to_owned)
    }

    fn id(&self, index: usize, column: &'static str) -> Result<u128> {
        self.optional_id(index, column)?.ok_or(Error::Corrupt { column })
    }
}

fn bytes<const N: usize>(row: &impl Cells, index: usize, column: &'static str) -> Result<[u8; N]> {
    row.blob(index, column)?.try_into().map_err(|_| Error::Corrupt { column })
}

pub(crate) fn unsigned<T: TryFrom<i64>>(
    row: &impl Cells,
    index: usize,
    column: &'static str,
) -> Result<T> {
    T::try_from(row.integer(index, column)?).map_err(|_| Error::Corrupt { column })
}

fn time(row: &impl Cells, index: usize, column: &'static str) -> Result<Timestamp> {
    row.integer(index, column).map(Timestamp::from_millis)
}

fn optional_time(
    row: &impl Cells,
    index: usize,
    column: &'static str,
) -> Result<Option<Timestamp>> {
    Ok(row.optional_integer(index, column)?.map(Timestamp::from_millis))
}

fn optional_text(row: &impl Cells, index: usize, column: &'static str) -> Result<Option<String>> {
    Ok(row.optional_text_ref(index, column)?.map(str::to_owned))
}

pub(crate) fn read_model(row: &impl Cells) -> Result<ReadModelRow> {
    Ok(ReadModelRow { key: row.text(0, "read_model.key")?, body: row.text(1, "read_model.body")? })
}

pub(crate) fn owner(row: &impl Cells) -> Result<PartitionOwner> {
    Ok(PartitionOwner {
        epoch: Epoch(unsigned(row, 0, "partition_owner.epoch")?),
        owner: row.text(1, "partition_owner.owner")?,
        url: row.text(2, "partition_owner.url")?,
    })
}

/// The chain after the last version of a document, which may have none.
pub(crate) fn link(last: Option<&impl Cells>) -> Result<Chain> {
    let column = "reference.chain";
    let Some(row) = last else { return Ok(Chain::default()) };
    Chain::of_column(row.optional_blob(0, column)?.unwrap_or_default(), column)
}

pub(crate) fn head(row: &impl Cells) -> Result<Head> {
    let column = "partition_owner.chain";
    let partition = row.optional_integer(0, "partition_owner.partition")?;
    let partition = partition.map(|number| u16::try_from(number).map(PartitionId)).transpose();
    let bytes = row.blob(2, column)?;
    let chain = (!bytes.is_empty()).then(|| Chain::of_column(bytes, column)).transpose()?;
    let corrupt = |_| Error::Corrupt { column: "partition_owner.partition" };
    let through = unsigned(row, 1, "partition_owner.last_seq")?;
    Ok(Head { partition: partition.map_err(corrupt)?, through, chain })
}

/// The events of a run, in order.
pub(crate) fn run(row: &impl Cells) -> Result<Vec<EventRow>> {
    runs::parse(row.text_ref(0, "event_run.events")?)
}

pub(crate) fn state(row: &impl Cells) -> Result<StateRow> {
    Ok(StateRow {
        key: StateKey {
            kind: row.text(0, "state.kind")?.into(),
            owner: row.id(1, "state.owner")?,
            id: row.id(2, "state.id")?,
        },
        seq: unsigned(row, 3, "state.seq")?,
        live: row.flag(4, "state.live")?,
        stays: row.flag(9, "state.stays")?,
        status: row.text(5, "state.status")?.into(),
        store: row.optional_id(6, "state.store")?,
        courier: row.optional_id(7, "state.courier")?,
        blob: row.text(8, "state.blob")?,
    })
}

pub(crate) fn movement(row: &impl Cells) -> Result<StockMovement> {
    Ok(StockMovement {
        seq: unsigned(row, 0, "stock_movement.seq")?,
        store: row.id(1, "stock_movement.store")?,
        sku: row.id(2, "stock_movement.sku")?,
        delta: row.integer(3, "stock_movement.delta")?,
        reason: row.text(4, "stock_movement.reason")?.into(),
        reference: row.id(5, "stock_movement.reference")?,
    })
}

pub(crate) fn idempotency_key(row: &impl Cells) -> Result<IdempotencyKey> {
    Ok(IdempotencyKey {
        seq: unsigned(row, 0, "idempotency.seq")?,
        scope: row.text(1, "idempotency.scope")?,
        key: row.text(2, "idempotency.key")?,
    })
}

pub(crate) fn idempotency(row: &impl Cells) -> Result<IdempotencyRow> {
    let IdempotencyKey { seq, scope, key } = idempotency_key(row)?;
    Ok(IdempotencyRow {
        scope,
        key,
        body_hash: bytes(row, 3, "idempotency.body_hash")?,
        result: row.text(4, "idempotency.result")?,
        seq,
        at: time(row, 5, "idempotency.at")?,
    })
}

pub(crate) fn message(row: &impl Cells) -> Result<OutboxRow> {
    Ok(OutboxRow {
        seq: unsigned(row, 0, "outbox.seq")?,
        target: row.text(1, "outbox.target")?,
        payload: row.text(2, "outbox.payload")?,
    })
}

/// A (kind, id) with its latest version, 0 where there is none.
pub(crate) fn latest_version(row: &impl Cells) -> Result<((String, String), u64)> {
    let key = (row.text(0, "reference.kind")?, row.text(1, "reference.id")?);
    let version = row.optional_integer(2, "reference.version")?;
    let version = u64::try_from(version.unwrap_or_default());
    Ok((key, version.map_err(|_| Error::Corrupt { column: "reference.version" })?))
}

pub(crate) fn reference(row: &impl Cells) -> Result<ReferenceRow> {
    Ok(ReferenceRow {
        revision: unsigned(row, 0, "reference.revision")?,
        kind: row.text(1, "reference.kind")?,
        id: row.text(2, "reference.id")?,
        version: unsigned(row, 3, "reference.version")?,
        body: row.text(4, "reference.body")?,
        by: row.text(5, "reference.principal")?,
        at: time(row, 6, "reference.at")?,
        effective: optional_time(row, 7, "reference.effective")?,
    })
}

pub(crate) fn token(row: &impl Cells) -> Result<TokenRow> {
    Ok(TokenRow {
        id: row.id(0, "token.id")?,
        hash: bytes(row, 1, "token.hash")?,
        principal: row.text(2, "token.principal")?,
        created_at: time(row, 3, "token.created_at")?,
        expires_at: optional_time(row, 4, "token.expires_at")?,
        revoked_at: optional_time(row, 5, "token.revoked_at")?,
        granted_by: optional_text(row, 6, "token.granted_by")?,
        used_at: optional_time(row, 7, "token.used_at")?,
    })
}

pub(crate) fn person(row: &impl Cells) -> Result<SealedPerson> {
    Ok(SealedPerson {
        id: row.id(0, "person.id")?,
        nonce: bytes(row, 1, "person.nonce")?,
        sealed: row.blob(2, "person.sealed")?.to_vec(),
        key_nonce: bytes(row, 3, "person.key_nonce")?,
        sealed_key: row.blob(4, "person.sealed_key")?.to_vec(),
    })
}
