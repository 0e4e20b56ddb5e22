-- Keys of validators that were derived from the mnemonic, each written and synced before it is handed out: no index comes twice.
CREATE TABLE generated_keys (
    pubkey      TEXT PRIMARY KEY CHECK (length(pubkey) = 98),
    key_index   BIGINT NOT NULL UNIQUE,
    vault       TEXT NOT NULL,
    beneficiary TEXT NOT NULL,
    made_at     BIGINT NOT NULL
);
