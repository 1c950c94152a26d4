INSERT INTO pull_commitments (id, user_id, share, commitment, signature, key_id, created_at, expires_at, pull_id,
    request_hash, used_at) VALUES ({id 401}, {id 1}, {bytes aa}, {bytes bb}, {bytes cc}, 'key', 1, 2, NULL, NULL, NULL);
INSERT INTO pulls (id, user_id, number, pattern, pattern_key, target, one_in, public_key, text, matched, parts, result,
    is_win, free, tokens_spent, custody, recipient, receipt, key_file, key_expires_at, kept_at, erased_at, share_id,
    created_at) VALUES
    ({id 411}, {id 1}, 1, '{"kind":"prefix","text":"me"}', 'prefix:me', 'did', '3364', {bytes dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd}, 'z6Mkme', 1, 1,
        '{}', TRUE, FALSE, 3, 'service', '', '{}', {bytes ee}, 9, NULL, NULL, 'share', 1),
    ({id 412}, {id 1}, 2, '{"kind":"prefix","text":"me"}', 'prefix:me', 'did', '3364', {bytes dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd}, 'z6Mkyo', 0, 1,
        '{}', FALSE, TRUE, 0, 'sealed', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p', '{}', NULL, NULL, NULL, 8, NULL, 2);
INSERT INTO free_pulls (user_id, day, used) VALUES ({id 1}, 20000, 2);
