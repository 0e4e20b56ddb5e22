-- People who sign in. A change of a row that decides about access is audited together with the digest of the row.
CREATE TABLE users (
    id                   TEXT PRIMARY KEY,
    username             TEXT NOT NULL,
    username_folded      TEXT NOT NULL UNIQUE,
    password_hash        TEXT NOT NULL,
    role                 TEXT NOT NULL CHECK (role IN ('ADMIN', 'OPERATOR', 'VIEWER')),
    must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
    created_at           TEXT NOT NULL,
    disabled_at          TEXT
);
CREATE TABLE password_history (
    user_id       TEXT NOT NULL,
    replaced_at   TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, replaced_at)
);
CREATE TABLE staker_api_keys (
    id         TEXT PRIMARY KEY,
    key_hash   TEXT NOT NULL UNIQUE,
    prefix     TEXT NOT NULL,
    label      TEXT NOT NULL,
    addresses  TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);
CREATE TABLE operators (
    id         BIGINT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    contact    TEXT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED')),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE seats (
    id                     BIGINT PRIMARY KEY,
    operator_id            BIGINT NOT NULL REFERENCES operators (id),
    status                 TEXT NOT NULL CHECK (status IN
        ('CREATED', 'ALLOWLISTED', 'DEPOSITED', 'SEEN_BY_CL', 'ACTIVE', 'EXCEPTION', 'REVOKED')),
    custody                TEXT NOT NULL CHECK (custody IN ('BYO_BLS', 'MANAGED')),
    pubkey                 TEXT NOT NULL UNIQUE CHECK (length(pubkey) = 98),
    withdrawal_credentials TEXT NOT NULL CHECK (length(withdrawal_credentials) = 66),
    vault_address          TEXT UNIQUE CHECK (vault_address IS NULL OR length(vault_address) = 42),
    beneficiary            TEXT CHECK (beneficiary IS NULL OR length(beneficiary) = 42),
    amount_gwei            TEXT NOT NULL,
    version                BIGINT NOT NULL,
    created_at             TEXT NOT NULL,
    updated_at             TEXT NOT NULL
);
CREATE INDEX seats_status ON seats (status, id);
CREATE INDEX seats_beneficiary ON seats (beneficiary, id);
CREATE TABLE seat_transitions (
    seat_id    BIGINT NOT NULL REFERENCES seats (id),
    version    BIGINT NOT NULL,
    from_state TEXT,
    to_state   TEXT NOT NULL,
    evidence   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (seat_id, version)
);
-- The row is there before the work: of two equal requests one finds the other's.
CREATE TABLE idempotency (
    route         TEXT NOT NULL,
    target_id     TEXT NOT NULL,
    actor_id      TEXT NOT NULL,
    key           TEXT NOT NULL,
    body_hash     TEXT NOT NULL,
    response_code INTEGER,
    response_body TEXT,
    expires_at    TEXT NOT NULL,
    PRIMARY KEY (route, target_id, actor_id, key)
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);
