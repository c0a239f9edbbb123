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

-- Events, some dozens to a row: a row an event would cost four times as much to write. `events` is
-- an array of arrays in order of seq: seq, entity kind, entity, entity seq, seq of the entity's
-- event before, at, principal, cause, trace, schema version, kind, payload; ids are hexadecimal.
CREATE TABLE event_run (
    partition INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    events TEXT NOT NULL,
    UNIQUE (partition, last_seq)
) STRICT;

-- The same, an event a row, for people and checkers.
CREATE VIEW event AS
SELECT run.partition AS partition, value ->> 0 AS seq, run.epoch AS epoch,
       value ->> 1 AS entity_kind, value ->> 2 AS entity, value ->> 3 AS entity_seq,
       value ->> 4 AS previous, value ->> 5 AS at, value ->> 6 AS principal, value ->> 7 AS cause,
       value ->> 8 AS trace, value ->> 9 AS schema_version, value ->> 10 AS kind,
       value -> 11 AS payload
FROM event_run AS run, json_each(run.events);

-- The newest state of each entity that ends, such as an order, in order of birth. `live` rows are
-- what a restart brings back to memory. Ids begin with time and so begin the key: what a commit
-- brings to birth lies side by side, whatever its kind. Only those that have ended are indexed by
-- store and courier: an entry for each birth would write a page a store with every commit.
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
    UNIQUE (partition, id, kind, owner)
) STRICT;
CREATE INDEX state_live ON state (partition) WHERE live = 1;
CREATE INDEX state_store ON state (partition, kind, store, id)
WHERE live = 0 AND store IS NOT NULL;
CREATE INDEX state_courier ON state (partition, kind, courier, id)
WHERE live = 0 AND courier IS NOT NULL;

-- The same of each entity that stays, such as a store: side by side by key, so that a batch that
-- touches many of them writes few pages.
CREATE TABLE standing (
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
    PRIMARY KEY (partition, kind, owner, id)
) STRICT, WITHOUT ROWID;

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

-- Answers in order of time. Keys are random, and an index of them would write a page an answer:
-- the partition's owner knows in memory which were used and from which seq on to look.
CREATE TABLE idempotency (
    partition INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    result TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_seq ON idempotency (partition, seq);

CREATE TABLE outbox (
    partition INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    target TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (partition, seq, target)
) STRICT, WITHOUT ROWID;
