//! Rows of the database back to ours.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use vocabulary::Timestamp;

use crate::{
    Epoch, Error, EventRow, IdempotencyKey, IdempotencyRow, OutboxRow, PartitionOwner,
    ReadModelRow, ReferenceRow, Result, SealedPerson, StateKey, StateRow, StockMovement, TokenRow,
};

/// A value of the row's column `index`, which is called `column` in errors.
fn get<'r, T>(row: &'r SqliteRow, index: usize, column: &'static str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(index).map_err(|source| Error::Column { column, source })
}

fn id(row: &SqliteRow, index: usize, column: &'static str) -> Result<u128> {
    bytes(row, index, column).map(u128::from_be_bytes)
}

fn optional_id(row: &SqliteRow, index: usize, column: &'static str) -> Result<Option<u128>> {
    let bytes: Option<&[u8]> = get(row, index, column)?;
    let id = bytes.map(<[u8; 16]>::try_from).transpose();
    Ok(id.map_err(|_| Error::Corrupt { column })?.map(u128::from_be_bytes))
}

fn bytes<const N: usize>(row: &SqliteRow, index: usize, column: &'static str) -> Result<[u8; N]> {
    let bytes: &[u8] = get(row, index, column)?;
    bytes.try_into().map_err(|_| Error::Corrupt { column })
}

pub(super) fn unsigned<T: TryFrom<i64>>(
    row: &SqliteRow,
    index: usize,
    column: &'static str,
) -> Result<T> {
    T::try_from(get(row, index, column)?).map_err(|_| Error::Corrupt { column })
}

fn time(row: &SqliteRow, index: usize, column: &'static str) -> Result<Timestamp> {
    get(row, index, column).map(Timestamp::from_millis)
}

fn optional_time(row: &SqliteRow, index: usize, column: &'static str) -> Result<Option<Timestamp>> {
    let millis: Option<i64> = get(row, index, column)?;
    Ok(millis.map(Timestamp::from_millis))
}

fn text(row: &SqliteRow, index: usize, column: &'static str) -> Result<String> {
    get(row, index, column)
}

pub(super) fn read_model(row: &SqliteRow) -> Result<ReadModelRow> {
    Ok(ReadModelRow {
        key: text(row, 0, "read_model.key")?,
        body: text(row, 1, "read_model.body")?,
    })
}

pub(super) fn owner(row: &SqliteRow) -> Result<PartitionOwner> {
    Ok(PartitionOwner {
        epoch: Epoch(unsigned(row, 0, "partition_owner.epoch")?),
        owner: text(row, 1, "partition_owner.owner")?,
        url: text(row, 2, "partition_owner.url")?,
    })
}

/// The events of a run, in order.
pub(super) fn run(row: &SqliteRow) -> Result<Vec<EventRow>> {
    type Line<'a> = (
        u64,
        String,
        HexId,
        u64,
        u64,
        i64,
        Box<str>,
        HexId,
        HexId,
        u16,
        String,
        &'a serde_json::value::RawValue,
    );
    let corrupt = |_| Error::Corrupt { column: "event_run.events" };
    let json: &str = get(row, 0, "event_run.events")?;
    let lines: Vec<Line<'_>> = serde_json::from_str(json).map_err(corrupt)?;
    let event = |line: Line<'_>| {
        let (seq, entity_kind, entity, entity_seq, previous, at, by, cause, trace, ..) = line;
        let (.., schema_version, kind, payload) = line;
        EventRow {
            seq,
            entity_kind: entity_kind.into(),
            entity: entity.0,
            entity_seq,
            previous,
            at: Timestamp::from_millis(at),
            by,
            cause: cause.0,
            trace: trace.0,
            schema_version,
            kind: kind.into(),
            payload: payload.get().to_owned(),
        }
    };
    Ok(lines.into_iter().map(event).collect())
}

/// 16 bytes as hexadecimal text.
struct HexId(u128);

impl<'de> Deserialize<'de> for HexId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        u128::from_str_radix(text, 16).map(Self).map_err(D::Error::custom)
    }
}

