-- Tasks: the truth about all work that is owed. Redis or the embedded queue only carries their ids.
CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    queue TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    user_id UUID,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead')),
    attempt BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    pushed_at BIGINT,
    lease_until BIGINT,
    dedupe_key TEXT,
    request_id TEXT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    CONSTRAINT outbox_dedupe UNIQUE (dedupe_key)
);
CREATE INDEX outbox_turn ON outbox (queue, turn) WHERE state = 'waiting';
CREATE INDEX outbox_user ON outbox (queue, user_id, turn) WHERE state = 'waiting';
CREATE INDEX outbox_state ON outbox (state, finished_at);

CREATE TABLE queues (
    name TEXT PRIMARY KEY,
    paused_at BIGINT,
    paused_by UUID
);

-- Leadership: one process at a time does what must be done once.
CREATE TABLE leaders (
    role TEXT PRIMARY KEY,
    holder UUID NOT NULL,
    until BIGINT NOT NULL
);

-- What runs where, for the admin page and for quotes.
CREATE TABLE workers (
    id UUID PRIMARY KEY,
    host TEXT NOT NULL,
    queues TEXT NOT NULL,
    threads BIGINT NOT NULL,
    version TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    last_task_at BIGINT,
    tasks_done BIGINT NOT NULL DEFAULT 0,
    tasks_failed BIGINT NOT NULL DEFAULT 0,
    stopping_at BIGINT
);

CREATE TABLE schedule (
    name TEXT PRIMARY KEY,
    next_at BIGINT NOT NULL,
    last_at BIGINT
);
