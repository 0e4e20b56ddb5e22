-- A queue (consumer '') or what one consumer of a broadcast channel has yet to see.
CREATE TABLE task_queues (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL,
    consumer TEXT    NOT NULL,
    used_at  INTEGER NOT NULL, -- ms, to the nearest minutes
    UNIQUE (name, consumer)
) STRICT;

-- Visible from due_at on, whether new, delayed, or held (then due_at is the end of the lease). Held exactly when delivery > 0.
CREATE TABLE task_entries (
    id       INTEGER PRIMARY KEY, -- ms << 20 | sequence, growing
    queue    INTEGER NOT NULL REFERENCES task_queues (id) ON DELETE CASCADE,
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    due_at   INTEGER NOT NULL, -- ms
    delivery INTEGER NOT NULL,
    holder   TEXT    CHECK ((holder IS NULL) = (delivery = 0)),
    message  TEXT    NOT NULL
) STRICT;
CREATE INDEX task_entries_take ON task_entries (queue, priority, due_at, delivery);

-- Newest = greatest id. Either a message or the fields of something that was none.
CREATE TABLE task_dead_letters (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    queue   INTEGER NOT NULL REFERENCES task_queues (id) ON DELETE CASCADE,
    task_id TEXT,
    message TEXT,
    fields  TEXT,
    reason  TEXT    NOT NULL,
    meta    TEXT    NOT NULL,
    dead_at INTEGER NOT NULL, -- us
    CHECK ((message IS NULL) <> (fields IS NULL))
) STRICT;
CREATE INDEX task_dead_letters_queue ON task_dead_letters (queue, id);
CREATE INDEX task_dead_letters_task ON task_dead_letters (task_id);

-- The times of the columns are the true ones; those within the body are the last writer's.
CREATE TABLE task_results (
    id         TEXT    PRIMARY KEY,
    state      TEXT    NOT NULL,
    fence      TEXT,
    created_at INTEGER NOT NULL, -- us
    updated_at INTEGER NOT NULL, -- us
    expires_at INTEGER NOT NULL, -- ms
    body       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX task_results_end ON task_results (expires_at);

CREATE TABLE task_groups (
    id         TEXT    PRIMARY KEY,
    expected   INTEGER NOT NULL,
    claimed_by TEXT,
    expires_at INTEGER NOT NULL, -- ms
    meta       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE task_group_results (
    group_id   TEXT    NOT NULL REFERENCES task_groups (id) ON DELETE CASCADE,
    task_id    TEXT    NOT NULL,
    created_at INTEGER NOT NULL, -- us
    updated_at INTEGER NOT NULL, -- us
    body       TEXT    NOT NULL,
    PRIMARY KEY (group_id, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_heartbeats (
    worker_id  TEXT    PRIMARY KEY,
    expires_at INTEGER NOT NULL, -- ms
    body       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- What was done once and must not be done again: fires of schedules, and calls whose answer may be lost on the way.
CREATE TABLE task_identities (
    identity   TEXT    PRIMARY KEY,
    expires_at INTEGER NOT NULL, -- ms
    answer     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX task_identities_end ON task_identities (expires_at);

CREATE TABLE task_locks (
    key   TEXT    PRIMARY KEY,
    owner TEXT    NOT NULL,
    until INTEGER NOT NULL -- ms
) STRICT, WITHOUT ROWID;

CREATE TABLE task_rates (
    key     TEXT    PRIMARY KEY,
    arrival INTEGER NOT NULL -- ns, theoretical
) STRICT, WITHOUT ROWID;

CREATE TABLE task_revocations (
    namespace    TEXT    NOT NULL,
    task_id      TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    issued_at    INTEGER NOT NULL, -- us
    terminate    INTEGER NOT NULL CHECK (terminate IN (0, 1)),
    reason       TEXT,
    requested_by TEXT,
    expires_at   INTEGER, -- us
    PRIMARY KEY (namespace, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_schedules (
    id        TEXT    PRIMARY KEY,
    version   INTEGER NOT NULL,
    enabled   INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    next_run  INTEGER, -- us
    expire_at INTEGER, -- us
    body      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX task_schedules_due ON task_schedules (next_run) WHERE enabled = 1 AND next_run IS NOT NULL;
CREATE TABLE task_schedule_history (
    id           INTEGER PRIMARY KEY,
    schedule_id  TEXT    NOT NULL,
    scheduled_at INTEGER NOT NULL, -- us
    executed_at  INTEGER NOT NULL, -- us
    success      INTEGER NOT NULL CHECK (success IN (0, 1)),
    duration_ms  INTEGER NOT NULL,
    error        TEXT
) STRICT;
CREATE INDEX task_schedule_history_of ON task_schedule_history (schedule_id, id);

-- Ids below the value of entry_id were given out.
CREATE TABLE task_counters (
    name  TEXT    PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
