CREATE TABLE pull_commitments (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    -- S, encrypted under the service key; erased in the transaction that uses it.
    share BYTEA,
    commitment BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    key_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    pull_id UUID,
    request_hash BYTEA,
    used_at BIGINT
);
CREATE INDEX pull_commitments_expiry ON pull_commitments (expires_at);
CREATE INDEX pull_commitments_user ON pull_commitments (user_id);

CREATE TABLE pulls (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    number BIGINT NOT NULL,
    pattern TEXT NOT NULL,
    pattern_key TEXT NOT NULL,
    target TEXT NOT NULL,
    one_in TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    text TEXT NOT NULL,
    matched BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    result TEXT NOT NULL,
    is_win BOOLEAN NOT NULL,
    free BOOLEAN NOT NULL,
    tokens_spent BIGINT NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('service', 'sealed')),
    recipient TEXT NOT NULL,
    receipt TEXT NOT NULL,
    key_file BYTEA,
    key_expires_at BIGINT,
    kept_at BIGINT,
    erased_at BIGINT,
    share_id TEXT,
    created_at BIGINT NOT NULL,
    CONSTRAINT pulls_number UNIQUE (user_id, number),
    CONSTRAINT pulls_share UNIQUE (share_id),
    CONSTRAINT pulls_erased CHECK ((key_file IS NULL) = (erased_at IS NOT NULL))
);
CREATE INDEX pulls_user ON pulls (user_id, created_at);
CREATE INDEX pulls_expiry ON pulls (key_expires_at) WHERE key_expires_at IS NOT NULL;

CREATE TABLE free_pulls (
    user_id UUID NOT NULL REFERENCES users (id),
    day BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (user_id, day)
);
