-- One row for each plan that was handed over to be sent. A plan is sent once.
CREATE TABLE operations (
    id          TEXT PRIMARY KEY,
    number      BIGINT NOT NULL UNIQUE,
    plan_digest TEXT NOT NULL UNIQUE CHECK (length(plan_digest) = 64),
    seat_id     BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN
        ('QUEUED', 'RUNNING', 'SUBMITTED', 'CONFIRMED', 'FAILED', 'CANCELLED')),
    plan        TEXT NOT NULL,
    approvals   TEXT NOT NULL,
    attempts    BIGINT NOT NULL,
    error_code  TEXT NOT NULL,
    error       TEXT NOT NULL,
    actor       TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
);
CREATE INDEX operations_seat ON operations (seat_id, number);
CREATE INDEX operations_status ON operations (status, number);
-- The next nonce of an account: taken in the transaction that makes the intent.
CREATE TABLE tx_nonce (
    chain_id   BIGINT NOT NULL,
    signer     TEXT NOT NULL,
    next_nonce BIGINT NOT NULL,
    acknowledged BIGINT NOT NULL,
    PRIMARY KEY (chain_id, signer)
);
-- Transactions, each there before it is signed. The bytes are written once and sent again as they are.
CREATE TABLE tx_intents (
    id                TEXT PRIMARY KEY,
    operation_id      TEXT NOT NULL REFERENCES operations (id),
    chain_id          BIGINT NOT NULL,
    signer            TEXT NOT NULL,
    nonce             BIGINT NOT NULL,
    attempt           BIGINT NOT NULL,
    root_digest       TEXT NOT NULL,
    to_addr           TEXT NOT NULL,
    value_wei         TEXT NOT NULL,
    calldata          TEXT NOT NULL,
    gas_limit         BIGINT NOT NULL,
    max_fee           TEXT NOT NULL,
    max_priority_fee  TEXT NOT NULL,
    raw_tx            TEXT,
    tx_hash           TEXT UNIQUE,
    status            TEXT NOT NULL CHECK (status IN
        ('RESERVED', 'SIGNED', 'RECORDED', 'SENT', 'MINED', 'FINAL', 'REPLACED', 'ABANDONED', 'FOREIGN')),
    live              INTEGER NOT NULL CHECK (live IN (0, 1)),
    evidence          TEXT,
    block_number      BIGINT,
    block_hash        TEXT,
    succeeded         INTEGER,
    created_at        TEXT NOT NULL,
    updated_at        TEXT NOT NULL,
    UNIQUE (chain_id, signer, nonce, attempt)
);
CREATE UNIQUE INDEX tx_intents_live ON tx_intents (chain_id, signer, nonce) WHERE live = 1;
CREATE UNIQUE INDEX tx_intents_operation ON tx_intents (operation_id) WHERE status <> 'ABANDONED';
CREATE INDEX tx_intents_status ON tx_intents (status, nonce);
-- What became of each transaction, step by step.
CREATE TABLE tx_steps (
    intent_id TEXT NOT NULL REFERENCES tx_intents (id),
    number    BIGINT NOT NULL,
    status    TEXT NOT NULL,
    detail    TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (intent_id, number)
);
CREATE TRIGGER tx_steps_no_update BEFORE UPDATE ON tx_steps BEGIN
    SELECT RAISE(ABORT, 'tx_steps is append-only');
END;
CREATE TRIGGER tx_steps_no_delete BEFORE DELETE ON tx_steps BEGIN
    SELECT RAISE(ABORT, 'tx_steps is append-only');
END;
-- While one of these is not lifted, nothing is signed and nothing is sent.
CREATE TABLE tx_pauses (
    number     BIGINT PRIMARY KEY,
    code       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    actor      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    lifted_at  TEXT,
    lifted_by  TEXT
);
CREATE TABLE tx_pause_approvals (
    pause    BIGINT NOT NULL REFERENCES tx_pauses (number),
    person   TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pause, person)
);
