-- Headquarters' documents, all versions; the latest is the one with the highest version.
CREATE TABLE reference (
    revision INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    principal TEXT NOT NULL,
    at INTEGER NOT NULL,
    effective INTEGER,
    UNIQUE (kind, id, version)
) STRICT;

-- Tokens by the hash of their secret.
CREATE TABLE token (
    id BLOB NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    principal TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- People, sealed. `sealed_key` is the only copy of a person's key: deleting the row forgets them.
CREATE TABLE person (
    id BLOB NOT NULL PRIMARY KEY,
    nonce BLOB NOT NULL,
    sealed BLOB NOT NULL,
    key_nonce BLOB NOT NULL,
    sealed_key BLOB NOT NULL
) STRICT;
