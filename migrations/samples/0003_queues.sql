INSERT INTO outbox (id, queue, kind, payload, user_id, state, attempt, attempts_before, due_at, turn, pushed_at,
    lease_until, dedupe_key, request_id, last_error, created_at, finished_at) VALUES
    ({id 301}, 'emails', 'mail', '{"notice":1}', {id 1}, 'ready', 0, 0, 1, 1, NULL, NULL, 'mail:1', 'request', NULL, 1,
        NULL),
    ({id 302}, 'webhooks', 'deliver', '{}', {id 1}, 'dead', 9, 0, 1, 1, NULL, NULL, NULL, NULL, 'gone', 1, 5);
UPDATE queues SET paused_at = 5, paused_by = {id 1} WHERE name = 'upkeep';
INSERT INTO leaders (role, holder, until) VALUES ('coordinator', {id 303}, 9);
INSERT INTO workers (id, host, queues, threads, version, started_at, heartbeat_at, last_task_at, tasks_done,
    tasks_failed, stopping_at) VALUES ({id 303}, 'host', 'emails', 2, '0.1.0', 1, 2, 2, 5, 1, NULL);
INSERT INTO schedule (name, next_at, last_at) VALUES ('digest', 9, 1);
