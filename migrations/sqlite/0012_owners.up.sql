-- Endpoints and access tokens belong to a user or to a community. Communities have no table yet; the foreign key to it
-- comes with it. SQLite cannot drop a NOT NULL, so `user_id` is made anew without one.
ALTER TABLE webhook_endpoints ADD COLUMN owner_user BLOB REFERENCES users (id);
UPDATE webhook_endpoints SET owner_user = user_id;
DROP INDEX webhook_endpoints_user;
ALTER TABLE webhook_endpoints DROP COLUMN user_id;
ALTER TABLE webhook_endpoints RENAME COLUMN owner_user TO user_id;
ALTER TABLE webhook_endpoints ADD COLUMN community_id BLOB
    CONSTRAINT webhook_endpoints_owner CHECK ((user_id IS NULL) <> (community_id IS NULL));
CREATE INDEX webhook_endpoints_user ON webhook_endpoints (user_id);
CREATE INDEX webhook_endpoints_community ON webhook_endpoints (community_id) WHERE community_id IS NOT NULL;

ALTER TABLE access_tokens ADD COLUMN owner_user BLOB REFERENCES users (id);
UPDATE access_tokens SET owner_user = user_id;
DROP INDEX access_tokens_user;
ALTER TABLE access_tokens DROP COLUMN user_id;
ALTER TABLE access_tokens RENAME COLUMN owner_user TO user_id;
ALTER TABLE access_tokens ADD COLUMN community_id BLOB
    CONSTRAINT access_tokens_owner CHECK ((user_id IS NULL) <> (community_id IS NULL));
CREATE INDEX access_tokens_user ON access_tokens (user_id);
CREATE INDEX access_tokens_community ON access_tokens (community_id) WHERE community_id IS NOT NULL;

-- The community that an entry is about, and what the upkeep of addresses looks for.
ALTER TABLE audit ADD COLUMN community_id BLOB;
CREATE INDEX audit_community ON audit (community_id, at) WHERE community_id IS NOT NULL;
CREATE INDEX audit_addresses ON audit (at) WHERE ip IS NOT NULL OR user_agent IS NOT NULL;
