DROP INDEX audit_addresses;
DROP INDEX audit_community;
ALTER TABLE audit DROP COLUMN community_id;

-- SQLite cannot add a NOT NULL to a column, so both tables are made anew. What belongs to a community has no place in
-- the older schema.
CREATE TABLE access_tokens_before (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
INSERT INTO access_tokens_before (id, user_id, created_at, expires_at, revoked_at)
    SELECT id, user_id, created_at, expires_at, revoked_at FROM access_tokens WHERE user_id IS NOT NULL;
DROP TABLE access_tokens;
ALTER TABLE access_tokens_before RENAME TO access_tokens;
CREATE INDEX access_tokens_user ON access_tokens (user_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

-- Deliveries refer to the endpoints; they are put aside while that table goes.
CREATE TEMPORARY TABLE deliveries_aside AS
    SELECT * FROM webhook_deliveries
    WHERE endpoint_id IN (SELECT id FROM webhook_endpoints WHERE user_id IS NOT NULL);
DELETE FROM webhook_deliveries;
CREATE TABLE webhook_endpoints_before (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL,
    -- Both signing keys, encrypted under the keyring.
    keys BLOB NOT NULL,
    public_key BLOB NOT NULL,
    enabled INTEGER NOT NULL,
    failing_since INTEGER,
    disabled_reason TEXT,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO webhook_endpoints_before (id, user_id, url, description, events, keys, public_key, enabled, failing_since,
    disabled_reason, created_at)
    SELECT id, user_id, url, description, events, keys, public_key, enabled, failing_since, disabled_reason, created_at
    FROM webhook_endpoints WHERE user_id IS NOT NULL;
DROP TABLE webhook_endpoints;
ALTER TABLE webhook_endpoints_before RENAME TO webhook_endpoints;
CREATE INDEX webhook_endpoints_user ON webhook_endpoints (user_id);
INSERT INTO webhook_deliveries SELECT * FROM deliveries_aside;
DROP TABLE deliveries_aside;
