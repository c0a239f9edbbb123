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
        "kind, owner, id, seq, live, status, store, courier, blob, 0"
    };
}

/// What a state row says before its blob, as text; see [`LivingRows`](crate::LivingRows).
macro_rules! packed_columns {
    () => {
        "kind || '|' || hex(owner) || '|' || hex(id) || '|' || seq || '|' || status || '|'
         || coalesce(hex(store), '') || '|' || coalesce(hex(courier), '') || '|'
         || octet_length(blob) || '|'"
    };
}

/// A page of states: `$by` narrows by an indexed column, `$than` and `$order` give the direction.
/// Binds: partition, kind, last id of the page before, status, live, limit, then `$by`'s.
macro_rules! states {
    ($from:literal, $by:expr, $than:literal, $order:literal) => {
        concat!(
            "SELECT ",
            state_columns!(),
            " FROM ",
            $from,
            " WHERE partition = ?1 AND kind = ?2 AND ",
            $by,
            "id ",
            $than,
            " ?3 AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR live = ?5) ORDER BY id ",
            $order,
            " LIMIT ?6"
        )
    };
}

/// Of those that have ended.
macro_rules! ended_states {
    ($by:literal, $than:literal, $order:literal) => {
        states!("state", concat!("live = 0 AND ", $by, " AND "), $than, $order)
    };
}

/// Of the living, which are in no index that narrows: all of them are looked at.
macro_rules! living_states {
    ($by:literal, $than:literal, $order:literal) => {
        states!(
            "state INDEXED BY state_live",
            concat!("live = 1 AND ", $by, " AND "),
            $than,
            $order
        )
    };
}

macro_rules! standing_columns {
    () => {
        "kind, owner, id, seq, live, status, store, courier, blob, 1"
    };
}

macro_rules! reference_columns {
    () => {
        "revision, kind, id, version, body, principal, at, effective"
    };
}

macro_rules! insert_tokens {
    () => {
        "INSERT INTO token
             (id, hash, principal, created_at, expires_at, revoked_at, granted_by, used_at)
         SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4,
                value ->> 5, value ->> 6, value ->> 7
         FROM jsonb_each(?)"
    };
}

macro_rules! token_columns {
    () => {
        "id, hash, principal, created_at, expires_at, revoked_at, granted_by, used_at"
    };
}

