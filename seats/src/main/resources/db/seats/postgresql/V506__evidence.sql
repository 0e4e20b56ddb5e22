CREATE TABLE evidence_bundles (
    chain       TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    action      TEXT COLLATE "C" NOT NULL,
    bundle_hash TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(bundle_hash) = 64),
    prev_hash   TEXT COLLATE "C" NOT NULL CHECK (length(prev_hash) = 64),
    key_id      TEXT COLLATE "C" NOT NULL,
    signature   TEXT COLLATE "C" NOT NULL,
    created_at  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (chain, number)
);
CREATE INDEX evidence_bundles_subject ON evidence_bundles (subject);
CREATE TRIGGER evidence_bundles_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_bundles
    FOR EACH STATEMENT EXECUTE FUNCTION $schema.refuse_change();
