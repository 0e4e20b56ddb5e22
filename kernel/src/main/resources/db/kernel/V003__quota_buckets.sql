CREATE TABLE quota_buckets (
    principal   TEXT NOT NULL,
    tenant_id   TEXT NOT NULL,
    dimension   TEXT NOT NULL,
    tokens      REAL NOT NULL,
    last_refill TEXT NOT NULL,
    PRIMARY KEY (principal, tenant_id, dimension)
) STRICT, WITHOUT ROWID;
