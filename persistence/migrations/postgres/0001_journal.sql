-- The journal of every partition, as in SQLite's migrations of the same numbers: the same tables
-- and columns, with PostgreSQL's own types. Ids are uuid, which compare as their bytes; times are
-- milliseconds since the epoch, UTC; payload, blob, result, principal and body are JSON, kept as
-- text because every byte counts in a digest. Text that is compared or ordered by is ordered by
-- its bytes, whatever the database's language.

-- Who may write a partition. Every commit compares its epoch with this row. `seen_at` is when the
-- owner last gave a sign of life, by the database's clock. Every commit changes the row: room is
-- left on its page so that this costs no index entry.
CREATE TABLE partition_owner (
    partition INTEGER NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    owner TEXT NOT NULL,
    url TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);

-- Events, some dozens to a row. `events` is an array of arrays in order of seq: seq, entity kind,
-- entity, entity seq, seq of the entity's event before, at, principal, cause, trace, schema
-- version, kind, payload; ids are hexadecimal.
CREATE TABLE event_run (
    partition INTEGER NOT NULL,
    last_seq BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    events TEXT NOT NULL,
    UNIQUE (partition, last_seq)
);

-- The same, an event a row, for people and checkers.
CREATE VIEW event AS
SELECT run.partition AS partition, (line ->> 0)::bigint AS seq, run.epoch AS epoch,
       line ->> 1 AS entity_kind, line ->> 2 AS entity, (line ->> 3)::bigint AS entity_seq,
       (line ->> 4)::bigint AS previous, (line ->> 5)::bigint AS at, line ->> 6 AS principal,
       line ->> 7 AS cause, line ->> 8 AS trace, (line ->> 9)::integer AS schema_version,
       line ->> 10 AS kind, line -> 11 AS payload
FROM event_run AS run, json_array_elements(run.events::json) AS line;

-- The newest state of each entity that ends, such as an order. `live` rows are what a restart
-- brings back to memory. Room is left for the next states of what a page holds, so that an order's
-- steps touch no index.
CREATE TABLE state (
    partition INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    owner UUID NOT NULL,
    id UUID NOT NULL,
    seq BIGINT NOT NULL,
    live BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    store UUID,
    courier UUID,
    blob TEXT NOT NULL,
    UNIQUE (partition, id, kind, owner)
) WITH (fillfactor = 70);
CREATE INDEX state_live ON state (partition) WHERE live;
CREATE INDEX state_store ON state (partition, kind, store, id) WHERE store IS NOT NULL;
CREATE INDEX state_courier ON state (partition, kind, courier, id) WHERE courier IS NOT NULL;

-- The same of each entity that stays, such as a store.
CREATE TABLE standing (
    partition INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    owner UUID NOT NULL,
    id UUID NOT NULL,
    seq BIGINT NOT NULL,
    live BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    store UUID,
    courier UUID,
    blob TEXT NOT NULL,
    PRIMARY KEY (partition, kind, owner, id)
) WITH (fillfactor = 50);

-- A state of two or three kilobytes is written again at each step: pressing it small or moving it
-- to a side table each time would cost more than the place it saves.
ALTER TABLE state SET (toast_tuple_target = 8160);
ALTER TABLE standing SET (toast_tuple_target = 8160);

-- Events are written once and read seldom: pressed by the faster method where the server has it.
DO $$ BEGIN
    ALTER TABLE event_run ALTER COLUMN events SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$;

-- The stock ledger, store by store in order of time. `line` is the place within the commit.
CREATE TABLE stock_movement (
    partition INTEGER NOT NULL,
    store UUID NOT NULL,
    seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    sku UUID NOT NULL,
    delta BIGINT NOT NULL,
    reason TEXT NOT NULL,
    reference UUID NOT NULL,
    PRIMARY KEY (partition, store, seq, line)
);

-- Answers in order of time. Keys are random, and an index of them would touch a page an answer:
-- the partition's owner knows in memory which were used and from which seq on to look.
CREATE TABLE idempotency (
    partition INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    body_hash BYTEA NOT NULL,
    result TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX idempotency_seq ON idempotency (partition, seq);

CREATE TABLE outbox (
    partition INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (partition, seq, target)
);
