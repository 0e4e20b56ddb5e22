CREATE INDEX control_audit_log_guarded ON control_audit_log (seq) WHERE instr(detail, '"row_digests":{') > 0;

-- Objects of tenants. A document is the JSON object of the fields; instants are milliseconds since 1970.
CREATE TABLE control_objects (
    tenant_id  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    state      TEXT NOT NULL,
    document   TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, kind, id),
    UNIQUE (tenant_id, kind, name)
) STRICT;
CREATE INDEX control_objects_by_creation ON control_objects (tenant_id, kind, created_at, id);
CREATE INDEX control_objects_of_kind ON control_objects (kind, created_at);

-- Which object names which: only for finding, what counts stands in the documents.
CREATE TABLE control_references (
    tenant_id TEXT NOT NULL,
    kind      TEXT NOT NULL,
    id        TEXT NOT NULL,
    target    TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, target, id)
) STRICT;
CREATE INDEX control_references_of ON control_references (tenant_id, kind, id);

-- By which digest a credential is found: only for finding, the object says what it is worth.
CREATE TABLE control_credentials (
    lookup    TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    kind      TEXT NOT NULL,
    id        TEXT NOT NULL
) STRICT;
CREATE INDEX control_credentials_of ON control_credentials (tenant_id, kind, id);
