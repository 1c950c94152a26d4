-- Double entry. A user account carries its running balance; a house account never does (it would be contended by
-- every movement), so its balance is the sum of its transfers.
CREATE TABLE ledger_accounts (
    id BLOB PRIMARY KEY,
    owner BLOB REFERENCES users (id),
    house TEXT,
    asset TEXT NOT NULL,
    balance INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    debt INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    CONSTRAINT ledger_accounts_one_side CHECK ((owner IS NULL) <> (house IS NULL)),
    CONSTRAINT ledger_accounts_available CHECK (balance - held >= 0 AND held >= 0 AND debt >= 0),
    CONSTRAINT ledger_accounts_debt CHECK (debt = 0 OR balance - held = 0),
    CONSTRAINT ledger_accounts_house CHECK (house IS NULL OR (balance = 0 AND held = 0 AND debt = 0)),
    CONSTRAINT ledger_accounts_owner UNIQUE (owner, asset),
    CONSTRAINT ledger_accounts_house_name UNIQUE (house, asset)
) STRICT;

-- Immutable: no statement of the program updates or deletes a row. Before and after are those of the user's side.
CREATE TABLE transfers (
    id BLOB PRIMARY KEY,
    debit_account BLOB NOT NULL,
    credit_account BLOB NOT NULL,
    asset TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    kind TEXT NOT NULL,
    subject BLOB,
    key TEXT NOT NULL,
    debit_before INTEGER,
    debit_after INTEGER,
    credit_before INTEGER,
    credit_after INTEGER,
    note TEXT,
    created_at INTEGER NOT NULL,
    CONSTRAINT transfers_key UNIQUE (key),
    CONSTRAINT transfers_two_sides CHECK (debit_account <> credit_account)
) STRICT;
CREATE INDEX transfers_debit ON transfers (debit_account, created_at);
CREATE INDEX transfers_credit ON transfers (credit_account, created_at);

CREATE TABLE holds (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES ledger_accounts (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    subject BLOB NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'settled')),
    posted INTEGER NOT NULL DEFAULT 0,
    released INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    CONSTRAINT holds_key UNIQUE (key),
    CONSTRAINT holds_settled CHECK (
        (state = 'pending' AND posted = 0 AND released = 0)
        OR (state = 'settled' AND posted + released = amount AND posted >= 0 AND released >= 0)
    )
) STRICT;
CREATE INDEX holds_account ON holds (account, state);
CREATE INDEX holds_subject ON holds (subject);

-- Tokens spent on a pattern that still count towards a job of the same pattern.
CREATE TABLE pattern_credits (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    pattern_key TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('pull', 'job')),
    source_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    used INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    CONSTRAINT pattern_credits_used CHECK (used >= 0 AND used <= amount),
    CONSTRAINT pattern_credits_source UNIQUE (source, source_id)
) STRICT;
CREATE INDEX pattern_credits_user ON pattern_credits (user_id, pattern_key);
