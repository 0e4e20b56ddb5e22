-- The live key that expires first, or is the oldest, is found without reading the others: gauges ask for it.
CREATE INDEX api_keys_expiry ON api_keys (tenant_id, expires_at) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_age ON api_keys (tenant_id, created_at) WHERE revoked_at IS NULL;
