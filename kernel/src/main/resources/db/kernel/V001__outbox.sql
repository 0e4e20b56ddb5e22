-- Effects that follow a committed change: written in its transaction, carried out after it, idempotent by (kind, dedupe_key).
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL,
    dedupe_key TEXT    NOT NULL,
    payload    TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    done_at    TEXT,
    UNIQUE (kind, dedupe_key)
) STRICT;
CREATE INDEX outbox_open ON outbox (id) WHERE done_at IS NULL;
