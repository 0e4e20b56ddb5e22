-- Audit rows, each bound to the one before: row_hash = SHA-256 over the canonical JSON of all other columns.
CREATE TABLE test_audit (
    seq             INTEGER PRIMARY KEY,
    id              TEXT NOT NULL,
    event_type      TEXT NOT NULL,
    entity_uri      TEXT,
    oidc_sub        TEXT,
    fact_id         TEXT,
    source          TEXT,
    attested_key_id TEXT,
    ts              TEXT NOT NULL,
    tenant_id       TEXT NOT NULL,
    detail          TEXT NOT NULL,
    prev_hash       TEXT,
    row_hash        TEXT NOT NULL
) STRICT;
CREATE INDEX test_audit_type ON test_audit (tenant_id, event_type);
CREATE INDEX test_audit_entity ON test_audit (tenant_id, entity_uri);
CREATE INDEX test_audit_ts ON test_audit (tenant_id, ts);
CREATE TRIGGER test_audit_no_update BEFORE UPDATE ON test_audit BEGIN
    SELECT RAISE(ABORT, 'test_audit is append-only');
END;
CREATE TRIGGER test_audit_no_delete BEFORE DELETE ON test_audit BEGIN
    SELECT RAISE(ABORT, 'test_audit is append-only');
END;
-- Also stops INSERT OR REPLACE, which deletes without firing the trigger above.
CREATE TRIGGER test_audit_in_order BEFORE INSERT ON test_audit
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM test_audit) BEGIN
    SELECT RAISE(ABORT, 'test_audit grows at its end only');
END;

CREATE TABLE other_audit (
    seq             INTEGER PRIMARY KEY,
    id              TEXT NOT NULL,
    event_type      TEXT NOT NULL,
    entity_uri      TEXT,
    oidc_sub        TEXT,
    fact_id         TEXT,
    source          TEXT,
    attested_key_id TEXT,
    ts              TEXT NOT NULL,
    tenant_id       TEXT NOT NULL,
    detail          TEXT NOT NULL,
    prev_hash       TEXT,
    row_hash        TEXT NOT NULL
) STRICT;
CREATE INDEX other_audit_type ON other_audit (tenant_id, event_type);
CREATE INDEX other_audit_entity ON other_audit (tenant_id, entity_uri);
CREATE INDEX other_audit_ts ON other_audit (tenant_id, ts);
CREATE TRIGGER other_audit_no_update BEFORE UPDATE ON other_audit BEGIN
    SELECT RAISE(ABORT, 'other_audit is append-only');
END;
CREATE TRIGGER other_audit_no_delete BEFORE DELETE ON other_audit BEGIN
    SELECT RAISE(ABORT, 'other_audit is append-only');
END;
-- Also stops INSERT OR REPLACE, which deletes without firing the trigger above.
CREATE TRIGGER other_audit_in_order BEFORE INSERT ON other_audit
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM other_audit) BEGIN
    SELECT RAISE(ABORT, 'other_audit grows at its end only');
END;
