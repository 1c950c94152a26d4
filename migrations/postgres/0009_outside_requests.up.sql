-- A request that has an effect outside claims its key before: what it is about to do, under which id, and until when
-- nobody else takes over.
ALTER TABLE idempotency_keys ADD COLUMN act_id UUID;
ALTER TABLE idempotency_keys ADD COLUMN attempt BIGINT NOT NULL DEFAULT 0;
ALTER TABLE idempotency_keys ADD COLUMN lease_until BIGINT;
ALTER TABLE idempotency_keys ADD COLUMN plan TEXT;
