CREATE TRIGGER seat_transitions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seat_transitions
    FOR EACH STATEMENT EXECUTE FUNCTION $schema.refuse_change();
CREATE TABLE watch_blocks (
    block_number BIGINT PRIMARY KEY,
    block_hash   TEXT COLLATE "C" NOT NULL CHECK (length(block_hash) = 66)
);
CREATE TABLE watch_deposits (
    tx_hash                TEXT COLLATE "C" NOT NULL,
    log_index              BIGINT NOT NULL,
    block_number           BIGINT NOT NULL,
    block_hash             TEXT COLLATE "C" NOT NULL,
    seen_at                BIGINT NOT NULL,
    pubkey                 TEXT COLLATE "C" NOT NULL,
    withdrawal_credentials TEXT COLLATE "C" NOT NULL,
    amount_gwei            TEXT COLLATE "C" NOT NULL,
    deposit_index          BIGINT NOT NULL,
    PRIMARY KEY (tx_hash, log_index)
);
CREATE INDEX watch_deposits_block ON watch_deposits (block_number);
CREATE INDEX watch_deposits_pubkey ON watch_deposits (pubkey);
CREATE TABLE seat_validators (
    seat_id            BIGINT PRIMARY KEY REFERENCES seats (id),
    cl_validator_index BIGINT,
    cl_status          TEXT COLLATE "C",
    cl_observed_epoch  BIGINT,
    exit_requested_tx  TEXT COLLATE "C",
    exit_requested_at  BIGINT
);
CREATE TABLE watcher_heartbeats (
    watcher  TEXT COLLATE "C" PRIMARY KEY CHECK (watcher IN ('el', 'cl')),
    seen_at  TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    seats    BIGINT NOT NULL
);
CREATE TABLE watch_alerts (
    code      TEXT COLLATE "C" NOT NULL,
    subject   TEXT COLLATE "C" NOT NULL,
    severity  TEXT COLLATE "C" NOT NULL CHECK (severity IN ('warning', 'critical')),
    since     TEXT COLLATE "C" NOT NULL,
    cause     TEXT COLLATE "C" NOT NULL,
    next_step TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (code, subject)
);
