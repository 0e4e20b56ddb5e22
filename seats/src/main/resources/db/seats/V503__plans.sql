-- Plans as they were proposed: the document is what its digest is of, and is never changed.
CREATE TABLE seat_plans (
    digest     TEXT PRIMARY KEY CHECK (length(digest) = 64),
    number     BIGINT NOT NULL UNIQUE,
    seat_id    BIGINT NOT NULL REFERENCES seats (id),
    kind       TEXT NOT NULL,
    document   TEXT NOT NULL,
    proposer   TEXT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('OPEN', 'REJECTED', 'VOID')),
    reason     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX seat_plans_seat ON seat_plans (seat_id, kind, status);
-- One word of each person about each plan.
CREATE TABLE plan_approvals (
    plan_digest TEXT NOT NULL REFERENCES seat_plans (digest),
    person      TEXT NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('approve', 'reject')),
    document    TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    PRIMARY KEY (plan_digest, person)
);
