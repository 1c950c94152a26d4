-- What is bought at Stripe, as Stripe last said it is. A row is committed before Stripe is called about it, so that
-- nothing that Stripe knows is unknown here.

-- Who pays. Without an id until Stripe has answered; one that Stripe has deleted is made anew under the next number.
CREATE TABLE billing_customers (
    id UUID PRIMARY KEY,
    user_id UUID REFERENCES users (id),
    community_id UUID,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    stripe_id TEXT UNIQUE,
    made BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    CONSTRAINT billing_customers_owner CHECK ((user_id IS NULL) <> (community_id IS NULL))
);
CREATE UNIQUE INDEX billing_customers_user ON billing_customers (user_id, mode) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX billing_customers_community ON billing_customers (community_id, mode) WHERE community_id IS NOT NULL;

-- Packs of VaniTokens.
CREATE TABLE purchases (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    way TEXT NOT NULL CHECK (way IN ('checkout', 'intent')),
    pack TEXT NOT NULL,
    tokens BIGINT NOT NULL CHECK (tokens > 0),
    cents BIGINT NOT NULL CHECK (cents >= 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'open', 'processing', 'paid', 'failed', 'expired', 'canceled')),
    session_id TEXT UNIQUE,
    intent_id TEXT UNIQUE,
    charge_id TEXT,
    checkout_url TEXT,
    -- When the Checkout Session closes.
    expires_at BIGINT,
    -- What Stripe received, which taxes and discounts make differ from `cents`.
    paid_cents BIGINT,
    refunded_cents BIGINT NOT NULL DEFAULT 0,
    failure TEXT,
    receipt_url TEXT,
    -- Tokens held back because the card's issuer warned of fraud.
    warning_id TEXT,
    hold_id UUID,
    created_at BIGINT NOT NULL,
    paid_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX purchases_user ON purchases (user_id, created_at);
CREATE INDEX purchases_age ON purchases (created_at);
CREATE INDEX purchases_open ON purchases (created_at) WHERE state IN ('wanted', 'open', 'processing');

CREATE TABLE subscriptions (
    id UUID PRIMARY KEY,
    user_id UUID REFERENCES users (id),
    community_id UUID,
    kind TEXT NOT NULL,
    -- What its price stands for, like the plan's name.
    item TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    status TEXT NOT NULL,
    -- Whether it keeps its owner from taking another of this kind.
    live BOOLEAN NOT NULL,
    session_id TEXT UNIQUE,
    checkout_url TEXT,
    expires_at BIGINT,
    stripe_id TEXT UNIQUE,
    price_id TEXT,
    period_end BIGINT,
    -- When it ends for good, if that is decided.
    cancel_at BIGINT,
    -- When the invoice of the renewal that nobody paid was finalized.
    grace_from BIGINT,
    -- The invoice whose failure its owner was told of.
    told_of TEXT,
    -- Paid beside one that was live; it is being canceled and refunded.
    surplus BOOLEAN NOT NULL,
    -- When what was paid for it went back, by a refund or a lost dispute.
    revoked_at BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT subscriptions_owner CHECK ((user_id IS NULL) <> (community_id IS NULL))
);
CREATE UNIQUE INDEX subscriptions_live_user ON subscriptions (user_id, kind, mode) WHERE live AND user_id IS NOT NULL;
CREATE UNIQUE INDEX subscriptions_live_community ON subscriptions (community_id, kind, mode)
    WHERE live AND community_id IS NOT NULL;
CREATE INDEX subscriptions_user ON subscriptions (user_id, created_at);
CREATE INDEX subscriptions_community ON subscriptions (community_id, created_at);
CREATE INDEX subscriptions_open ON subscriptions (created_at) WHERE ended_at IS NULL;

CREATE TABLE invoices (
    stripe_id TEXT PRIMARY KEY,
    subscription_id UUID NOT NULL REFERENCES subscriptions (id),
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    cents BIGINT NOT NULL,
    currency TEXT NOT NULL,
    intent_id TEXT,
    url TEXT,
    refunded_cents BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    finalized_at BIGINT,
    paid_at BIGINT
);
CREATE INDEX invoices_subscription ON invoices (subscription_id, created_at);
CREATE INDEX invoices_intent ON invoices (intent_id);
CREATE INDEX invoices_paid ON invoices (paid_at);

-- Without an id while Stripe is asked for one.
CREATE TABLE refunds (
    id UUID PRIMARY KEY,
    stripe_id TEXT UNIQUE,
    purchase_id UUID REFERENCES purchases (id),
    invoice_id TEXT REFERENCES invoices (stripe_id),
    cents BIGINT NOT NULL,
    status TEXT NOT NULL,
    note TEXT,
    asked_by UUID,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT refunds_of CHECK ((purchase_id IS NULL) <> (invoice_id IS NULL))
);
CREATE INDEX refunds_purchase ON refunds (purchase_id);
CREATE INDEX refunds_invoice ON refunds (invoice_id);

CREATE TABLE disputes (
    stripe_id TEXT PRIMARY KEY,
    purchase_id UUID REFERENCES purchases (id),
    invoice_id TEXT REFERENCES invoices (stripe_id),
    cents BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT disputes_of CHECK ((purchase_id IS NULL) <> (invoice_id IS NULL))
);
CREATE INDEX disputes_purchase ON disputes (purchase_id);
CREATE INDEX disputes_invoice ON disputes (invoice_id);

CREATE TABLE billing_events (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    object_id TEXT,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'handled', 'ignored', 'failed')),
    reason TEXT,
    -- The event as it was signed, sealed under the service's key, until its retention is over.
    body BYTEA,
    created_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    handled_at BIGINT
);
CREATE INDEX billing_events_age ON billing_events (received_at);
CREATE INDEX billing_events_bodies ON billing_events (received_at) WHERE body IS NOT NULL;
CREATE INDEX billing_events_object ON billing_events (object_id);
CREATE INDEX billing_events_open ON billing_events (received_at) WHERE state IN ('waiting', 'failed');

-- What is sold, as Stripe's prices said when they were last looked at.
CREATE TABLE prices (
    item TEXT PRIMARY KEY,
    price_id TEXT,
    cents BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- Why it is not sold.
    problem TEXT,
    checked_at BIGINT NOT NULL
);

-- The order in which fetches of an object began, and the last that was written. Hosts need not agree on the time.
CREATE TABLE stripe_fetches (
    object TEXT PRIMARY KEY,
    begun BIGINT NOT NULL,
    written BIGINT NOT NULL DEFAULT 0,
    begun_at BIGINT NOT NULL
);
CREATE INDEX stripe_fetches_age ON stripe_fetches (begun_at);
