-- Finds the audit rows that say what the rows of api_keys, capability_tokens, gardens and garden_members must be.
CREATE INDEX fact_audit_log_guarded ON fact_audit_log (seq) WHERE instr(detail, '"row_digests":{') > 0;
