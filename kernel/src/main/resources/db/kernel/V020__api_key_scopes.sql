-- The kinds of data that a key is limited to, sorted, joined by commas; NULL = no limit.
ALTER TABLE api_keys ADD COLUMN scopes TEXT;
