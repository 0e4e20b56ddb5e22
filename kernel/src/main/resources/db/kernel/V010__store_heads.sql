-- The id of this store; the same id stands in the key folder, and only both together count.
CREATE TABLE store_identity (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    store_id   TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- The newest signed heads that the transparency log acknowledged: where they stand there and the hash of their leaf.
CREATE TABLE log_position (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    number     INTEGER NOT NULL,
    log_index  INTEGER NOT NULL,
    leaf_hash  TEXT    NOT NULL
) STRICT;
