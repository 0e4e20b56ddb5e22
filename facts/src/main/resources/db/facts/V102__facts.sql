-- One row per fact, never changed: row_id ascends without gaps, expires_at is valid_until in microseconds since the epoch.
CREATE TABLE facts (
    row_id          INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL,
    tenant_id       TEXT    NOT NULL,
    entity          TEXT    NOT NULL,
    relation        TEXT    NOT NULL,
    value_type      TEXT    NOT NULL,
    value_v         TEXT    NOT NULL,
    interpret_as    TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    timestamp       TEXT    NOT NULL,
    hlc_wall        INTEGER NOT NULL,
    hlc_counter     INTEGER NOT NULL,
    valid_until     TEXT,
    expires_at      INTEGER,
    confidence      REAL    NOT NULL,
    scope           TEXT    NOT NULL,
    garden_id       TEXT,
    attested_key_id TEXT,
    cid             TEXT    NOT NULL,
    derived_from    TEXT
) STRICT;
CREATE UNIQUE INDEX facts_id ON facts (id);
CREATE INDEX facts_group ON facts (entity, relation, scope, tenant_id);
CREATE INDEX facts_time ON facts (timestamp, id);
CREATE TRIGGER facts_no_update BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts are immutable'); END;
CREATE TRIGGER facts_no_delete BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts are immutable'); END;

-- seq = facts.row_id. record_hash covers every column of the fact; journal_hash chains the records of a tenant.
CREATE TABLE fact_journal (
    seq          INTEGER PRIMARY KEY,
    fact_id      TEXT NOT NULL,
    tenant_id    TEXT NOT NULL,
    record_hash  TEXT NOT NULL,
    prev_hash    TEXT,
    journal_hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER fact_journal_no_update BEFORE UPDATE ON fact_journal BEGIN SELECT RAISE(ABORT, 'the journal is immutable'); END;
CREATE TRIGGER fact_journal_no_delete BEFORE DELETE ON fact_journal BEGIN SELECT RAISE(ABORT, 'the journal is immutable'); END;

-- Where a content id leads: its newest fact.
CREATE TABLE fact_cid_aliases (
    tenant_id TEXT NOT NULL,
    cid       TEXT NOT NULL,
    fact_id   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, cid)
) STRICT, WITHOUT ROWID;

CREATE TABLE fact_chain (
    tenant_id     TEXT    NOT NULL,
    chain_seq     INTEGER NOT NULL,
    fact_id       TEXT    NOT NULL,
    event_hash    TEXT    NOT NULL,
    previous_hash TEXT,
    chain_hash    TEXT    NOT NULL,
    created_at    TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, chain_seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fact_chain_no_update BEFORE UPDATE ON fact_chain BEGIN SELECT RAISE(ABORT, 'the chain is immutable'); END;
CREATE TRIGGER fact_chain_no_delete BEFORE DELETE ON fact_chain BEGIN SELECT RAISE(ABORT, 'the chain is immutable'); END;

CREATE TABLE fact_chain_checkpoints (
    id                TEXT PRIMARY KEY,
    tenant_id         TEXT    NOT NULL,
    covered_chain_seq INTEGER NOT NULL,
    chain_hash        TEXT    NOT NULL,
    status            TEXT    NOT NULL CHECK (status IN ('pending', 'submitted')),
    attempt_count     INTEGER NOT NULL,
    created_at        TEXT    NOT NULL,
    submitted_at      TEXT,
    last_error        TEXT,
    tl_backend        TEXT,
    tl_log_id         TEXT,
    tl_leaf_hash      TEXT,
    tl_log_index      INTEGER,
    tl_integrated_time INTEGER,
    tl_inclusion_proof TEXT,
    tl_raw            TEXT
) STRICT;
CREATE INDEX fact_chain_checkpoints_head ON fact_chain_checkpoints (tenant_id, covered_chain_seq);

-- An empty store that finds checkpoints of an earlier store in its log starts behind them.
CREATE TABLE fact_log_origin (
    tenant_id  TEXT PRIMARY KEY,
    log_bytes  INTEGER NOT NULL,
    adopted_at TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- A later assertion with confidence 0 ended this fact. Derived from facts; kept for speed.
CREATE TABLE fact_retractions (
    fact_id      TEXT PRIMARY KEY,
    retracted_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fact_retractions_no_update BEFORE UPDATE ON fact_retractions BEGIN SELECT RAISE(ABORT, 'retractions are immutable'); END;
CREATE TRIGGER fact_retractions_no_delete BEFORE DELETE ON fact_retractions BEGIN SELECT RAISE(ABORT, 'retractions are immutable'); END;

-- Two live facts of one group that disagree. Each column is repeated by the system facts about conflict_id.
CREATE TABLE conflicts (
    seq             INTEGER PRIMARY KEY,
    conflict_id     TEXT NOT NULL UNIQUE,
    tenant_id       TEXT NOT NULL,
    fact_a          TEXT NOT NULL,
    fact_b          TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('unresolved', 'resolved')),
    detected_at     TEXT NOT NULL,
    winner          TEXT,
    resolution_fact TEXT,
    resolved_by     TEXT,
    resolved_at     TEXT
) STRICT;
CREATE INDEX conflicts_a ON conflicts (fact_a);
CREATE INDEX conflicts_b ON conflicts (fact_b);
