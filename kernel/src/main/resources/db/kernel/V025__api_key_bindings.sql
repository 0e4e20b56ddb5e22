-- What a key is bound to: the fingerprint of a client certificate (SHA-256, hex) or a URI SAN. Null = the key works on every listener.
ALTER TABLE api_keys ADD COLUMN bound_to TEXT;
