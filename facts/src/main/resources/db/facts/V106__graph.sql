-- Derived from facts whose value is a reference; written in the fact's own transaction.
-- expires_at = microseconds since the epoch, 9223372036854775807 for never.
CREATE TABLE edges (
    fact_row   INTEGER PRIMARY KEY,
    fact_id    TEXT    NOT NULL,
    tenant_id  TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    relation   TEXT    NOT NULL,
    object     TEXT    NOT NULL,
    confidence REAL    NOT NULL,
    garden_id  TEXT,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX edges_subject ON edges (tenant_id, subject, scope);
CREATE INDEX edges_object ON edges (tenant_id, object, scope);
-- One row for each recall: what was asked (as a hash), how much was answered.
CREATE TABLE recall_audit_log (
    id             TEXT PRIMARY KEY,
    entity_uri     TEXT    NOT NULL,
    query_hash     TEXT    NOT NULL,
    scope          TEXT    NOT NULL,
    token_budget   INTEGER NOT NULL,
    facts_returned INTEGER NOT NULL,
    tokens_used    INTEGER NOT NULL,
    truncated      INTEGER NOT NULL,
    tenant_id      TEXT    NOT NULL,
    ts             TEXT    NOT NULL
) STRICT;
