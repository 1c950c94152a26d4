CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    pattern TEXT NOT NULL,
    pattern_key TEXT NOT NULL,
    target TEXT NOT NULL,
    one_in TEXT NOT NULL,
    expected_attempts REAL NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('service', 'sealed', 'split')),
    recipient TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
    price INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    hold_id BLOB NOT NULL REFERENCES holds (id),
    posted INTEGER,
    released INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Fairness: the coordinator serves the job with the lowest turn and moves it on by what it issued.
    turn INTEGER NOT NULL,
    stalled_since INTEGER,
    cancel_requested_at INTEGER,
    failure TEXT,
    public_key BLOB,
    text TEXT,
    result TEXT,
    key_file BLOB,
    erased_at INTEGER,
    request_id TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    CONSTRAINT jobs_delivered CHECK (
        status <> 'completed' OR (public_key IS NOT NULL AND (key_file IS NOT NULL OR erased_at IS NOT NULL))
    ),
    CONSTRAINT jobs_ended CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL))
) STRICT;
CREATE INDEX jobs_user ON jobs (user_id, created_at);
CREATE INDEX jobs_open ON jobs (turn) WHERE status IN ('queued', 'running');

-- Which credit a job uses; taken when it is created, given back when it does not deliver.
CREATE TABLE job_credits (
    job_id BLOB NOT NULL REFERENCES jobs (id),
    credit_id BLOB NOT NULL REFERENCES pattern_credits (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (job_id, credit_id)
) STRICT;

-- Points of split keys that were ordered with; one serves one job, ever. The hash is of the point's text.
CREATE TABLE split_points (
    point_hash BLOB PRIMARY KEY,
    job_id BLOB NOT NULL REFERENCES jobs (id)
) STRICT;

CREATE TABLE searchers (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    public_key BLOB NOT NULL UNIQUE,
    enrolled_at INTEGER NOT NULL,
    suspended_at INTEGER,
    bad_reports INTEGER NOT NULL DEFAULT 0,
    last_seen_at INTEGER,
    threads INTEGER,
    rate REAL
) STRICT;

-- What each searcher last announced: attempts a second by mode of search and kind of pattern.
CREATE TABLE searcher_rates (
    searcher_id BLOB NOT NULL REFERENCES searchers (id),
    mode TEXT NOT NULL,
    kind TEXT NOT NULL,
    rate REAL NOT NULL,
    PRIMARY KEY (searcher_id, mode, kind)
) STRICT;

CREATE TABLE slices (
    id BLOB PRIMARY KEY,
    job_id BLOB NOT NULL REFERENCES jobs (id),
    budget INTEGER NOT NULL CHECK (budget > 0),
    milliseconds INTEGER NOT NULL CHECK (milliseconds > 0),
    state TEXT NOT NULL CHECK (state IN ('issued', 'settled', 'expired')),
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    searcher_id BLOB REFERENCES searchers (id),
    attempts INTEGER,
    seconds REAL,
    settled_at INTEGER
) STRICT;
CREATE INDEX slices_job ON slices (job_id, state);
CREATE INDEX slices_expiry ON slices (expires_at) WHERE state = 'issued';
CREATE INDEX slices_settled ON slices (settled_at);
