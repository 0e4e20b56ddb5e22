-- lookup = SHA-256 of the raw key (the key has 256 bits of entropy): finds the row in O(1); argon2id proves it.
CREATE TABLE api_keys (
    id          TEXT PRIMARY KEY,
    lookup      TEXT NOT NULL UNIQUE,
    argon2id    TEXT NOT NULL,
    entity_uri  TEXT NOT NULL,
    permissions TEXT NOT NULL,
    description TEXT,
    tenant_id   TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT,
    revoked_at  TEXT
) STRICT;
CREATE INDEX api_keys_entity ON api_keys (entity_uri);
