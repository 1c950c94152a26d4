INSERT INTO webhook_endpoints (id, community_id, url, description, events, keys, public_key, enabled, failing_since,
    disabled_reason, created_at)
    VALUES ({id 1201}, {id 1202}, 'https://example.org/guild', 'ours', 'job.completed', {bytes 11}, {bytes 2222222222222222222222222222222222222222222222222222222222222222}, TRUE, NULL,
        NULL, 1);
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event, payload, state, attempts, response_status, last_error,
    created_at, last_attempt_at, delivered_at)
    VALUES ({id 1203}, {id 1201}, {id 1204}, 'job.completed', '{}', 'waiting', 0, NULL, NULL, 3, NULL, NULL);
INSERT INTO access_tokens (id, community_id, created_at, expires_at, revoked_at)
    VALUES ({id 1205}, {id 1202}, 1, 4102444800000000, NULL);
