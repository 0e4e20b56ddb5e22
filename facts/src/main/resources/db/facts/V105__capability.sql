-- Tokens that this node issued. A token without its row here, or with a revoked one, does not verify.
CREATE TABLE capability_tokens (
    token_id      TEXT PRIMARY KEY,
    tenant_id     TEXT NOT NULL,
    issuer        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    verb          TEXT NOT NULL,
    object        TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    issued_by     TEXT NOT NULL,
    issued_at     TEXT NOT NULL,
    expiry        TEXT NOT NULL,
    token_json    TEXT NOT NULL,
    revoked_at    TEXT,
    revoked_by    TEXT,
    revoke_reason TEXT
) STRICT;
CREATE INDEX capability_tokens_subject ON capability_tokens (subject);
