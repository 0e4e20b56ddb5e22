-- Spellings by the form that look-alikes share (NFKC and case folded), for warnings only: relations and sources each, of entities
-- those that differ from their form (the others are found by the index of facts). Names in gardens are not here.
CREATE TABLE name_forms (
    tenant_id TEXT NOT NULL,
    kind      TEXT NOT NULL,
    form      TEXT NOT NULL,
    spelling  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, form, spelling)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO name_forms (tenant_id, kind, form, spelling)
    SELECT DISTINCT tenant_id, 'relation', lower(relation), relation FROM facts
    WHERE garden_id IS NULL AND relation NOT GLOB '*[^ -~]*';
INSERT OR IGNORE INTO name_forms (tenant_id, kind, form, spelling)
    SELECT DISTINCT tenant_id, 'source', lower(source), source FROM facts
    WHERE garden_id IS NULL AND source NOT GLOB '*[^ -~]*';
