-- Audit rows, each bound to the one before: row_hash = SHA-256 over the canonical JSON of all other columns.
CREATE TABLE task_audit_log (
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
CREATE INDEX task_audit_log_type ON task_audit_log (tenant_id, event_type);
CREATE INDEX task_audit_log_entity ON task_audit_log (tenant_id, entity_uri);
CREATE INDEX task_audit_log_ts ON task_audit_log (tenant_id, ts);
CREATE TRIGGER task_audit_log_no_update BEFORE UPDATE ON task_audit_log BEGIN
    SELECT RAISE(ABORT, 'task_audit_log is append-only');
END;
CREATE TRIGGER task_audit_log_no_delete BEFORE DELETE ON task_audit_log BEGIN
    SELECT RAISE(ABORT, 'task_audit_log is append-only');
END;
-- Also stops INSERT OR REPLACE, which deletes without firing the trigger above.
CREATE TRIGGER task_audit_log_in_order BEFORE INSERT ON task_audit_log
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM task_audit_log) BEGIN
    SELECT RAISE(ABORT, 'task_audit_log grows at its end only');
END;
