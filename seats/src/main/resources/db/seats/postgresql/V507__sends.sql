CREATE TABLE operations (
    id          TEXT COLLATE "C" PRIMARY KEY,
    number      BIGINT NOT NULL UNIQUE,
    plan_digest TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(plan_digest) = 64),
    seat_id     BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL CHECK (status IN
        ('QUEUED', 'RUNNING', 'SUBMITTED', 'CONFIRMED', 'FAILED', 'CANCELLED')),
    plan        TEXT COLLATE "C" NOT NULL,
    approvals   TEXT COLLATE "C" NOT NULL,
    attempts    BIGINT NOT NULL,
    error_code  TEXT COLLATE "C" NOT NULL,
    error       TEXT COLLATE "C" NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    request_id  TEXT COLLATE "C" NOT NULL,
    created_at  TEXT COLLATE "C" NOT NULL,
    updated_at  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX operations_seat ON operations (seat_id, number);
CREATE INDEX operations_status ON operations (status, number);
CREATE TABLE tx_nonce (
    chain_id   BIGINT NOT NULL,
    signer     TEXT COLLATE "C" NOT NULL,
    next_nonce BIGINT NOT NULL,
    acknowledged BIGINT NOT NULL,
    PRIMARY KEY (chain_id, signer)
);
CREATE TABLE tx_intents (
    id                TEXT COLLATE "C" PRIMARY KEY,
    operation_id      TEXT COLLATE "C" NOT NULL REFERENCES operations (id),
    chain_id          BIGINT NOT NULL,
    signer            TEXT COLLATE "C" NOT NULL,
    nonce             BIGINT NOT NULL,
    attempt           BIGINT NOT NULL,
    root_digest       TEXT COLLATE "C" NOT NULL,
    to_addr           TEXT COLLATE "C" NOT NULL,
    value_wei         TEXT COLLATE "C" NOT NULL,
    calldata          TEXT COLLATE "C" NOT NULL,
    gas_limit         BIGINT NOT NULL,
    max_fee           TEXT COLLATE "C" NOT NULL,
    max_priority_fee  TEXT COLLATE "C" NOT NULL,
    raw_tx            TEXT COLLATE "C",
    tx_hash           TEXT COLLATE "C" UNIQUE,
    status            TEXT COLLATE "C" NOT NULL CHECK (status IN
        ('RESERVED', 'SIGNED', 'RECORDED', 'SENT', 'MINED', 'FINAL', 'REPLACED', 'ABANDONED', 'FOREIGN')),
    live              BIGINT NOT NULL CHECK (live IN (0, 1)),
    evidence          TEXT COLLATE "C",
    block_number      BIGINT,
    block_hash        TEXT COLLATE "C",
    succeeded         BIGINT,
    created_at        TEXT COLLATE "C" NOT NULL,
    updated_at        TEXT COLLATE "C" NOT NULL,
    UNIQUE (chain_id, signer, nonce, attempt)
);
CREATE UNIQUE INDEX tx_intents_live ON tx_intents (chain_id, signer, nonce) WHERE live = 1;
CREATE UNIQUE INDEX tx_intents_operation ON tx_intents (operation_id) WHERE status <> 'ABANDONED';
CREATE INDEX tx_intents_status ON tx_intents (status, nonce);
CREATE TABLE tx_steps (
    intent_id TEXT COLLATE "C" NOT NULL REFERENCES tx_intents (id),
    number    BIGINT NOT NULL,
    status    TEXT COLLATE "C" NOT NULL,
    detail    TEXT COLLATE "C" NOT NULL,
    at        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (intent_id, number)
);
CREATE TRIGGER tx_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tx_steps
    FOR EACH STATEMENT EXECUTE FUNCTION $schema.refuse_change();
CREATE TABLE tx_pauses (
    number     BIGINT PRIMARY KEY,
    code       TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    actor      TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    lifted_at  TEXT COLLATE "C",
    lifted_by  TEXT COLLATE "C"
);
CREATE TABLE tx_pause_approvals (
    pause    BIGINT NOT NULL REFERENCES tx_pauses (number),
    person   TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (pause, person)
);