pub(super) fn state(row: &SqliteRow) -> Result<StateRow> {
    Ok(StateRow {
        key: StateKey {
            kind: text(row, 0, "state.kind")?.into(),
            owner: id(row, 1, "state.owner")?,
            id: id(row, 2, "state.id")?,
        },
        seq: unsigned(row, 3, "state.seq")?,
        live: get::<i64>(row, 4, "state.live")? != 0,
        stays: get::<i64>(row, 9, "state.stays")? != 0,
        status: text(row, 5, "state.status")?.into(),
        store: optional_id(row, 6, "state.store")?,
        courier: optional_id(row, 7, "state.courier")?,
        blob: text(row, 8, "state.blob")?,
    })
}

pub(super) fn movement(row: &SqliteRow) -> Result<StockMovement> {
    Ok(StockMovement {
        seq: unsigned(row, 0, "stock_movement.seq")?,
        store: id(row, 1, "stock_movement.store")?,
        sku: id(row, 2, "stock_movement.sku")?,
        delta: get(row, 3, "stock_movement.delta")?,
        reason: text(row, 4, "stock_movement.reason")?.into(),
        reference: id(row, 5, "stock_movement.reference")?,
    })
}

pub(super) fn idempotency_key(row: &SqliteRow) -> Result<IdempotencyKey> {
    Ok(IdempotencyKey {
        seq: unsigned(row, 0, "idempotency.seq")?,
        scope: text(row, 1, "idempotency.scope")?,
        key: text(row, 2, "idempotency.key")?,
    })
}

pub(super) fn idempotency(row: &SqliteRow) -> Result<IdempotencyRow> {
    let IdempotencyKey { seq, scope, key } = idempotency_key(row)?;
    Ok(IdempotencyRow {
        scope,
        key,
        body_hash: bytes(row, 3, "idempotency.body_hash")?,
        result: text(row, 4, "idempotency.result")?,
        seq,
        at: time(row, 5, "idempotency.at")?,
    })
}

pub(super) fn message(row: &SqliteRow) -> Result<OutboxRow> {
    Ok(OutboxRow {
        seq: unsigned(row, 0, "outbox.seq")?,
        target: text(row, 1, "outbox.target")?,
        payload: text(row, 2, "outbox.payload")?,
    })
}

/// A (kind, id) with its latest version, 0 where there is none.
pub(super) fn latest_version(row: &SqliteRow) -> Result<((String, String), u64)> {
    let key = (text(row, 0, "reference.kind")?, text(row, 1, "reference.id")?);
    let version: Option<i64> = get(row, 2, "reference.version")?;
    let version = u64::try_from(version.unwrap_or_default());
    Ok((key, version.map_err(|_| Error::Corrupt { column: "reference.version" })?))
}

pub(super) fn reference(row: &SqliteRow) -> Result<ReferenceRow> {
    Ok(ReferenceRow {
        revision: unsigned(row, 0, "reference.revision")?,
        kind: text(row, 1, "reference.kind")?,
        id: text(row, 2, "reference.id")?,
        version: unsigned(row, 3, "reference.version")?,
        body: text(row, 4, "reference.body")?,
        by: text(row, 5, "reference.principal")?,
        at: time(row, 6, "reference.at")?,
        effective: optional_time(row, 7, "reference.effective")?,
    })
}

pub(super) fn token(row: &SqliteRow) -> Result<TokenRow> {
    Ok(TokenRow {
        id: id(row, 0, "token.id")?,
        hash: bytes(row, 1, "token.hash")?,
        principal: text(row, 2, "token.principal")?,
        created_at: time(row, 3, "token.created_at")?,
        expires_at: optional_time(row, 4, "token.expires_at")?,
        revoked_at: optional_time(row, 5, "token.revoked_at")?,
    })
}

pub(super) fn person(row: &SqliteRow) -> Result<SealedPerson> {
    Ok(SealedPerson {
        id: id(row, 0, "person.id")?,
        nonce: bytes(row, 1, "person.nonce")?,
        sealed: get(row, 2, "person.sealed")?,
        key_nonce: bytes(row, 3, "person.key_nonce")?,
        sealed_key: get(row, 4, "person.sealed_key")?,
    })
}
