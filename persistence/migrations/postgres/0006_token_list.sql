-- Headquarters' list of tokens: who gave each out and when it last opened something, in order of id.
-- Shoppers' are left out: there are as many as shoppers who have logged in.
ALTER TABLE token ADD COLUMN granted_by TEXT;
ALTER TABLE token ADD COLUMN used_at BIGINT;
CREATE INDEX token_listed ON token (id)
WHERE (principal::jsonb ->> 'kind') IS DISTINCT FROM 'shopper';

-- Those that are over are found by when, and forgotten.
CREATE INDEX token_expires ON token (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX token_revoked ON token (revoked_at) WHERE revoked_at IS NOT NULL;
