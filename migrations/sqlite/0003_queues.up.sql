-- Tasks: the truth about all work that is owed. Redis or the embedded queue only carries their ids.
CREATE TABLE outbox (
    id BLOB PRIMARY KEY,
    queue TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    user_id BLOB,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead')),
    attempt INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    pushed_at INTEGER,
    lease_until INTEGER,
    dedupe_key TEXT,
    request_id TEXT,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    CONSTRAINT outbox_dedupe UNIQUE (dedupe_key)
) STRICT;
CREATE INDEX outbox_turn ON outbox (queue, turn) WHERE state = 'waiting';
CREATE INDEX outbox_user ON outbox (queue, user_id, turn) WHERE state = 'waiting';
CREATE INDEX outbox_state ON outbox (state, finished_at);

CREATE TABLE queues (
    name TEXT PRIMARY KEY,
    paused_at INTEGER,
    paused_by BLOB
) STRICT;

-- Leadership: one process at a time does what must be done once.
CREATE TABLE leaders (
    role TEXT PRIMARY KEY,
    holder BLOB NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- What runs where, for the admin page and for quotes.
CREATE TABLE workers (
    id BLOB PRIMARY KEY,
    host TEXT NOT NULL,
    queues TEXT NOT NULL,
    threads INTEGER NOT NULL,
    version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    last_task_at INTEGER,
    tasks_done INTEGER NOT NULL DEFAULT 0,
    tasks_failed INTEGER NOT NULL DEFAULT 0,
    stopping_at INTEGER
) STRICT;

CREATE TABLE schedule (
    name TEXT PRIMARY KEY,
    next_at INTEGER NOT NULL,
    last_at INTEGER
) STRICT;
