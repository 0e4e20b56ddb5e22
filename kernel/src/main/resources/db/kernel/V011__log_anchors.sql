-- Where a committed payload stands in the transparency log, filled in by the outbox.
CREATE TABLE log_anchors (
    dedupe_key      TEXT PRIMARY KEY,
    log_id          TEXT    NOT NULL,
    leaf_hash       TEXT    NOT NULL,
    log_index       INTEGER NOT NULL,
    integrated_time INTEGER NOT NULL,
    inclusion_proof TEXT    NOT NULL
) STRICT;
