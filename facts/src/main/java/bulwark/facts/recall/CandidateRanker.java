package bulwark.facts.recall;

import bulwark.facts.fact.FactCache;
import bulwark.facts.fact.RenderedFact;
import bulwark.facts.graph.GraphWalk;
import bulwark.facts.graph.Neighbour;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.web.RequestMemory;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds and scores the candidates of one recall: words first, then the neighbourhood of the best hits. For one thread. */
final class CandidateRanker {
    private static final int MAX_CANDIDATES = 500;
    private static final int SEEDS = 5;
    private static final int MAX_NEIGHBOURS = 50;

    /** A token is four characters of the fact, which lies in memory as read and as rendered. */
    private static final int BYTES_PER_TOKEN = 32;

    private static final int BYTES_PER_FACT = 2048;
    private static final String ANY_RETRACTED = "SELECT 1 FROM fact_retractions LIMIT 1";
    private static final String RETRACTED =
            "SELECT fact_id FROM fact_retractions WHERE fact_id IN (SELECT value FROM json_each(?))";

    private final ReadTx tx;
    private final IndexSearch index;
    private final IndexSearch.Visible visible;
    private final RecallQuery query;
    private final Instant now;
    private final Reading reading;

    /**
     * How facts are read.
     *
     * @param stored every fact comes from the store, whatever the cache holds
     * @param loaded what came from the store
     * @param memory pays for what is loaded, before it is
     */
    record Reading(FactCache cache, boolean stored, List<RenderedFact> loaded, RequestMemory memory) {}

    CandidateRanker(
            ReadTx tx,
            IndexSearch index,
            IndexSearch.Visible visible,
            RecallQuery query,
            Instant now,
            Reading reading) {
        this.reading = reading;
        this.tx = tx;
        this.index = index;
        this.visible = visible;
        this.query = query;
        this.now = now;
    }

    /** In no order; without what was retracted. A signal of weight 0 selects nothing. */
    List<Candidate> candidates(List<QueryWord> words) throws IOException, SQLException {
        boolean byWords = query.weights().lexical() > 0;
        boolean byGraph = query.neighbours() && query.weights().graph() > 0;
        if (!byWords && !byGraph) {
            return List.of();
        }
        // Without weight, words still tell where the neighbourhood begins.
        List<IndexHit> lexical = new LexicalSearch(index).find(words, query.limit());
        float best = lexical.isEmpty() ? 0 : lexical.getFirst().relevance();
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        if (byWords) {
            lexical.forEach(hit -> candidates.put(hit.id(), candidate(hit, 0, best)));
        }
        if (byGraph && !lexical.isEmpty()) {
            Map<Long, Integer> distances = neighbourhood(lexical);
            for (IndexHit hit : about(distances.keySet(), MAX_CANDIDATES - candidates.size())) {
                candidates.putIfAbsent(hit.id(), candidate(hit, distances.getOrDefault(hit.entity(), 1), best));
            }
        }
        candidates.keySet().removeAll(retracted(candidates.keySet()));
        return List.copyOf(candidates.values());
    }

    /** What is not cached is read, and checked against its CID on the way. */
    List<ScoredFact> load(List<Candidate> candidates) throws SQLException {
        List<ScoredFact> scored = new ArrayList<>(candidates.size());
        Map<String, Candidate> missing = new HashMap<>();
        for (Candidate candidate : candidates) {
            RenderedFact known = known(candidate.hit().id());
            if (known == null) {
                missing.put(candidate.hit().id(), candidate);
            } else if (visible.covers(known)) {
                scored.add(ScoredFact.of(candidate, known));
            }
        }
        if (!missing.isEmpty()) {
            reading.memory.take(missing.values().stream()
                    .mapToLong(c ->
                            BYTES_PER_FACT + (long) BYTES_PER_TOKEN * c.hit().tokens())
                    .sum());
            List<Long> rows = missing.values().stream().map(c -> c.hit().row()).toList();
            for (RenderedFact fact : FactCache.read(tx, rows, now)) {
                Candidate candidate = missing.get(fact.id());
                if (candidate != null && visible.covers(fact)) {
                    scored.add(ScoredFact.of(candidate, fact));
                    reading.loaded.add(fact);
                }
            }
        }
        return scored;
    }

    private @Nullable RenderedFact known(String id) {
        return reading.stored ? null : reading.cache.ifPresent(id);
    }

    private Candidate candidate(IndexHit hit, int hops, float best) {
        return Candidate.of(hit, hops, best, query.weights(), now);
    }

    private Map<Long, Integer> neighbourhood(List<IndexHit> lexical) throws SQLException {
        GraphWalk.Rules rules = new GraphWalk.Rules(
                visible.tenant(),
                visible.scope(),
                visible.gardens(),
                relation -> true,
                visible.minConfidence(),
                visible.now(),
                true,
                MAX_NEIGHBOURS);
        Map<Long, Integer> distances = new LinkedHashMap<>();
        for (Neighbour neighbour :
                GraphWalk.from(tx, entitiesOfBest(lexical), query.depth(), rules, reading.memory()::take)) {
            distances.put(FactDocument.entity(neighbour.entity()), neighbour.hops());
        }
        return distances;
    }

    private List<String> entitiesOfBest(List<IndexHit> lexical) throws SQLException {
        List<String> entities = new ArrayList<>();
        PreparedStatement select = tx.statement("SELECT entity FROM facts WHERE row_id = ?");
        for (IndexHit hit : lexical.subList(0, Math.min(SEEDS, lexical.size()))) {
            select.setLong(1, hit.row());
            try (ResultSet rows = select.executeQuery()) {
                if (rows.next()) {
                    entities.add(rows.getString(1));
                }
            }
        }
        return entities;
    }

    private List<IndexHit> about(Collection<Long> entities, int most) throws IOException {
        return entities.isEmpty() || most <= 0 ? List.of() : index.about(entities, most);
    }

    private Set<String> retracted(Collection<String> ids) throws SQLException {
        try (ResultSet any = tx.statement(ANY_RETRACTED).executeQuery()) {
            if (!any.next()) {
                return Set.of();
            }
        }
        Set<String> retracted = new HashSet<>();
        PreparedStatement select = tx.statement(RETRACTED);
        select.setString(1, StrictJson.text(List.copyOf(ids)));
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                retracted.add(rows.getString(1));
            }
        }
        return retracted;
    }
}
