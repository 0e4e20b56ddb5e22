-- What the operator of a seat signed. A seat has one; another replaces it while nothing is on the chain.
CREATE TABLE deposit_data (
    seat_id      BIGINT PRIMARY KEY REFERENCES seats (id),
    signature    TEXT NOT NULL CHECK (length(signature) = 194),
    message_root TEXT NOT NULL CHECK (length(message_root) = 66),
    data_root    TEXT NOT NULL CHECK (length(data_root) = 66),
    fork_version TEXT NOT NULL CHECK (length(fork_version) = 10),
    updated_at   TEXT NOT NULL
);
