-- What the gateway shows backends. A document holds everything but the secret, which is in sealed: base64url of AES-256-GCM under credential.key. No consumer: for every caller of the route.
CREATE TABLE backend_credentials (
    route_id    TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    document    TEXT NOT NULL,
    sealed      TEXT NOT NULL,
    PRIMARY KEY (route_id, consumer_id)
) STRICT;
