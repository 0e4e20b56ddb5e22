CREATE INDEX gateway_audit_log_guarded ON gateway_audit_log (seq) WHERE instr(detail, '"row_digests":{') > 0;

-- A document is the route's one JSON form.
CREATE TABLE gateway_routes (
    id            TEXT PRIMARY KEY,
    document      TEXT NOT NULL,
    deployment_id TEXT NOT NULL
) STRICT;

-- One row: the number of the newest change, and how many routes stand after it.
CREATE TABLE gateway_generation (
    name       TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    routes     INTEGER NOT NULL
) STRICT;
