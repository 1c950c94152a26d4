INSERT INTO notices (id, user_id, kind, subject, metadata, created_at, read_at, email_sent_at)
    VALUES ({id 601}, {id 1}, 'JOB_COMPLETED', {id 223}, '{"jobId":"00000000-0000-7000-8000-000000000223","did":"z6Mkme"}', 3, NULL, 4);
INSERT INTO webhook_endpoints (id, user_id, url, description, events, keys, public_key, enabled, failing_since,
    disabled_reason, created_at)
    VALUES ({id 602}, {id 1}, 'https://example.org/hook', 'mine', 'job.completed', {bytes 11}, {bytes 2222222222222222222222222222222222222222222222222222222222222222}, TRUE, NULL,
        NULL, 1);
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event, payload, state, attempts, response_status, last_error,
    created_at, last_attempt_at, delivered_at)
    VALUES ({id 603}, {id 602}, {id 604}, 'job.completed', '{}', 'delivered', 1, 200, NULL, 3, 3, 3);
INSERT INTO mail_choices (user_id, letter, wanted) VALUES ({id 1}, 'key-found', FALSE);
