-- A document is the policy's one JSON form. How many stand after the newest change says the row policies of gateway_generation, in its column routes.
CREATE TABLE gateway_policies (
    id       TEXT PRIMARY KEY,
    document TEXT NOT NULL
) STRICT;
