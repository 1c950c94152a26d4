UPDATE point_kinds SET points = 30, updated_at = 5, updated_by = {id 1} WHERE kind = 'SIGNUP';
INSERT INTO players (user_id, last_heist_at, robbed_at, heist_day, heists, checkin_day, streak, achievement_day,
    tokens_earned, tokens_spent, last_earned_at, last_spent_at, points_awarded)
    VALUES ({id 1}, 8, NULL, 20000, 1, 20000, 3, NULL, 2, 0, 6, NULL, 45);
INSERT INTO heists (id, attacker_id, victim_id, status, failure_reason, refusal, admitted, token_spent, points,
    attacker_before, attacker_after, victim_before, victim_after, tokens_after, cooldown_ends_at, ip, user_agent,
    request_id, created_at, applied_at) VALUES
    ({id 225}, {id 2}, {id 1}, 'SUCCESS', NULL, NULL, TRUE, TRUE, 5, 0, 5, 45, 40, 0, 99, '192.0.2.2', 'browser', NULL, 8,
        8),
    ({id 226}, {id 1}, {id 2}, 'FAILED_COOLDOWN', 'COOLDOWN_ACTIVE',
        '{"refusal":"cooldown_active","ends_at":"2026-11-01T00:00:00Z","seconds":600}', FALSE, FALSE, 0, NULL, NULL, NULL, NULL, NULL, NULL,
        '192.0.2.1', 'browser', 'request', 9, 9);
INSERT INTO shields (id, user_id, price, bought_at, expires_at, ended_at, heist_id)
    VALUES ({id 701}, {id 1}, 25, 1, 9, NULL, NULL);
INSERT INTO referrals (referred_id, referrer_id, tokens, points, awarded_at) VALUES ({id 2}, {id 1}, 2, 50, 6);
