-- The game: points of a season and Heist Tokens are in the ledger; what else a player has, and every attempt, is here.
CREATE TABLE point_kinds (
    kind TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    points BIGINT NOT NULL CHECK (points >= 0),
    active BOOLEAN NOT NULL,
    updated_at BIGINT,
    updated_by UUID
);
INSERT INTO point_kinds (kind, name, description, points, active) VALUES
    ('SIGNUP', 'Signing up', 'For a new account.', 25, TRUE),
    ('CHECKIN', 'Daily check-in', 'Once a UTC day.', 5, TRUE),
    ('FIRST_CHECKIN_DEAL', 'First check-in', 'On top of the first check-in ever.', 10, TRUE),
    ('COIN_PURCHASE', 'Buying VaniTokens', 'Off, so that points cannot be bought.', 0, FALSE),
    ('ACHIEVEMENT_UNLOCK', 'A rare pull', 'A full match of at least 1 in 10,000, once a UTC day.', 100, TRUE),
    ('LOYALTY_BONUS', 'Seven days in a row', 'For every seventh check-in in a row.', 20, TRUE),
    ('REFERRAL_BONUS', 'Referral', 'Somebody signed up with your code.', 50, TRUE),
    ('HEIST_GAIN', 'Heist', 'Points taken in a heist.', 0, TRUE),
    ('HEIST_LOSS', 'Robbed', 'Points lost to a heist.', 0, TRUE);

-- What a player has done so far. Whoever changes this row, or a player's points or Heist Tokens, locks the row in
-- users first, several users in the order of their ids.
CREATE TABLE players (
    user_id UUID PRIMARY KEY REFERENCES users (id),
    last_heist_at BIGINT,
    robbed_at BIGINT,
    -- Heists that cost a token on that UTC day.
    heist_day BIGINT NOT NULL DEFAULT 0,
    heists BIGINT NOT NULL DEFAULT 0,
    checkin_day BIGINT,
    streak BIGINT NOT NULL DEFAULT 0,
    achievement_day BIGINT,
    tokens_earned BIGINT NOT NULL DEFAULT 0,
    tokens_spent BIGINT NOT NULL DEFAULT 0,
    last_earned_at BIGINT,
    last_spent_at BIGINT,
    -- Lifetime points: all awards, whatever heists moved since.
    points_awarded BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE heists (
    id UUID PRIMARY KEY,
    attacker_id UUID NOT NULL REFERENCES users (id),
    victim_id UUID NOT NULL REFERENCES users (id),
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED_COOLDOWN', 'FAILED_TARGET_PROTECTED',
        'FAILED_SHIELD', 'FAILED_INSUFFICIENT_POINTS', 'FAILED_INSUFFICIENT_TOKENS', 'FAILED_INVALID_TARGET')),
    -- The code of the refusal and its particulars.
    failure_reason TEXT,
    refusal TEXT,
    -- Whether it passed the checks when it was asked for, and went to the queue.
    admitted BOOLEAN NOT NULL,
    token_spent BOOLEAN NOT NULL DEFAULT FALSE,
    points BIGINT NOT NULL DEFAULT 0,
    attacker_before BIGINT,
    attacker_after BIGINT,
    victim_before BIGINT,
    victim_after BIGINT,
    tokens_after BIGINT,
    cooldown_ends_at BIGINT,
    -- Where the request came from; moves to the audit when the heist is applied.
    ip TEXT,
    user_agent TEXT,
    request_id TEXT,
    created_at BIGINT NOT NULL,
    applied_at BIGINT,
    CONSTRAINT heists_applied CHECK ((status = 'PENDING') = (applied_at IS NULL)),
    CONSTRAINT heists_success CHECK (status <> 'SUCCESS' OR (points > 0 AND token_spent
        AND attacker_after - attacker_before = points AND victim_before - victim_after = points))
);
CREATE INDEX heists_attacker ON heists (attacker_id, created_at);
CREATE INDEX heists_victim ON heists (victim_id, created_at);
CREATE INDEX heists_created ON heists (created_at, status);
-- Attempts without effect, which are forgotten after a while.
CREATE INDEX heists_forgettable ON heists (created_at) WHERE status NOT IN ('PENDING', 'SUCCESS', 'FAILED_SHIELD');

CREATE TABLE shields (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    price BIGINT NOT NULL,
    bought_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- The heist that it blocked; none if its time was over.
    heist_id UUID
);
CREATE UNIQUE INDEX shields_active ON shields (user_id) WHERE ended_at IS NULL;
CREATE INDEX shields_expiry ON shields (expires_at) WHERE ended_at IS NULL;

CREATE TABLE referrals (
    referred_id UUID PRIMARY KEY REFERENCES users (id),
    referrer_id UUID NOT NULL REFERENCES users (id),
    tokens BIGINT NOT NULL,
    points BIGINT NOT NULL,
    awarded_at BIGINT NOT NULL
);
CREATE INDEX referrals_referrer ON referrals (referrer_id, awarded_at);
CREATE INDEX users_referred ON users (referred_by, created_at);
-- The order of the board, so that any page of it is read from the index alone.
CREATE INDEX ledger_accounts_rank ON ledger_accounts (asset, balance DESC, owner);
CREATE INDEX audit_actor ON audit (actor);
CREATE INDEX audit_action ON audit (action, at);
