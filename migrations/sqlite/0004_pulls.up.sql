CREATE TABLE pull_commitments (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    -- S, encrypted under the service key; erased in the transaction that uses it.
    share BLOB,
    commitment BLOB NOT NULL,
    signature BLOB NOT NULL,
    key_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    pull_id BLOB,
    request_hash BLOB,
    used_at INTEGER
) STRICT;
CREATE INDEX pull_commitments_expiry ON pull_commitments (expires_at);
CREATE INDEX pull_commitments_user ON pull_commitments (user_id);

CREATE TABLE pulls (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    number INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    pattern_key TEXT NOT NULL,
    target TEXT NOT NULL,
    one_in TEXT NOT NULL,
    public_key BLOB NOT NULL,
    text TEXT NOT NULL,
    matched INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    result TEXT NOT NULL,
    is_win INTEGER NOT NULL,
    free INTEGER NOT NULL,
    tokens_spent INTEGER NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('service', 'sealed')),
    recipient TEXT NOT NULL,
    receipt TEXT NOT NULL,
    key_file BLOB,
    key_expires_at INTEGER,
    kept_at INTEGER,
    erased_at INTEGER,
    share_id TEXT,
    created_at INTEGER NOT NULL,
    CONSTRAINT pulls_number UNIQUE (user_id, number),
    CONSTRAINT pulls_share UNIQUE (share_id),
    CONSTRAINT pulls_erased CHECK ((key_file IS NULL) = (erased_at IS NOT NULL))
) STRICT;
CREATE INDEX pulls_user ON pulls (user_id, created_at);
CREATE INDEX pulls_expiry ON pulls (key_expires_at) WHERE key_expires_at IS NOT NULL;

CREATE TABLE free_pulls (
    user_id BLOB NOT NULL REFERENCES users (id),
    day INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (user_id, day)
) STRICT;
