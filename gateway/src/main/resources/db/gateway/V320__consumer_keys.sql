-- API keys of consumers. The key itself is not kept: it has 128 random bits, so that its SHA-256 is neither guessed nor searched for. Instants are milliseconds since 1970.
CREATE TABLE consumer_keys (
    id              TEXT PRIMARY KEY,
    lookup          TEXT NOT NULL UNIQUE,
    prefix          TEXT NOT NULL,
    subscription_id TEXT NOT NULL,
    subject         TEXT NOT NULL,
    tenant_id       TEXT NOT NULL,
    roles           TEXT NOT NULL,
    profile         TEXT NOT NULL,
    serial          INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER,
    suspended_at    INTEGER,
    revoked_at      INTEGER,
    UNIQUE (subscription_id, serial)
) STRICT;
CREATE TABLE token_revocations (
    claim TEXT NOT NULL,
    value TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (claim, value)
) STRICT;
