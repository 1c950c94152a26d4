-- Notices keep ids and numbers; names are looked up when they are read.
CREATE TABLE notices (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    subject BLOB,
    metadata TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    email_sent_at INTEGER
) STRICT;
CREATE INDEX notices_user ON notices (user_id, created_at);
CREATE INDEX notices_unread ON notices (user_id) WHERE read_at IS NULL;

CREATE TABLE webhook_endpoints (
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
CREATE INDEX webhook_endpoints_user ON webhook_endpoints (user_id);

CREATE TABLE webhook_deliveries (
    id BLOB PRIMARY KEY,
    endpoint_id BLOB NOT NULL REFERENCES webhook_endpoints (id),
    event_id BLOB NOT NULL,
    event TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    response_status INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    last_attempt_at INTEGER,
    delivered_at INTEGER
) STRICT;
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, created_at);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

CREATE TABLE mail_choices (
    user_id BLOB NOT NULL REFERENCES users (id),
    letter TEXT NOT NULL,
    wanted INTEGER NOT NULL,
    PRIMARY KEY (user_id, letter)
) STRICT;
