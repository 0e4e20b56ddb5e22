-- Siblings are looked at strongest first, so that the fact that wins is always among them.
DROP INDEX facts_group;
CREATE INDEX facts_group ON facts (entity, relation, scope, tenant_id, confidence);

-- Only a fact's own source (or an admin, which leaves a system fact) ends it. Earlier versions let anybody end it: those retractions end
-- nothing any more. Earlier versions took the official clients' retraction (value "retracted") for a fact like others: it now ends what
-- its source had said. The table is derived from facts, so it is derived again.
DROP TRIGGER fact_retractions_no_delete;
DELETE FROM fact_retractions WHERE NOT EXISTS (
    SELECT 1 FROM facts f JOIN facts z ON z.id = fact_retractions.retracted_by
    WHERE f.id = fact_retractions.fact_id AND z.source = f.source);
CREATE TRIGGER fact_retractions_no_delete BEFORE DELETE ON fact_retractions BEGIN SELECT RAISE(ABORT, 'retractions are immutable'); END;
INSERT INTO fact_retractions (fact_id, retracted_by)
    SELECT ended, (SELECT y.id FROM facts y WHERE y.row_id = ending) FROM (SELECT f.id AS ended, min(z.row_id) AS ending
    FROM facts z JOIN facts f ON f.entity = z.entity AND f.relation = z.relation AND f.scope = z.scope AND f.tenant_id = z.tenant_id
        AND f.garden_id IS z.garden_id AND f.source = z.source AND f.row_id < z.row_id
    WHERE z.confidence = 0 AND z.value_type = 'string' AND z.value_v = 'retracted' AND f.confidence > 0
        AND (f.expires_at IS NULL OR f.expires_at > z.hlc_wall * 1000)
        AND NOT EXISTS (SELECT 1 FROM fact_retractions r WHERE r.fact_id = f.id)
    GROUP BY f.id);
