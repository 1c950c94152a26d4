-- Double entry. A user account carries its running balance; a house account never does (it would be contended by
-- every movement), so its balance is the sum of its transfers.
CREATE TABLE ledger_accounts (
    id UUID PRIMARY KEY,
    owner UUID REFERENCES users (id),
    house TEXT,
    asset TEXT NOT NULL,
    balance BIGINT NOT NULL DEFAULT 0,
    held BIGINT NOT NULL DEFAULT 0,
    debt BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    CONSTRAINT ledger_accounts_one_side CHECK ((owner IS NULL) <> (house IS NULL)),
    CONSTRAINT ledger_accounts_available CHECK (balance - held >= 0 AND held >= 0 AND debt >= 0),
    CONSTRAINT ledger_accounts_debt CHECK (debt = 0 OR balance - held = 0),
    CONSTRAINT ledger_accounts_house CHECK (house IS NULL OR (balance = 0 AND held = 0 AND debt = 0)),
    CONSTRAINT ledger_accounts_owner UNIQUE (owner, asset),
    CONSTRAINT ledger_accounts_house_name UNIQUE (house, asset)
);

-- Immutable: no statement of the program updates or deletes a row. Before and after are those of the user's side.
CREATE TABLE transfers (
    id UUID PRIMARY KEY,
    debit_account UUID NOT NULL,
    credit_account UUID NOT NULL,
    asset TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    kind TEXT NOT NULL,
    subject UUID,
    key TEXT NOT NULL,
    debit_before BIGINT,
    debit_after BIGINT,
    credit_before BIGINT,
    credit_after BIGINT,
    note TEXT,
    created_at BIGINT NOT NULL,
    CONSTRAINT transfers_key UNIQUE (key),
    CONSTRAINT transfers_two_sides CHECK (debit_account <> credit_account)
);
CREATE INDEX transfers_debit ON transfers (debit_account, created_at);
CREATE INDEX transfers_credit ON transfers (credit_account, created_at);

CREATE TABLE holds (
    id UUID PRIMARY KEY,
    account UUID NOT NULL REFERENCES ledger_accounts (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    subject UUID NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'settled')),
    posted BIGINT NOT NULL DEFAULT 0,
    released BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    CONSTRAINT holds_key UNIQUE (key),
    CONSTRAINT holds_settled CHECK (
        (state = 'pending' AND posted = 0 AND released = 0)
        OR (state = 'settled' AND posted + released = amount AND posted >= 0 AND released >= 0)
    )
);
CREATE INDEX holds_account ON holds (account, state);
CREATE INDEX holds_subject ON holds (subject);

-- Tokens spent on a pattern that still count towards a job of the same pattern.
CREATE TABLE pattern_credits (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    pattern_key TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('pull', 'job')),
    source_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    used BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    CONSTRAINT pattern_credits_used CHECK (used >= 0 AND used <= amount),
    CONSTRAINT pattern_credits_source UNIQUE (source, source_id)
);
CREATE INDEX pattern_credits_user ON pattern_credits (user_id, pattern_key);
