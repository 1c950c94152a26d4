INSERT INTO jobs (id, user_id, pattern, pattern_key, target, one_in, expected_attempts, custody, recipient, status,
    price, credit, hold_id, posted, released, attempts, turn, stalled_since, cancel_requested_at, failure, public_key,
    text, result, key_file, erased_at, request_id, created_at, started_at, finished_at) VALUES
    ({id 232}, {id 1}, '{"kind":"prefix","text":"moon"}', 'prefix:moon', 'did', '11316496', 11316496.0, 'split',
        '', 'running', 110, 10, {id 231}, NULL, NULL, 500, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        'request', 3, 4, NULL),
    ({id 223}, {id 1}, '{"kind":"prefix","text":"me"}', 'prefix:me', 'did', '3364', 3364.0, 'service', '',
        'completed', 80, 0, {id 233}, 50, 30, 900, 2, NULL, NULL, NULL, {bytes dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd}, 'z6Mkme', '{"matches":[],"bonus":[]}', {bytes ee},
        NULL, NULL, 2, 2, 3),
    ({id 234}, {id 1}, '{"kind":"prefix","text":"me"}', 'prefix:me', 'did', '3364', 3364.0, 'service', '', 'failed',
        80, 0, {id 235}, 0, 80, 900, 2, NULL, NULL, 'no searcher was there to work on it for too long', NULL, NULL, NULL,
        NULL, NULL, NULL, 2, 2, 3);
INSERT INTO job_credits (job_id, credit_id, amount) VALUES ({id 232}, {id 241}, 10);
INSERT INTO split_points (point_hash, job_id) VALUES ({bytes ab12}, {id 232});
INSERT INTO searchers (id, name, public_key, enrolled_at, suspended_at, bad_reports, last_seen_at, threads, rate)
    VALUES ({id 501}, 'host', {bytes 5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e}, 1, NULL, 1, 2, 4, 1000000.5);
INSERT INTO searcher_rates (searcher_id, mode, kind, rate) VALUES ({id 501}, 'seed', 'prefix', 1000000.5);
INSERT INTO slices (id, job_id, budget, milliseconds, state, issued_at, expires_at, searcher_id, attempts, seconds,
    settled_at) VALUES ({id 502}, {id 232}, 1000, 4000, 'settled', 1, 9, {id 501}, 500, 0.5, 2);
