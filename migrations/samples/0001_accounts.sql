INSERT INTO users (id, email, email_key, person_key, username, username_key, password_hash, role, status, plan,
    plan_expires_at, email_confirmed_at, adult_confirmed_at, terms_accepted_at, referral_code, referred_by,
    signup_network, flagged_at, flag_reason, created_at, deleted_at) VALUES
    ({id 1}, 'ann@example.org', 'ann@example.org', 'ann@example.org', 'ann', 'ann', 'hash', 'admin', 'active', 'pro',
        99, 11, 10, 10, 'ANN', NULL, '192.0.2.0/24', NULL, NULL, 10, NULL),
    ({id 2}, 'bob@example.org', 'bob@example.org', 'bob@example.org', 'bob', 'bob', 'hash', 'user', 'active', 'free',
        NULL, NULL, 20, 20, 'BOB', {id 1}, NULL, 21, 'disposable', 20, NULL),
    ({id 3}, NULL, NULL, NULL, NULL, NULL, NULL, 'user', 'deleted', 'free', NULL, NULL, 30, 30, 'CID', {id 1}, NULL,
        NULL, NULL, 30, 31);
INSERT INTO sessions (token_hash, user_id, user_agent, created_at, last_seen_at, expires_at)
    VALUES ({bytes 5e555e555e555e555e555e555e555e555e555e555e555e555e555e555e555e55}, {id 1}, 'browser', 1, 2, 4102444800000000);
INSERT INTO access_tokens (id, user_id, created_at, expires_at, revoked_at) VALUES ({id 101}, {id 1}, 1, 2, NULL);
INSERT INTO admin_keys (id, name, key_hash, created_at, last_used_at, revoked_at)
    VALUES ({id 102}, 'grafana', {bytes adad}, 1, 2, NULL);
INSERT INTO mail_links (id, token_hash, user_id, purpose, email, previous_email, created_at, expires_at, used_at)
    VALUES ({id 103}, {bytes 1144}, {id 1}, 'change', 'anna@example.org', 'ann@example.org', 1, 2, NULL);
INSERT INTO sign_in_failures (subject, failures, pending, blocked_until, updated_at) VALUES ('ip:192.0.2.1', 3, 0, 9, 8);
INSERT INTO used_challenges (id, expires_at) VALUES ({id 104}, 5);
INSERT INTO audit (id, at, actor, action, subject, detail, ip, user_agent, request_id) VALUES
    ({id 105}, 1, {id 1}, 'account.login', {id 1}, '{}', '192.0.2.1', 'browser', 'request'),
    ({id 106}, 2, {id 1}, 'tokens.grant', {id 2}, '{"amount":5}', '192.0.2.1', 'browser', NULL);
INSERT INTO settings (name, value, updated_at, updated_by) VALUES ('heists', 'on', 1, {id 1});
INSERT INTO receipt_keys (key_id, public_key, created_at) VALUES ('key', {bytes abababababababababababababababababababababababababababababababab}, 1);
INSERT INTO idempotency_keys (scope, endpoint, key, content_hash, answer, created_at, expires_at)
    VALUES ('00000000-0000-7000-8000-000000000001', 'POST /api/pulls/execute', 'k', {bytes 00}, '{}', 1, 2);
