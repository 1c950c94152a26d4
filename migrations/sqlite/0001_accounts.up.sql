-- People, their sessions and credentials.
CREATE TABLE users (
    id BLOB PRIMARY KEY,
    email TEXT,
    email_key TEXT UNIQUE,
    -- Equal for aliases of one mailbox.
    person_key TEXT,
    username TEXT,
    username_key TEXT UNIQUE,
    password_hash TEXT,
    role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deleted')),
    plan TEXT NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'pro', 'unlimited')),
    plan_expires_at INTEGER,
    email_confirmed_at INTEGER,
    adult_confirmed_at INTEGER NOT NULL,
    terms_accepted_at INTEGER NOT NULL,
    referral_code TEXT NOT NULL UNIQUE,
    referred_by BLOB,
    signup_network TEXT,
    flagged_at INTEGER,
    flag_reason TEXT,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;
CREATE INDEX users_created ON users (created_at);
CREATE INDEX users_person ON users (person_key);
CREATE INDEX users_network ON users (signup_network, created_at);

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    user_agent TEXT,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE access_tokens (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX access_tokens_user ON access_tokens (user_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

-- Credentials of the admin API that belong to programs, not people.
CREATE TABLE admin_keys (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    key_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

-- Links sent by mail: confirm an address, reset a password, change an address. One use each.
CREATE TABLE mail_links (
    id BLOB PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('confirm', 'reset', 'change')),
    -- The address that the link proves.
    email TEXT NOT NULL,
    -- For a change: the address to be told.
    previous_email TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX mail_links_user ON mail_links (user_id);

-- Back-off of sign-in, by account and by address.
CREATE TABLE sign_in_failures (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    -- Tries whose password is being looked at right now.
    pending INTEGER NOT NULL DEFAULT 0,
    blocked_until INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Proof-of-work challenges that were used already.
CREATE TABLE used_challenges (
    id BLOB PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    actor BLOB,
    action TEXT NOT NULL,
    subject BLOB,
    detail TEXT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    request_id TEXT
) STRICT;
CREATE INDEX audit_subject ON audit (subject);
CREATE INDEX audit_at ON audit (at);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by BLOB
) STRICT;

-- Public halves of the keys that ever signed receipts; published so that old receipts stay checkable.
CREATE TABLE receipt_keys (
    key_id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    key TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    answer TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, endpoint, key)
) STRICT;
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
