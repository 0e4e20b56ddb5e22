-- How a seat came to its state is never changed.
CREATE TRIGGER seat_transitions_no_update BEFORE UPDATE ON seat_transitions BEGIN
    SELECT RAISE(ABORT, 'seat_transitions is append-only');
END;
CREATE TRIGGER seat_transitions_no_delete BEFORE DELETE ON seat_transitions BEGIN
    SELECT RAISE(ABORT, 'seat_transitions is append-only');
END;
-- The newest blocks that the watcher of the execution layer has read up to, each the end of one pass. The greatest is its cursor.
CREATE TABLE watch_blocks (
    block_number BIGINT PRIMARY KEY,
    block_hash   TEXT NOT NULL CHECK (length(block_hash) = 66)
);
-- Deposit events of the gate, as the labels agreed on them.
CREATE TABLE watch_deposits (
    tx_hash                TEXT NOT NULL,
    log_index              BIGINT NOT NULL,
    block_number           BIGINT NOT NULL,
    block_hash             TEXT NOT NULL,
    seen_at                BIGINT NOT NULL,
    pubkey                 TEXT NOT NULL,
    withdrawal_credentials TEXT NOT NULL,
    amount_gwei            TEXT NOT NULL,
    deposit_index          BIGINT NOT NULL,
    PRIMARY KEY (tx_hash, log_index)
);
CREATE INDEX watch_deposits_block ON watch_deposits (block_number);
CREATE INDEX watch_deposits_pubkey ON watch_deposits (pubkey);
-- What two labels of the consensus layer said last of a seat's validator, and what was asked of it on the execution layer.
CREATE TABLE seat_validators (
    seat_id            BIGINT PRIMARY KEY REFERENCES seats (id),
    cl_validator_index BIGINT,
    cl_status          TEXT,
    cl_observed_epoch  BIGINT,
    exit_requested_tx  TEXT,
    exit_requested_at  BIGINT
);
CREATE TABLE watcher_heartbeats (
    watcher  TEXT PRIMARY KEY CHECK (watcher IN ('el', 'cl')),
    seen_at  TEXT NOT NULL,
    position BIGINT NOT NULL,
    seats    BIGINT NOT NULL
);
-- Open alerts; a row goes when its cause is gone or a person closes it.
CREATE TABLE watch_alerts (
    code      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    severity  TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
    since     TEXT NOT NULL,
    cause     TEXT NOT NULL,
    next_step TEXT NOT NULL,
    PRIMARY KEY (code, subject)
);
