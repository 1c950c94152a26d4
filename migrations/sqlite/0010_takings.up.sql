-- What a hold is for and what settled it, so that a repeated key can be compared with the first.
ALTER TABLE holds ADD COLUMN kind TEXT NOT NULL DEFAULT 'job';
ALTER TABLE holds ADD COLUMN settle_key TEXT;
UPDATE holds SET settle_key = (
    SELECT MIN(t.key) FROM transfers t
    WHERE t.subject = holds.subject AND t.debit_account = holds.account AND t.kind = 'job'
) WHERE state = 'settled';

-- Tokens that events take back, a row each. The account's debt is the sum of what is open; repayment fills the oldest
-- first. A row that gave nothing was undone before it was made.
CREATE TABLE takings (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES ledger_accounts (id),
    cause TEXT NOT NULL,
    key TEXT NOT NULL,
    -- The purchase or grant.
    subject BLOB,
    -- Tokens that it gave.
    gave INTEGER NOT NULL,
    -- Money that went back, for a purchase.
    cents INTEGER,
    asked INTEGER NOT NULL DEFAULT 0,
    -- Not taken, since other takings of the subject took all that was left of it.
    covered INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0,
    repaid INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 0,
    forgiven INTEGER NOT NULL DEFAULT 0,
    -- The transfer that gave back what was taken and repaid.
    undo_key TEXT,
    created_at INTEGER NOT NULL,
    undone_at INTEGER,
    CONSTRAINT takings_key UNIQUE (key),
    CONSTRAINT takings_whole CHECK (asked = covered + taken + repaid + open + forgiven),
    CONSTRAINT takings_parts CHECK (
        gave >= 0 AND covered >= 0 AND taken >= 0 AND repaid >= 0 AND open >= 0 AND forgiven >= 0
    ),
    CONSTRAINT takings_undone CHECK ((undo_key IS NULL) = (undone_at IS NULL) AND (undo_key IS NULL OR open = 0))
) STRICT;
CREATE INDEX takings_open ON takings (account, created_at) WHERE open > 0;
CREATE INDEX takings_subject ON takings (subject);

-- What was taken back so far were grants, each under a key of its own; what was repaid filled the oldest first.
INSERT INTO takings (id, account, cause, key, subject, gave, asked, taken, repaid, open, created_at)
SELECT id, account, cause, key, subject, asked, asked, taken, repaid, asked - taken - repaid, created_at FROM (
    SELECT id, account, cause, key, subject, asked, taken, created_at,
        MIN(asked - taken, MAX(repayments - earlier, 0)) AS repaid
    FROM (
        SELECT c.id, c.account, c.cause, c.key, c.subject, c.asked, c.taken, c.created_at,
            CAST(SUM(c.asked - c.taken) OVER (PARTITION BY c.account ORDER BY c.created_at, c.id)
                - (c.asked - c.taken) AS INTEGER) AS earlier,
            COALESCE((
                SELECT CAST(SUM(r.amount) AS INTEGER) FROM transfers r
                WHERE r.debit_account = c.account AND r.kind = 'debt_repayment'
            ), 0) AS repayments
        FROM (
            SELECT t.id, t.debit_account AS account, CASE WHEN g.id IS NULL THEN 'unknown' ELSE 'grant' END AS cause,
                t.key, t.subject, MAX(COALESCE(g.amount, t.amount), t.amount) AS asked, t.amount AS taken, t.created_at
            FROM transfers t LEFT JOIN transfers g
                ON g.subject = t.subject AND g.kind = 'grant' AND g.credit_account = t.debit_account
            WHERE t.kind = 'clawback'
        ) AS c
    ) AS placed
) AS filled;

-- Debt and repayments that the rows above do not explain.
INSERT INTO takings (id, account, cause, key, gave, asked, repaid, open, created_at)
SELECT id, id, 'unknown', 'unknown:' || lower(hex(id)), debt + repaid, debt + repaid, repaid, debt, created_at FROM (
    SELECT a.id, a.created_at,
        MAX(a.debt - COALESCE((SELECT CAST(SUM(k.open) AS INTEGER) FROM takings k WHERE k.account = a.id), 0), 0) AS debt,
        COALESCE((
            SELECT CAST(SUM(r.amount) AS INTEGER) FROM transfers r
            WHERE r.debit_account = a.id AND r.kind = 'debt_repayment'
        ), 0) - COALESCE((SELECT CAST(SUM(k.repaid) AS INTEGER) FROM takings k WHERE k.account = a.id), 0) AS repaid
    FROM ledger_accounts a
) AS rest WHERE debt + repaid > 0;
