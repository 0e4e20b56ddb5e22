-- Bundles of evidence as their files have them: each folder is one chain, and nothing is ever changed or removed.
CREATE TABLE evidence_bundles (
    chain       TEXT NOT NULL,
    number      BIGINT NOT NULL,
    subject     TEXT NOT NULL,
    action      TEXT NOT NULL,
    bundle_hash TEXT NOT NULL UNIQUE CHECK (length(bundle_hash) = 64),
    prev_hash   TEXT NOT NULL CHECK (length(prev_hash) = 64),
    key_id      TEXT NOT NULL,
    signature   TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    PRIMARY KEY (chain, number)
);
CREATE INDEX evidence_bundles_subject ON evidence_bundles (subject);
CREATE TRIGGER evidence_bundles_no_update BEFORE UPDATE ON evidence_bundles BEGIN
    SELECT RAISE(ABORT, 'evidence_bundles is append-only');
END;
CREATE TRIGGER evidence_bundles_no_delete BEFORE DELETE ON evidence_bundles BEGIN
    SELECT RAISE(ABORT, 'evidence_bundles is append-only');
END;
