INSERT INTO billing_customers (id, user_id, community_id, mode, stripe_id, made, created_at) VALUES
    ({id 1301}, {id 1}, NULL, 'test', 'cus_1', 1, 1), ({id 1302}, NULL, {id 1202}, 'test', NULL, 0, 1);
INSERT INTO purchases (id, user_id, mode, way, pack, tokens, cents, currency, state, session_id, intent_id, charge_id,
    checkout_url, expires_at, paid_cents, refunded_cents, failure, receipt_url, warning_id, hold_id, created_at, paid_at,
    ended_at) VALUES
    ({id 1303}, {id 1}, 'test', 'checkout', 'popular', 500, 399, 'usd', 'paid', 'cs_1', 'pi_1', 'ch_1', NULL, 9, 399,
        100, NULL, 'https://stripe.example/receipt', 'issfr_1', {id 1304}, 1, 2, NULL),
    ({id 1305}, {id 1}, 'test', 'intent', 'starter', 100, 99, 'usd', 'failed', NULL, 'pi_2', NULL, NULL, NULL, NULL, 0,
        'Your card was declined.', NULL, NULL, NULL, 3, NULL, 4);
INSERT INTO subscriptions (id, user_id, community_id, kind, item, mode, status, live, session_id, checkout_url,
    expires_at, stripe_id, price_id, period_end, cancel_at, grace_from, told_of, surplus, revoked_at, created_at, ended_at)
    VALUES ({id 1306}, {id 1}, NULL, 'plan', 'pro', 'test', 'past_due', TRUE, 'cs_2', NULL, 9, 'sub_1', 'price_1', 99, NULL,
        50, 'in_2', FALSE, NULL, 5, NULL);
INSERT INTO invoices (stripe_id, subscription_id, status, reason, cents, currency, intent_id, url, refunded_cents,
    created_at, finalized_at, paid_at)
    VALUES ('in_1', {id 1306}, 'paid', 'subscription_create', 999, 'usd', 'pi_3', 'https://stripe.example/in_1', 0, 5, 5, 6);
INSERT INTO refunds (id, stripe_id, purchase_id, invoice_id, cents, status, note, asked_by, created_at, changed_at)
    VALUES ({id 1307}, 're_1', {id 1303}, NULL, 100, 'succeeded', 'sorry', {id 1}, 7, 8);
INSERT INTO disputes (stripe_id, purchase_id, invoice_id, cents, status, reason, due_at, created_at, changed_at)
    VALUES ('du_1', NULL, 'in_1', 999, 'needs_response', 'fraudulent', 90, 8, 8);
INSERT INTO billing_events (id, kind, object_id, mode, state, reason, body, created_at, received_at, handled_at) VALUES
    ('evt_1', 'payment_intent.succeeded', 'pi_1', 'test', 'handled', NULL, {bytes ab12}, 1, 2, 3),
    ('evt_2', 'plan.created', 'plan_1', 'test', 'ignored', 'nothing here depends on it', NULL, 1, 2, 2);
INSERT INTO prices (item, price_id, cents, currency, problem, checked_at)
    VALUES ('plan:pro', 'price_1', 999, 'usd', NULL, 1);
INSERT INTO stripe_fetches (object, begun, written, begun_at) VALUES ('sub_1', 2, 1, 5);
