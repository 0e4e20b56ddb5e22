-- What the node says about its own keys. The rings on disk hold the secrets; these tables hold what was published with them.
CREATE TABLE federation_manifests (
    entity_uri TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    issued_at  TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    leaf_hash  TEXT NOT NULL,
    manifest   TEXT NOT NULL
) STRICT;

-- Every manifest that was ever current, in order of publication.
CREATE TABLE federation_manifest_history (
    id         INTEGER PRIMARY KEY,
    entity_uri TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    leaf_hash  TEXT NOT NULL,
    manifest   TEXT NOT NULL,
    stored_at  TEXT NOT NULL
) STRICT;
CREATE INDEX federation_manifest_history_entity ON federation_manifest_history (entity_uri, id);
CREATE TRIGGER federation_manifest_history_no_update BEFORE UPDATE ON federation_manifest_history
BEGIN SELECT RAISE(ABORT, 'federation_manifest_history is append-only'); END;
CREATE TRIGGER federation_manifest_history_no_delete BEFORE DELETE ON federation_manifest_history
BEGIN SELECT RAISE(ABORT, 'federation_manifest_history is append-only'); END;

-- Written in the transaction that stores the new manifest: at start a ring promotes exactly the announced keys named here.
CREATE TABLE key_rotations (
    new_key_id            TEXT PRIMARY KEY,
    old_key_id            TEXT NOT NULL,
    kind                  TEXT NOT NULL,
    entity_uri            TEXT NOT NULL,
    rotated_at            TEXT NOT NULL,
    dual_trust_expires_at TEXT NOT NULL
) STRICT;

-- Where a committed payload stands in the transparency log, filled in by the outbox.
CREATE TABLE log_anchors (
    dedupe_key      TEXT PRIMARY KEY,
    log_id          TEXT    NOT NULL,
    leaf_hash       TEXT    NOT NULL,
    log_index       INTEGER NOT NULL,
    integrated_time INTEGER NOT NULL,
    inclusion_proof TEXT    NOT NULL
) STRICT;

-- One row for each signed audit export: the next export of the table names the hash of this one's footer.
CREATE TABLE audit_exports (
    id          INTEGER PRIMARY KEY,
    table_name  TEXT    NOT NULL,
    last_seq    INTEGER NOT NULL,
    footer_hash TEXT    NOT NULL,
    footer      TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_exports_table ON audit_exports (table_name, id);
