//! Every statement the journal runs on PostgreSQL, in one place, so that one test prepares them all.
//!
//! A round trip costs more than its work, so rows go many at a time, a bound array a column, and a
//! commit is one statement: begun, checked, written and ended in one way there and back.

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
        "kind, owner, id, seq, live, status, store, courier, blob, false"
    };
}

macro_rules! standing_columns {
    () => {
        "kind, owner, id, seq, live, status, store, courier, blob, true"
    };
}

/// A page of states: `$by` narrows by an indexed column, `$than` and `$order` give the direction.
/// Binds: partition, kind, the id to begin with, status, live, limit, then `$by`'s.
macro_rules! states {
    ($by:literal, $than:literal, $order:literal) => {
        concat!(
            "SELECT ",
            state_columns!(),
            " FROM state WHERE partition = $1 AND kind = $2 AND ",
            $by,
            "id ",
            $than,
            " $3 AND ($4::text IS NULL OR status = $4) AND ($5::boolean IS NULL OR live = $5)
             ORDER BY id ",
            $order,
            " LIMIT $6"
        )
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
            " FROM token WHERE id < $1 AND (principal::jsonb ->> 'kind') ",
            $of,
            " AND ($2::text IS NULL OR (principal::jsonb ->> 'kind') = $2)
              AND ($3::text IS NULL OR (principal::jsonb ->> 'role') = $3)
              AND ($4::text IS NULL
                   OR position(lower($4 COLLATE \"C\")
                               IN lower((principal::jsonb ->> 'name') COLLATE \"C\")) > 0)
              AND ($5::bigint IS NULL
                   OR (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $5)))
             ORDER BY id DESC LIMIT $6"
        )
    };
}

macro_rules! reference_columns {
    () => {
        "revision, kind, id, version, body, principal, at, effective"
    };
}

macro_rules! upsert_persons {
    () => {
        "ON CONFLICT (id) DO UPDATE SET
             nonce = excluded.nonce, sealed = excluded.sealed,
             key_nonce = excluded.key_nonce, sealed_key = excluded.sealed_key"
    };
}

statements! {
    /// Version, encoding, and whether it follows another server.
    SERVER = "SELECT current_setting('server_version_num')::integer,
                     current_setting('server_encoding'), pg_is_in_recovery()";

    SETTING = "SELECT current_setting($1)";

    IDENTITY = "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()";

    /// Waits up to two seconds for its end.
    END_SESSION = "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
                   WHERE pid = $1 AND backend_start::text = $2";

    /// Takes what the session holds until it ends, or says at once that another has it: of several
    /// that wait for a partition none waits in a queue. Binds: the lock's class, partition.
    HOLD = "SELECT pg_try_advisory_lock($1, $2)";

    /// Who has it, and whether nothing was heard of them for longer than the lease.
    HOLDER = "SELECT epoch, owner, url, seen_at < clock_timestamp() - $2 * interval '1 millisecond'
              FROM partition_owner WHERE partition = $1";

    /// Ends the sessions that hold a partition. Binds: the lock's class, partition.
    END_HOLDERS = "SELECT pg_terminate_backend(pid, 2000) FROM pg_locks
                   WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
                     AND database = (SELECT oid FROM pg_database
                                     WHERE datname = current_database())
                     AND classid::bigint = $1::integer AND objid::bigint = $2::integer
                     AND objsubid = 2";

    /// Binds: partition, owner, url.
    CLAIM = "INSERT INTO partition_owner (partition, epoch, owner, url, last_seq, seen_at)
             VALUES ($1, 1, $2, $3, 0, clock_timestamp())
             ON CONFLICT (partition) DO UPDATE SET
                 epoch = partition_owner.epoch + 1, owner = excluded.owner, url = excluded.url,
                 seen_at = excluded.seen_at
             RETURNING epoch, chain";

    /// A sign of life for what is held. Binds: partitions, their epochs.
    BEAT = "UPDATE partition_owner SET seen_at = clock_timestamp()
            FROM unnest($1::integer[], $2::bigint[]) AS held (partition, epoch)
            WHERE partition_owner.partition = held.partition
              AND partition_owner.epoch = held.epoch";

    OWNER = "SELECT epoch, owner, url FROM partition_owner WHERE partition = $1";

    /// Epoch and last seq.
    STANDS_AT = "SELECT epoch, last_seq FROM partition_owner WHERE partition = $1";

    /// A whole batch. `held` is the ownership row, checked and locked: without it nothing else
    /// comes to be, and the statement says that it has touched no row. A claim under way makes it
    /// wait, and look again at what the claim has left. Binds: partition, epoch, the seq before the
    /// batch (NULL where it has no events), the seq after it, then an array a column; last the chain of
    /// each run, and that after the batch (NULL where it has no events).
    COMMIT = concat!(
        "WITH held AS (
             UPDATE partition_owner
             SET last_seq = coalesce($4, last_seq), chain = coalesce($47, chain),
                 seen_at = clock_timestamp()
             WHERE partition = $1 AND epoch = $2 AND last_seq = coalesce($3, last_seq)
             RETURNING partition, epoch
         ), runs AS (
             INSERT INTO event_run (partition, last_seq, epoch, events, chain)
             SELECT held.partition, run.last_seq, held.epoch, run.events, run.chain
             FROM held, unnest($5::bigint[], $6::text[], $46::bytea[])
                 AS run (last_seq, events, chain)
         ), touched AS (
             SELECT held.partition, entity.*
             FROM held, unnest(
                 $7::text[], $8::uuid[], $9::uuid[], $10::bigint[], $11::boolean[],
                 $12::boolean[], $13::text[], $14::uuid[], $15::uuid[], $16::text[]
             ) AS entity (kind, owner, id, seq, live, stays, status, store, courier, blob)
         ), states AS (
             INSERT INTO state
                 (partition, kind, owner, id, seq, live, status, store, courier, blob)
             SELECT partition, kind, owner, id, seq, live, status, store, courier, blob
             FROM touched WHERE NOT stays
             ON CONFLICT (partition, id, kind, owner) DO UPDATE SET
                 seq = excluded.seq, live = excluded.live, status = excluded.status,
                 store = excluded.store, courier = excluded.courier, blob = excluded.blob
         ), standings AS (
             INSERT INTO standing
                 (partition, kind, owner, id, seq, live, status, store, courier, blob)
             SELECT partition, kind, owner, id, seq, live, status, store, courier, blob
             FROM touched WHERE stays
             ON CONFLICT (partition, kind, owner, id) DO UPDATE SET
                 seq = excluded.seq, live = excluded.live, status = excluded.status,
                 store = excluded.store, courier = excluded.courier, blob = excluded.blob
         ), answers AS (
             INSERT INTO idempotency (partition, seq, scope, key, body_hash, result, at)
             SELECT held.partition, answer.*
             FROM held, unnest(
                 $17::bigint[], $18::text[], $19::text[], $20::bytea[], $21::text[], $22::bigint[]
             ) AS answer (seq, scope, key, body_hash, result, at)
         ), movements AS (
             INSERT INTO stock_movement
                 (partition, line, store, seq, sku, delta, reason, reference)
             SELECT held.partition, movement.*
             FROM held, unnest(
                 $23::integer[], $24::uuid[], $25::bigint[], $26::uuid[], $27::bigint[],
                 $28::text[], $29::uuid[]
             ) AS movement (line, store, seq, sku, delta, reason, reference)
         ), messages AS (
             INSERT INTO outbox (partition, seq, target, payload)
             SELECT held.partition, message.*
             FROM held, unnest($30::bigint[], $31::text[], $32::text[])
                 AS message (seq, target, payload)
         ), persons AS (
             INSERT INTO person (id, nonce, sealed, key_nonce, sealed_key)
             SELECT person.* FROM held, unnest(
                 $33::uuid[], $34::bytea[], $35::bytea[], $36::bytea[], $37::bytea[]
             ) AS person (id, nonce, sealed, key_nonce, sealed_key) ",
        upsert_persons!(),
        "), tokens AS (
             INSERT INTO token
                 (id, hash, principal, created_at, expires_at, revoked_at, granted_by, used_at)
             SELECT token.* FROM held, unnest(
                 $38::uuid[], $39::bytea[], $40::text[], $41::bigint[], $42::bigint[],
                 $43::bigint[], $44::text[], $45::bigint[]
             ) AS token
                 (id, hash, principal, created_at, expires_at, revoked_at, granted_by, used_at)
         )
         SELECT 1 FROM held"
    );

    LIVE_STATES = concat!(
        "SELECT ", state_columns!(), " FROM state WHERE partition = $1 AND live
         UNION ALL SELECT ", standing_columns!(), " FROM standing WHERE partition = $1 AND live"
    );

    KEYS_SINCE = "SELECT seq, scope, key FROM idempotency WHERE partition = $1 AND at >= $2";

    OUTBOX = "SELECT seq, target, payload FROM outbox WHERE partition = $1 ORDER BY seq, target";

    /// Binds: partition, seq, scope, key. Walks on from the seq; the answer is within some rows.
    ANSWER_FROM = "SELECT seq, scope, key, body_hash, result, at FROM idempotency
                   WHERE partition = $1 AND seq >= $2 AND scope = $3 AND key = $4
                   ORDER BY seq LIMIT 1";

    /// Looks no farther than the first answer that is not older: those after it are younger too,
    /// or a clock went back and they wait.
    PRUNE_IDEMPOTENCY = "DELETE FROM idempotency
                         WHERE partition = $1 AND at < $2 AND seq <= coalesce(
                             (SELECT seq FROM idempotency WHERE partition = $1 AND at >= $2
                              ORDER BY seq LIMIT 1),
                             9223372036854775807)";

    OUTBOX_DELIVERED = "DELETE FROM outbox WHERE partition = $1 AND target = $2 AND seq <= $3";

    STATE = concat!(
        "SELECT ", state_columns!(), " FROM state
         WHERE partition = $1 AND kind = $2 AND owner = $3 AND id = $4
         UNION ALL SELECT ", standing_columns!(), " FROM standing
         WHERE partition = $1 AND kind = $2 AND owner = $3 AND id = $4"
    );

    STATES_UP = states!("", ">=", "ASC");
    STATES_DOWN = states!("", "<=", "DESC");
    STATES_OF_STORE_UP = states!("store = $7 AND ", ">=", "ASC");
    STATES_OF_STORE_DOWN = states!("store = $7 AND ", "<=", "DESC");
    STATES_OF_COURIER_UP =
        states!("courier = $7 AND ($8::uuid IS NULL OR store = $8) AND ", ">=", "ASC");
    STATES_OF_COURIER_DOWN =
        states!("courier = $7 AND ($8::uuid IS NULL OR store = $8) AND ", "<=", "DESC");

    /// Runs from the one that holds the event after a seq, in order.
    RUNS_AFTER = "SELECT events FROM event_run WHERE partition = $1 AND last_seq > $2
                  ORDER BY last_seq LIMIT $3";

    LAST_RUN = "SELECT events FROM event_run WHERE partition = $1 AND last_seq > 0
                ORDER BY last_seq DESC LIMIT 1";

    /// The last event of an entity, by its state row.
    STATE_SEQ = "SELECT seq FROM state
                 WHERE partition = $1 AND kind = $2 AND owner = $3 AND id = $4
                 UNION ALL SELECT seq FROM standing
                 WHERE partition = $1 AND kind = $2 AND owner = $3 AND id = $4";

    MOVEMENTS = "SELECT seq, store, sku, delta, reason, reference FROM stock_movement
                 WHERE partition = $1 AND store = $2 AND sku = $3 ORDER BY seq, line";

    /// Versions are counted by one writer at a time, whatever process it is of; readers go on.
    LOCK_REFERENCES = "LOCK TABLE reference IN SHARE ROW EXCLUSIVE MODE";

    /// The latest version of each (kind, id) of two arrays, NULL where there is none.
    LATEST_VERSIONS = "SELECT asked.kind, asked.id,
                              (SELECT max(version) FROM reference
                               WHERE kind = asked.kind AND id = asked.id)
                       FROM unnest($1::text[], $2::text[]) AS asked (kind, id)";

    INSERT_REFERENCES = "INSERT INTO reference
                             (kind, id, version, body, principal, at, effective, chain)
                         SELECT * FROM unnest(
                             $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[],
                             $6::bigint[], $7::bigint[], $8::bytea[])";

    /// Of the last version of any document.
    LAST_LINK = "SELECT chain FROM reference
                 WHERE revision = (SELECT max(revision) FROM reference)";

    /// Partitions, and the documents as none.
    HEADS = "SELECT partition::bigint, last_seq, chain FROM partition_owner
             UNION ALL SELECT NULL, revision, coalesce(chain, '') FROM reference
             WHERE revision = (SELECT max(revision) FROM reference)";

    REFERENCE = concat!(
        "SELECT ", reference_columns!(), " FROM reference WHERE kind = $1 AND id = $2
         ORDER BY version DESC LIMIT 1"
    );

    REFERENCES = concat!(
        "SELECT ", reference_columns!(), " FROM reference AS latest
         WHERE kind = $1 AND version = (SELECT max(version) FROM reference
                                        WHERE kind = latest.kind AND id = latest.id)
         ORDER BY id"
    );

    REFERENCE_HISTORY = concat!(
        "SELECT ", reference_columns!(), " FROM reference WHERE kind = $1 AND id = $2
         ORDER BY version"
    );

    /// Binds: before, kind, id, principal, since, until, limit.
    REFERENCE_LOG = concat!(
        "SELECT ", reference_columns!(), " FROM reference
         WHERE revision < $1
           AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR id = $3)
           AND ($4::text IS NULL OR principal = $4)
           AND ($5::bigint IS NULL OR at >= $5) AND ($6::bigint IS NULL OR at <= $6)
         ORDER BY revision DESC LIMIT $7"
    );

    INSERT_TOKENS = concat!(
        "INSERT INTO token (", token_columns!(), ")
         SELECT * FROM unnest(
             $1::uuid[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
             $7::text[], $8::bigint[])"
    );

    TOKEN_BY_HASH = concat!("SELECT ", token_columns!(), " FROM token WHERE hash = $1");

    /// Binds: id of the last one before, kind, role, part of the name, a moment at which it is open,
    /// limit.
    TOKENS = tokens!("IS DISTINCT FROM 'shopper'");

    /// The same of shoppers alone.
    TOKENS_OF_SHOPPERS = tokens!("= 'shopper'");

    /// Binds: role, now.
    TOKENS_OF_ROLE = "SELECT count(*) FROM token WHERE (principal::jsonb ->> 'role') = $1
        AND (principal::jsonb ->> 'kind') IS DISTINCT FROM 'shopper'
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";

    REVOKE_TOKEN = "UPDATE token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";

    /// Those that were over before a moment.
    FORGET_TOKENS = "DELETE FROM token WHERE expires_at < $1 OR revoked_at < $1";

    /// Binds: ids, the moments of each.
    TOKENS_USED = "UPDATE token
                   SET used_at = ($2::bigint[])[array_position($1::uuid[], id)]
                   WHERE id = ANY($1::uuid[])";

    PUT_PERSONS = concat!(
        "INSERT INTO person (id, nonce, sealed, key_nonce, sealed_key)
         SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[]) ",
        upsert_persons!()
    );

    /// Binds: reader, partition, keys and bodies to put, keys to remove.
    PUT_READ_MODEL = "WITH removed AS (
                          DELETE FROM read_model
                          WHERE reader = $1 AND partition = $2 AND key = ANY($5::text[])
                      )
                      INSERT INTO read_model (reader, partition, key, body)
                      SELECT $1, $2, put.key, put.body
                      FROM unnest($3::text[], $4::text[]) AS put (key, body)
                      ON CONFLICT (reader, partition, key) DO UPDATE SET body = excluded.body";

    /// Binds: reader, partition, last key before, first key beyond, limit.
    READ_MODEL = "SELECT key, body FROM read_model
                  WHERE reader = $1 AND partition = $2 AND key > $3 AND key < $4
                  ORDER BY key LIMIT $5";

    PERSON = "SELECT id, nonce, sealed, key_nonce, sealed_key FROM person WHERE id = $1";

    ERASE_PERSONS = "DELETE FROM person WHERE id = ANY($1::uuid[])";
}
