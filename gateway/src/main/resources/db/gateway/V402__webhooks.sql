-- Events on their way to webhooks. An event is a row of the audit log, which alone says what it holds; instants are milliseconds since 1970.
CREATE TABLE control_webhook_deliveries (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    audit_id   TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    due_at     BIGINT NOT NULL,
    problem    TEXT NOT NULL
);
CREATE INDEX control_webhook_deliveries_due ON control_webhook_deliveries (state, due_at);
CREATE INDEX control_webhook_deliveries_of ON control_webhook_deliveries (tenant_id, webhook_id, id);
