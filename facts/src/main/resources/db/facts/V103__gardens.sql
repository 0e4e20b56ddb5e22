CREATE TABLE gardens (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT    NOT NULL,
    slug        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    scope       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    created_by  TEXT    NOT NULL,
    created_at  TEXT    NOT NULL,
    quarantine  INTEGER NOT NULL,
    deleted_at  TEXT
) STRICT;
-- A deleted garden keeps its row: its facts stay, unreadable, and its slug can be used again.
CREATE UNIQUE INDEX gardens_slug ON gardens (tenant_id, slug) WHERE deleted_at IS NULL;

CREATE TABLE garden_members (
    garden_id  TEXT NOT NULL REFERENCES gardens (id),
    entity_uri TEXT NOT NULL,
    role       TEXT NOT NULL,
    added_by   TEXT NOT NULL,
    added_at   TEXT NOT NULL,
    PRIMARY KEY (garden_id, entity_uri)
) STRICT, WITHOUT ROWID;
CREATE INDEX garden_members_entity ON garden_members (entity_uri);

-- Moves with each change of gardens or members, so that cached rights are judged by the snapshot that asks.
CREATE TABLE garden_version (
    version INTEGER NOT NULL
) STRICT;
INSERT INTO garden_version (version) VALUES (0);
