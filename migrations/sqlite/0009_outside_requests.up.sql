-- A request that has an effect outside claims its key before: what it is about to do, under which id, and until when
-- nobody else takes over.
ALTER TABLE idempotency_keys ADD COLUMN act_id BLOB;
ALTER TABLE idempotency_keys ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE idempotency_keys ADD COLUMN lease_until INTEGER;
ALTER TABLE idempotency_keys ADD COLUMN plan TEXT;
