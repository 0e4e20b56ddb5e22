-- What the vault of a seat said last at a block that two labels call safe, from the exit of its validator on.
CREATE TABLE seat_settlements (
    seat_id      BIGINT PRIMARY KEY REFERENCES seats (id),
    phase        TEXT NOT NULL CHECK (phase IN ('RUNNING', 'PROPOSED', 'CANCELLED', 'SETTLED')),
    since        BIGINT NOT NULL,
    ready_at     BIGINT NOT NULL,
    balance_wei  TEXT NOT NULL,
    block_number BIGINT NOT NULL,
    block_hash   TEXT NOT NULL CHECK (length(block_hash) = 66)
);
