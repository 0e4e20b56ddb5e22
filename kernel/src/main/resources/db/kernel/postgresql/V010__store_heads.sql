-- Each process that writes has an id, a key folder and a log of its own.
CREATE TABLE store_identity (
    store_id   TEXT COLLATE "C" PRIMARY KEY,
    created_at TEXT COLLATE "C" NOT NULL
);

-- The newest signed heads of each that its transparency log acknowledged.
CREATE TABLE log_position (
    store_id  TEXT COLLATE "C" PRIMARY KEY,
    number    BIGINT NOT NULL,
    log_index BIGINT NOT NULL,
    leaf_hash TEXT COLLATE "C" NOT NULL
);
