-- Each run of events and each version of a document carries a digest of itself and of all before it
-- (persistence/src/chain.rs). Rows of an earlier version have none: the chain begins after them.
ALTER TABLE partition_owner ADD COLUMN chain BLOB NOT NULL DEFAULT x'';
ALTER TABLE event_run ADD COLUMN chain BLOB;
ALTER TABLE reference ADD COLUMN chain BLOB;
