CREATE TABLE seat_settlements (
    seat_id      BIGINT PRIMARY KEY REFERENCES seats (id),
    phase        TEXT COLLATE "C" NOT NULL CHECK (phase IN ('RUNNING', 'PROPOSED', 'CANCELLED', 'SETTLED')),
    since        BIGINT NOT NULL,
    ready_at     BIGINT NOT NULL,
    balance_wei  TEXT COLLATE "C" NOT NULL,
    block_number BIGINT NOT NULL,
    block_hash   TEXT COLLATE "C" NOT NULL CHECK (length(block_hash) = 66)
);
