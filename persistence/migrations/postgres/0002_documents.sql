-- Headquarters' documents, all versions; the latest is the one with the highest version.
CREATE TABLE reference (
    revision BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL,
    effective BIGINT,
    UNIQUE (kind, id, version)
);

-- Tokens by the hash of their secret.
CREATE TABLE token (
    id UUID NOT NULL PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    principal TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

-- People, sealed. `sealed_key` is the only copy of a person's key: deleting the row forgets them.
CREATE TABLE person (
    id UUID NOT NULL PRIMARY KEY,
    nonce BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    key_nonce BYTEA NOT NULL,
    sealed_key BYTEA NOT NULL
);
