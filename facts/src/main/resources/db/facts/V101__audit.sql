-- Audit rows, each bound to the one before: row_hash = SHA-256 over the canonical JSON of all other columns.
CREATE TABLE fact_audit_log (
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
CREATE INDEX fact_audit_log_type ON fact_audit_log (tenant_id, event_type);
CREATE INDEX fact_audit_log_entity ON fact_audit_log (tenant_id, entity_uri);
CREATE INDEX fact_audit_log_ts ON fact_audit_log (tenant_id, ts);
CREATE TRIGGER fact_audit_log_no_update BEFORE UPDATE ON fact_audit_log BEGIN
    SELECT RAISE(ABORT, 'fact_audit_log is append-only');
END;
CREATE TRIGGER fact_audit_log_no_delete BEFORE DELETE ON fact_audit_log BEGIN
    SELECT RAISE(ABORT, 'fact_audit_log is append-only');
END;
-- Also stops INSERT OR REPLACE, which deletes without firing the trigger above.
CREATE TRIGGER fact_audit_log_in_order BEFORE INSERT ON fact_audit_log
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM fact_audit_log) BEGIN
    SELECT RAISE(ABORT, 'fact_audit_log grows at its end only');
END;

CREATE TABLE federation_audit (
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
CREATE INDEX federation_audit_type ON federation_audit (tenant_id, event_type);
CREATE INDEX federation_audit_entity ON federation_audit (tenant_id, entity_uri);
CREATE INDEX federation_audit_ts ON federation_audit (tenant_id, ts);
CREATE TRIGGER federation_audit_no_update BEFORE UPDATE ON federation_audit BEGIN
    SELECT RAISE(ABORT, 'federation_audit is append-only');
END;
CREATE TRIGGER federation_audit_no_delete BEFORE DELETE ON federation_audit BEGIN
    SELECT RAISE(ABORT, 'federation_audit is append-only');
END;
-- Also stops INSERT OR REPLACE, which deletes without firing the trigger above.
CREATE TRIGGER federation_audit_in_order BEFORE INSERT ON federation_audit
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM federation_audit) BEGIN
    SELECT RAISE(ABORT, 'federation_audit grows at its end only');
END;
