ALTER TABLE idempotency_keys DROP COLUMN plan;
ALTER TABLE idempotency_keys DROP COLUMN lease_until;
ALTER TABLE idempotency_keys DROP COLUMN attempt;
ALTER TABLE idempotency_keys DROP COLUMN act_id;
