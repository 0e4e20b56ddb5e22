-- Made by the first three migrations, which a store remembers; a task store has no outbox, API keys or quotas.
DROP TABLE outbox;
DROP TABLE api_keys;
DROP TABLE quota_buckets;
