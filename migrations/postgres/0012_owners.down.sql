DROP INDEX audit_addresses;
DROP INDEX audit_community;
ALTER TABLE audit DROP COLUMN community_id;

-- What belongs to a community has no place in the older schema.
DELETE FROM access_tokens WHERE user_id IS NULL;
ALTER TABLE access_tokens DROP COLUMN community_id;
ALTER TABLE access_tokens ALTER COLUMN user_id SET NOT NULL;

DELETE FROM webhook_deliveries WHERE endpoint_id IN (SELECT id FROM webhook_endpoints WHERE user_id IS NULL);
DELETE FROM webhook_endpoints WHERE user_id IS NULL;
ALTER TABLE webhook_endpoints DROP COLUMN community_id;
ALTER TABLE webhook_endpoints ALTER COLUMN user_id SET NOT NULL;
