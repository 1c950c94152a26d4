CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    pattern TEXT NOT NULL,
    pattern_key TEXT NOT NULL,
    target TEXT NOT NULL,
    one_in TEXT NOT NULL,
    expected_attempts DOUBLE PRECISION NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('service', 'sealed', 'split')),
    recipient TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
    price BIGINT NOT NULL,
    credit BIGINT NOT NULL,
    hold_id UUID NOT NULL REFERENCES holds (id),
    posted BIGINT,
    released BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Fairness: the coordinator serves the job with the lowest turn and moves it on by what it issued.
    turn BIGINT NOT NULL,
    stalled_since BIGINT,
    cancel_requested_at BIGINT,
    failure TEXT,
    public_key BYTEA,
    text TEXT,
    result TEXT,
    key_file BYTEA,
    erased_at BIGINT,
    request_id TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    CONSTRAINT jobs_delivered CHECK (
        status <> 'completed' OR (public_key IS NOT NULL AND (key_file IS NOT NULL OR erased_at IS NOT NULL))
    ),
    CONSTRAINT jobs_ended CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL))
);
CREATE INDEX jobs_user ON jobs (user_id, created_at);
CREATE INDEX jobs_open ON jobs (turn) WHERE status IN ('queued', 'running');

-- Which credit a job uses; taken when it is created, given back when it does not deliver.
CREATE TABLE job_credits (
    job_id UUID NOT NULL REFERENCES jobs (id),
    credit_id UUID NOT NULL REFERENCES pattern_credits (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (job_id, credit_id)
);

-- Points of split keys that were ordered with; one serves one job, ever. The hash is of the point's text.
CREATE TABLE split_points (
    point_hash BYTEA PRIMARY KEY,
    job_id UUID NOT NULL REFERENCES jobs (id)
);

CREATE TABLE searchers (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    public_key BYTEA NOT NULL UNIQUE,
    enrolled_at BIGINT NOT NULL,
    suspended_at BIGINT,
    bad_reports BIGINT NOT NULL DEFAULT 0,
    last_seen_at BIGINT,
    threads BIGINT,
    rate DOUBLE PRECISION
);

-- What each searcher last announced: attempts a second by mode of search and kind of pattern.
CREATE TABLE searcher_rates (
    searcher_id UUID NOT NULL REFERENCES searchers (id),
    mode TEXT NOT NULL,
    kind TEXT NOT NULL,
    rate DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (searcher_id, mode, kind)
);

CREATE TABLE slices (
    id UUID PRIMARY KEY,
    job_id UUID NOT NULL REFERENCES jobs (id),
    budget BIGINT NOT NULL CHECK (budget > 0),
    milliseconds BIGINT NOT NULL CHECK (milliseconds > 0),
    state TEXT NOT NULL CHECK (state IN ('issued', 'settled', 'expired')),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    searcher_id UUID REFERENCES searchers (id),
    attempts BIGINT,
    seconds DOUBLE PRECISION,
    settled_at BIGINT
);
CREATE INDEX slices_job ON slices (job_id, state);
CREATE INDEX slices_expiry ON slices (expires_at) WHERE state = 'issued';
CREATE INDEX slices_settled ON slices (settled_at);