/// A page of tokens, youngest first.
macro_rules! tokens {
    ($of:literal) => {
        concat!(
            "SELECT ",
            token_columns!(),
            " FROM token WHERE id < ?1 AND json_extract(principal, '$.kind') ",
            $of,
            " AND (?2 IS NULL OR json_extract(principal, '$.kind') = ?2)
              AND (?3 IS NULL OR json_extract(principal, '$.role') = ?3)
              AND (?4 IS NULL OR instr(lower(json_extract(principal, '$.name')), lower(?4)) > 0)
              AND (?5 IS NULL
                   OR (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?5)))
             ORDER BY id DESC LIMIT ?6"
        )
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
                    SELECT epoch, last_seq, chain FROM partition_owner WHERE partition = ?";

    /// Binds: the new last seq, the new chain, the partition.
    END_COMMIT = "UPDATE partition_owner SET last_seq = ?, chain = ? WHERE partition = ?;
                  COMMIT";

    BEGIN = "BEGIN IMMEDIATE";
    END = "COMMIT";
    ROLLBACK = "ROLLBACK";

    LAST_SEQ = "SELECT last_seq FROM partition_owner WHERE partition = ?";

    /// Many live rows in one: where the last of them lies, and their text as
    /// [`LivingRows`](crate::LivingRows) reads it. Binds: partition, where the last one before lay,
    /// how many.
    LIVE_STATES = concat!(
        "SELECT max(place), group_concat(head, ''), group_concat(blob, '') FROM (
             SELECT rowid AS place, ", packed_columns!(), " AS head, blob FROM state
             WHERE partition = ?1 AND live = 1 AND rowid > ?2 ORDER BY rowid LIMIT ?3)"
    );

    /// The same of those that stay, and how many they are. Binds: partition, kind, owner and id of the
    /// last one before, how many at most.
    LIVE_STANDING = concat!(
        "SELECT count(*), group_concat(head, ''), group_concat(blob, '') FROM (
             SELECT ", packed_columns!(), " AS head, blob FROM standing
             WHERE partition = ?1 AND live = 1 AND (kind, owner, id) > (?2, ?3, ?4)
             ORDER BY kind, owner, id LIMIT ?5)"
    );

    /// Many keys in one text: seq, place and then both words, each with its length before it. Binds:
    /// partition, the time since when, seq and place of the last one before, how many.
    KEYS_SINCE = "SELECT count(*), group_concat(seq || '|' || rowid || '|'
                             || octet_length(scope) || '|' || scope
                             || octet_length(key) || '|' || key, '')
                  FROM (SELECT rowid, seq, scope, key FROM idempotency
                        WHERE partition = ?1 AND at >= ?2 AND (seq, rowid) > (?3, ?4)
                        ORDER BY seq, rowid LIMIT ?5)";

    OUTBOX = "SELECT seq, target, payload FROM outbox WHERE partition = ? ORDER BY seq, target";

    /// Binds: partition, seq, scope, key. Walks on from the seq; the answer is within some rows.
    ANSWER_FROM = "SELECT seq, scope, key, body_hash, result, at FROM idempotency
                   WHERE partition = ? AND seq >= ? AND scope = ? AND key = ?
                   ORDER BY seq LIMIT 1";

    /// Looks no farther than the first answer that is not older: those after it are younger too,
    /// or a clock went back and they wait.
    PRUNE_IDEMPOTENCY = "DELETE FROM idempotency
                         WHERE partition = ?1 AND at < ?2 AND seq <= coalesce(
                             (SELECT seq FROM idempotency WHERE partition = ?1 AND at >= ?2
                              ORDER BY seq LIMIT 1),
                             9223372036854775807)";

    OUTBOX_DELIVERED = "DELETE FROM outbox WHERE partition = ? AND target = ? AND seq <= ?";

    STATE = concat!(
        "SELECT ", state_columns!(), " FROM state
         WHERE partition = ?1 AND kind = ?2 AND owner = ?3 AND id = ?4
         UNION ALL SELECT ", standing_columns!(), " FROM standing
         WHERE partition = ?1 AND kind = ?2 AND owner = ?3 AND id = ?4"
    );

    STATES_UP = states!("state", "", ">", "ASC");
    STATES_DOWN = states!("state", "", "<", "DESC");
    ENDED_OF_STORE_UP = ended_states!("store = ?7", ">", "ASC");
    ENDED_OF_STORE_DOWN = ended_states!("store = ?7", "<", "DESC");
    ENDED_OF_COURIER_UP = ended_states!("courier = ?7 AND (?8 IS NULL OR store = ?8)", ">", "ASC");
    ENDED_OF_COURIER_DOWN =
        ended_states!("courier = ?7 AND (?8 IS NULL OR store = ?8)", "<", "DESC");
    LIVING_OF_STORE_UP = living_states!("store = ?7", ">", "ASC");
    LIVING_OF_STORE_DOWN = living_states!("store = ?7", "<", "DESC");
    LIVING_OF_COURIER_UP =
        living_states!("courier = ?7 AND (?8 IS NULL OR store = ?8)", ">", "ASC");
    LIVING_OF_COURIER_DOWN =
        living_states!("courier = ?7 AND (?8 IS NULL OR store = ?8)", "<", "DESC");

    /// Runs from the one that holds the event after a seq, in order.
    RUNS_AFTER = "SELECT events FROM event_run WHERE partition = ? AND last_seq > ?
                  ORDER BY last_seq LIMIT ?";

    LAST_RUN = "SELECT events FROM event_run WHERE partition = ? AND last_seq > 0
                ORDER BY last_seq DESC LIMIT 1";

    /// The last event of an entity, by its state row.
    STATE_SEQ = "SELECT seq FROM state
                 WHERE partition = ?1 AND kind = ?2 AND owner = ?3 AND id = ?4
                 UNION ALL SELECT seq FROM standing
                 WHERE partition = ?1 AND kind = ?2 AND owner = ?3 AND id = ?4";

    MOVEMENTS = "SELECT seq, store, sku, delta, reason, reference FROM stock_movement
                 WHERE partition = ? AND store = ? AND sku = ? ORDER BY seq, line";

    /// The latest version of each (kind, id) of an array, 0 where there is none.
    LATEST_VERSIONS = "SELECT value ->> 0, value ->> 1,
                              (SELECT max(version) FROM reference
                               WHERE kind = value ->> 0 AND id = value ->> 1)
                       FROM jsonb_each(?)";

    INSERT_REFERENCES = "INSERT INTO reference
                             (kind, id, version, body, principal, at, effective, chain)
                         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
                                value ->> 5, value ->> 6, unhex(value ->> 7)
                         FROM jsonb_each(?)";

    /// Of the last version of any document.
    LAST_LINK = "SELECT chain FROM reference
                 WHERE revision = (SELECT max(revision) FROM reference)";

    /// Partitions, and the documents as none.
    HEADS = "SELECT partition, last_seq, chain FROM partition_owner
             UNION ALL SELECT NULL, revision, coalesce(chain, x'') FROM reference
             WHERE revision = (SELECT max(revision) FROM reference)";

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

    /// Binds: before, kind, id, principal, since, until, limit.
    REFERENCE_LOG = concat!(
        "SELECT ", reference_columns!(), " FROM reference
         WHERE revision < ?1
           AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR id = ?3)
           AND (?4 IS NULL OR principal = ?4)
           AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at <= ?6)
         ORDER BY revision DESC LIMIT ?7"
    );

    INSERT_TOKENS = insert_tokens!();

    TOKEN_BY_HASH = concat!("SELECT ", token_columns!(), " FROM token WHERE hash = ?");

    /// Binds: id of the last one before, kind, role, part of the name, a moment at which it is open,
    /// limit.
    TOKENS = tokens!("IS NOT 'shopper'");

    /// The same of shoppers alone.
    TOKENS_OF_SHOPPERS = tokens!("= 'shopper'");

    /// Binds: role, now.
    TOKENS_OF_ROLE = "SELECT count(*) FROM token WHERE json_extract(principal, '$.role') = ?
        AND json_extract(principal, '$.kind') IS NOT 'shopper'
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)";

    REVOKE_TOKEN = "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";

    /// Those that were over before a moment.
    FORGET_TOKENS = "DELETE FROM token WHERE id IN (
                         SELECT id FROM token WHERE expires_at < ?1
                         UNION ALL SELECT id FROM token WHERE revoked_at < ?1)";

    /// Binds: an array of ids and moments.
    TOKENS_USED = "UPDATE token SET used_at = value ->> 1
                   FROM jsonb_each(?) WHERE token.id = unhex(value ->> 0)";

    PERSON = "SELECT id, nonce, sealed, key_nonce, sealed_key FROM person WHERE id = ?";

    /// Binds: an array of ids.
    ERASE_PERSONS = "DELETE FROM person WHERE id IN (SELECT unhex(value) FROM jsonb_each(?))";

    PARTITIONS = "SELECT partition, last_seq FROM partition_owner ORDER BY partition";

    COPY_INTO = "VACUUM INTO ?";
    QUICK_CHECK = "PRAGMA quick_check";
    INTEGRITY_CHECK = "PRAGMA integrity_check";

    PUT_READ_MODEL = "INSERT INTO read_model (reader, partition, key, body)
                      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
                      FROM jsonb_each(?) WHERE true
                      ON CONFLICT (reader, partition, key) DO UPDATE SET body = excluded.body";

    /// Binds: reader, partition, an array of keys.
    REMOVE_READ_MODEL = "DELETE FROM read_model
                         WHERE reader = ? AND partition = ?
                           AND key IN (SELECT value FROM jsonb_each(?))";

    /// Binds: reader, partition, last key before, first key beyond, limit.
    READ_MODEL = "SELECT key, body FROM read_model
                  WHERE reader = ? AND partition = ? AND key > ? AND key < ?
                  ORDER BY key LIMIT ?";

    SYNCHRONOUS = "PRAGMA synchronous";
    JOURNAL_MODE = "PRAGMA journal_mode";
}
