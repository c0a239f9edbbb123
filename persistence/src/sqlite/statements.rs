//! Every statement the journal runs on SQLite, in one place, so that one test prepares them all.
//!
//! A statement's way to the driver's thread costs more than its work, so rows go many at a time: a
//! commit's as the statements of [`rows`](super::rows), rare ones as one JSON array (`jsonb_each`).
//! sqlx runs several statements of one string in one such way, handing each the next of the bound
//! values.

/// Defines the statements and `ALL`, the list of them.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* pub(super) const $name: &str = $sql;)+
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}

macro_rules! state_columns {
    () => {
        "kind, owner, id, seq, live, status, store, courier, blob"
    };
}

/// A page of states: `$by` narrows by an indexed column, `$than` and `$order` give the direction.
/// Binds: partition, kind, owner and id of the page before, status, live, limit, then `$by`'s.
macro_rules! states {
    ($by:literal, $than:literal, $order:literal) => {
        concat!(
            "SELECT ",
            state_columns!(),
            " FROM state WHERE partition = ?1 AND kind = ?2 AND ",
            $by,
            "(owner, id) ",
            $than,
            " (?3, ?4) AND (?5 IS NULL OR status = ?5) AND (?6 IS NULL OR live = ?6) ORDER BY owner ",
            $order,
            ", id ",
            $order,
            " LIMIT ?7"
        )
    };
}

macro_rules! reference_columns {
    () => {
        "revision, kind, id, version, body, principal, at, effective"
    };
}

macro_rules! insert_tokens {
    () => {
        "INSERT INTO token (id, hash, principal, created_at, expires_at, revoked_at)
         SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4,
                value ->> 5
         FROM jsonb_each(?)"
    };
}

macro_rules! upsert_persons {
    () => {
        "INSERT INTO person (id, nonce, sealed, key_nonce, sealed_key)
         SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), unhex(value ->> 3),
                unhex(value ->> 4)
         FROM jsonb_each(?) WHERE true
         ON CONFLICT (id) DO UPDATE SET
             nonce = excluded.nonce, sealed = excluded.sealed,
             key_nonce = excluded.key_nonce, sealed_key = excluded.sealed_key"
    };
}

statements! {
    /// Binds: partition, owner, url.
    CLAIM = "INSERT INTO partition_owner (partition, epoch, owner, url, last_seq)
             VALUES (?1, 1, ?2, ?3, 0)
             ON CONFLICT (partition) DO UPDATE SET
                 epoch = epoch + 1, owner = excluded.owner, url = excluded.url
             RETURNING epoch";

    OWNER = "SELECT epoch, owner, url FROM partition_owner WHERE partition = ?";

    /// Opens the transaction of a commit and reads what its batch is checked against.
    BEGIN_COMMIT = "BEGIN IMMEDIATE;
                    SELECT epoch, last_seq FROM partition_owner WHERE partition = ?";

    /// Binds: the new last seq, the partition.
    END_COMMIT = "UPDATE partition_owner SET last_seq = ? WHERE partition = ?;
                  COMMIT";

    BEGIN = "BEGIN IMMEDIATE";
    END = "COMMIT";
    ROLLBACK = "ROLLBACK";

    LAST_SEQ = "SELECT last_seq FROM partition_owner WHERE partition = ?";

    LIVE_STATES = concat!(
        "SELECT ", state_columns!(), " FROM state WHERE partition = ? AND live = 1"
    );

    KEYS_SINCE = "SELECT scope, key, body_hash FROM idempotency WHERE partition = ? AND at >= ?";

    OUTBOX = "SELECT seq, target, payload FROM outbox WHERE partition = ? ORDER BY seq, target";

    IDEMPOTENT_RESULT = "SELECT scope, key, body_hash, result, seq, at FROM idempotency
                         WHERE partition = ? AND scope = ? AND key = ?";

    PRUNE_IDEMPOTENCY = "DELETE FROM idempotency WHERE partition = ? AND at < ?";

    OUTBOX_DELIVERED = "DELETE FROM outbox WHERE partition = ? AND target = ? AND seq <= ?";

    STATE = concat!(
        "SELECT ", state_columns!(), " FROM state
         WHERE partition = ? AND kind = ? AND owner = ? AND id = ?"
    );

    STATES_UP = states!("", ">", "ASC");
    STATES_DOWN = states!("", "<", "DESC");
    STORE_STATES_UP = states!("store = ?8 AND ", ">", "ASC");
    STORE_STATES_DOWN = states!("store = ?8 AND ", "<", "DESC");
    COURIER_STATES_UP = states!("courier = ?8 AND (?9 IS NULL OR store = ?9) AND ", ">", "ASC");
    COURIER_STATES_DOWN = states!("courier = ?8 AND (?9 IS NULL OR store = ?9) AND ", "<", "DESC");

    /// Runs from the one that holds the event after a seq, in order.
    RUNS_AFTER = "SELECT events FROM event_run WHERE partition = ? AND last_seq > ?
                  ORDER BY last_seq LIMIT ?";

    LAST_RUN = "SELECT events FROM event_run WHERE partition = ? AND last_seq > 0
                ORDER BY last_seq DESC LIMIT 1";

    /// The last event of an entity, by its state row.
    STATE_SEQ = "SELECT seq FROM state
                 WHERE partition = ? AND kind = ? AND owner = ? AND id = ?";

    MOVEMENTS = "SELECT seq, store, sku, delta, reason, reference FROM stock_movement
                 WHERE partition = ? AND store = ? AND sku = ? ORDER BY seq, line";

    /// The latest version of each (kind, id) of an array, 0 where there is none.
    LATEST_VERSIONS = "SELECT value ->> 0, value ->> 1,
                              (SELECT max(version) FROM reference
                               WHERE kind = value ->> 0 AND id = value ->> 1)
                       FROM jsonb_each(?)";

    INSERT_REFERENCES = "INSERT INTO reference
                             (kind, id, version, body, principal, at, effective)
                         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
                                value ->> 5, value ->> 6
                         FROM jsonb_each(?)";

    REFERENCE = concat!(
        "SELECT ", reference_columns!(), " FROM reference WHERE kind = ? AND id = ?
         ORDER BY version DESC LIMIT 1"
    );

    REFERENCES = concat!(
        "SELECT ", reference_columns!(), " FROM reference AS latest
         WHERE kind = ? AND version = (SELECT max(version) FROM reference
                                       WHERE kind = latest.kind AND id = latest.id)
         ORDER BY id"
    );

    REFERENCE_HISTORY = concat!(
        "SELECT ", reference_columns!(), " FROM reference WHERE kind = ? AND id = ?
         ORDER BY version"
    );

    INSERT_TOKENS = insert_tokens!();

    TOKEN_BY_HASH = "SELECT id, hash, principal, created_at, expires_at, revoked_at FROM token
                     WHERE hash = ?";

    REVOKE_TOKEN = "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";

    UPSERT_PERSONS = upsert_persons!();

    PERSON = "SELECT id, nonce, sealed, key_nonce, sealed_key FROM person WHERE id = ?";

    ERASE_PERSON = "DELETE FROM person WHERE id = ?";

    SYNCHRONOUS = "PRAGMA synchronous";
    JOURNAL_MODE = "PRAGMA journal_mode";
}
