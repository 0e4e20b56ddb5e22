-- What waits for limits that give no start: one backlog for each queue and set of limits. It is deleted when it is empty.
CREATE TABLE task_backlogs (
    id     INTEGER PRIMARY KEY,
    queue  INTEGER NOT NULL REFERENCES task_queues (id) ON DELETE CASCADE,
    name   TEXT    NOT NULL, -- of the limits' keys
    limits TEXT    NOT NULL, -- JSON: [key, limit, ms] of each
    due_at INTEGER NOT NULL, -- ms, at which its first entry may start
    UNIQUE (queue, name)
) STRICT;

-- An entry in a backlog is held by nobody, and not visible at any due_at; it comes out by priority and id, and gets a new id then.
ALTER TABLE task_entries ADD COLUMN backlog INTEGER;
ALTER TABLE task_entries ADD COLUMN limits_passed INTEGER NOT NULL DEFAULT 0 CHECK (limits_passed IN (0, 1));

-- To run at once, whatever the clock said when it was published: at the opening of the store it is visible, also when that clock was ahead.
ALTER TABLE task_entries ADD COLUMN at_once INTEGER NOT NULL DEFAULT 0 CHECK (at_once IN (0, 1));
CREATE INDEX task_entries_backlog ON task_entries (backlog, priority DESC, id) WHERE backlog IS NOT NULL;
