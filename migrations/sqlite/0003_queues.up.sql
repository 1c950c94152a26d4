-- Tasks: the truth about all work that is owed. Redis or the embedded queue only carries their ids.
--   later    due in the future
--   ready    due, waits for its turn
--   pushed   its id lies on the queue, nobody has claimed it
--   running  claimed under a lease
--   done, dead
CREATE TABLE outbox (
    id BLOB PRIMARY KEY,
    queue TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Whose task it is, for fairness; all zeros for the service's own.
    user_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('later', 'ready', 'pushed', 'running', 'done', 'dead')),
    -- Counts claims and never goes down, so that an id and an attempt name one claim for ever.
    attempt INTEGER NOT NULL DEFAULT 0,
    -- Attempts before somebody had it run again; tries are counted from here.
    attempts_before INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    -- Order of service: one more than the queue's turn, or than the user's last task that is ready.
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
CREATE INDEX outbox_later ON outbox (queue, due_at) WHERE state = 'later';
CREATE INDEX outbox_turn ON outbox (queue, turn, id) WHERE state = 'ready';
CREATE INDEX outbox_user ON outbox (queue, user_id, turn) WHERE state = 'ready';
CREATE INDEX outbox_pushed ON outbox (queue, pushed_at) WHERE state = 'pushed';
CREATE INDEX outbox_running ON outbox (queue, lease_until) WHERE state = 'running';
CREATE INDEX outbox_done ON outbox (queue, finished_at) WHERE state = 'done';
CREATE INDEX outbox_dead ON outbox (queue, finished_at) WHERE state = 'dead';

CREATE TABLE queues (
    name TEXT PRIMARY KEY,
    -- The turn of the last task that was pushed.
    turn INTEGER NOT NULL DEFAULT 0,
    paused_at INTEGER,
    paused_by BLOB
) STRICT;
INSERT INTO queues (name) VALUES ('searches'), ('reports'), ('heists'), ('emails'), ('webhooks'), ('upkeep');

-- Leadership: one process at a time does what must be done once.
CREATE TABLE leaders (
    role TEXT PRIMARY KEY,
    holder BLOB NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- What runs where, for the admin page.
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
CREATE INDEX workers_heartbeat ON workers (heartbeat_at);

CREATE TABLE schedule (
    name TEXT PRIMARY KEY,
    next_at INTEGER NOT NULL,
    last_at INTEGER
) STRICT;
