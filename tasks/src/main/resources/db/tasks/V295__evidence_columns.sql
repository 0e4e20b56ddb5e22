-- A row says who acted and what it was done to under these names. Rows from before keep the hash over the former ones.
ALTER TABLE task_audit_log RENAME COLUMN entity_uri TO actor;
ALTER TABLE task_audit_log RENAME COLUMN fact_id TO subject;
ALTER TABLE task_audit_log DROP COLUMN oidc_sub;
ALTER TABLE task_audit_log DROP COLUMN attested_key_id;
