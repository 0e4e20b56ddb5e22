-- Encrypted keys of seats that the treasury made itself (EIP-2335). The password is the signer's.
CREATE TABLE seat_bls_material (
    seat_id       BIGINT PRIMARY KEY REFERENCES seats (id),
    key_index     BIGINT NOT NULL,
    keystore_json TEXT NOT NULL,
    created_at    TEXT NOT NULL
);
