-- The journal of every partition. Ids are 16 bytes, most significant first; times are
-- milliseconds since the epoch, UTC; payload, blob, result, principal and body are JSON.

-- Who may write a partition. Every commit compares its epoch with this row.
CREATE TABLE partition_owner (
    partition INTEGER NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    owner TEXT NOT NULL,
    url TEXT NOT NULL,
    last_seq INTEGER NOT NULL
) STRICT;

CREATE TABLE event (
    partition INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    entity_kind TEXT NOT NULL,
    entity BLOB NOT NULL,
    entity_seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    principal TEXT NOT NULL,
    cause BLOB NOT NULL,
    trace BLOB NOT NULL,
    schema_version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (partition, seq),
    UNIQUE (partition, entity_kind, entity, entity_seq)
) STRICT;

-- The newest state of each entity. `live` rows are what a restart brings back to memory.
CREATE TABLE state (
    partition INTEGER NOT NULL,
    kind TEXT NOT NULL,
    owner BLOB NOT NULL,
    id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    live INTEGER NOT NULL,
    status TEXT NOT NULL,
    store BLOB,
    courier BLOB,
    blob TEXT NOT NULL,
    UNIQUE (partition, kind, owner, id)
) STRICT;
CREATE INDEX state_live ON state (partition) WHERE live = 1;
CREATE INDEX state_store ON state (partition, kind, store, owner, id) WHERE store IS NOT NULL;
CREATE INDEX state_courier ON state (partition, kind, courier, owner, id) WHERE courier IS NOT NULL;

-- The stock ledger, store by store in order of time: new lines go to the end of their store's
-- part, not to a random page per SKU. `line` is the place within the commit.
CREATE TABLE stock_movement (
    partition INTEGER NOT NULL,
    store BLOB NOT NULL,
    seq INTEGER NOT NULL,
    line INTEGER NOT NULL,
    sku BLOB NOT NULL,
    delta INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reference BLOB NOT NULL,
    PRIMARY KEY (partition, store, seq, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    partition INTEGER NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    result TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (partition, scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (partition, at);

CREATE TABLE outbox (
    partition INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    target TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (partition, seq, target)
) STRICT, WITHOUT ROWID;
