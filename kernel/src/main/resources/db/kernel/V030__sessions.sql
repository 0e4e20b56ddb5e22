-- Sessions of people. Of a token only its HMAC is kept. A row changes once, when the session ends; what changes with each request stands apart.
CREATE TABLE sessions (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL,
    token_hash  TEXT NOT NULL UNIQUE,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    remote      TEXT NOT NULL,
    user_agent  TEXT NOT NULL,
    ended_at    TEXT
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE session_activity (
    session_id   TEXT PRIMARY KEY,
    last_seen_at TEXT NOT NULL
);
-- Each proof of a fresh look at the password works once.
CREATE TABLE step_up_uses (
    token_id    TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL,
    session_id  TEXT NOT NULL,
    action      TEXT NOT NULL,
    resource    TEXT NOT NULL,
    used_at     TEXT NOT NULL
);
