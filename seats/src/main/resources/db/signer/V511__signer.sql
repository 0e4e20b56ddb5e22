-- What was signed, one row for each transaction: written and synced before the key is asked.
CREATE TABLE signed_transactions (
    chain_id         BIGINT NOT NULL,
    nonce            BIGINT NOT NULL,
    attempt          BIGINT NOT NULL,
    signing_hash     TEXT NOT NULL UNIQUE CHECK (length(signing_hash) = 64),
    plan_digest      TEXT NOT NULL,
    root_digest      TEXT NOT NULL,
    kind             TEXT NOT NULL,
    rule             TEXT NOT NULL,
    target           TEXT NOT NULL,
    value            TEXT NOT NULL,
    calldata         TEXT NOT NULL,
    max_fee          TEXT NOT NULL,
    max_priority_fee TEXT NOT NULL,
    signed_at        BIGINT NOT NULL,
    PRIMARY KEY (chain_id, nonce, attempt)
);
-- A plan has one nonce: its first transaction is the only one with attempt 0.
CREATE UNIQUE INDEX signed_plan ON signed_transactions (plan_digest) WHERE attempt = 0;
CREATE INDEX signed_rule ON signed_transactions (rule, signed_at);
-- A public key is deposited for once, whatever became of the transaction.
CREATE TABLE signed_deposits (
    pubkey       TEXT PRIMARY KEY,
    signing_hash TEXT NOT NULL,
    plan_digest  TEXT NOT NULL
);
-- Bytes that were handed out; where a row is missing, the same transaction is signed again.
CREATE TABLE signed_bytes (
    signing_hash TEXT PRIMARY KEY,
    raw          TEXT NOT NULL
);
