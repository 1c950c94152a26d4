-- Endpoints and access tokens belong to a user or to a community. Communities have no table yet; the foreign key to it
-- comes with it.
ALTER TABLE webhook_endpoints ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE webhook_endpoints ADD COLUMN community_id UUID;
ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_owner
    CHECK ((user_id IS NULL) <> (community_id IS NULL));
CREATE INDEX webhook_endpoints_community ON webhook_endpoints (community_id) WHERE community_id IS NOT NULL;

ALTER TABLE access_tokens ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE access_tokens ADD COLUMN community_id UUID;
ALTER TABLE access_tokens ADD CONSTRAINT access_tokens_owner CHECK ((user_id IS NULL) <> (community_id IS NULL));
CREATE INDEX access_tokens_community ON access_tokens (community_id) WHERE community_id IS NOT NULL;

-- The community that an entry is about, and what the upkeep of addresses looks for.
ALTER TABLE audit ADD COLUMN community_id UUID;
CREATE INDEX audit_community ON audit (community_id, at) WHERE community_id IS NOT NULL;
CREATE INDEX audit_addresses ON audit (at) WHERE ip IS NOT NULL OR user_agent IS NOT NULL;
