-- What the vault of a seat is made with: its address follows from this and the public key.
CREATE TABLE seat_vaults (
    seat_id             BIGINT PRIMARY KEY REFERENCES seats (id),
    claim_delay_seconds BIGINT NOT NULL,
    max_claim_wei       TEXT NOT NULL
);
-- What every label said that the call of a plan would do, when the plan was made.
CREATE TABLE plan_simulations (
    plan_digest TEXT PRIMARY KEY REFERENCES seat_plans (digest),
    document    TEXT NOT NULL
);
