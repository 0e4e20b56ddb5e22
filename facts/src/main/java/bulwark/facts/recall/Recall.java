package bulwark.facts.recall;

import static bulwark.web.ApiRefusal.Kind.UNAVAILABLE;

import bulwark.facts.FactsAuditEvents;
import bulwark.facts.chain.ChainProof;
import bulwark.facts.chain.FactChain;
import bulwark.facts.fact.FactCache;
import bulwark.facts.fact.IsoInstants;
import bulwark.facts.garden.GardenAccess;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.RequestMemory;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Finds the facts that bear on a question, best first, within a budget of tokens. Thread-safe. */
public final class Recall {
    private static final double[] BOUNDS = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

    private final Store store;
    private final RecallIndex index;
    private final FactCache facts;
    private final GardenAccess gardens;
    private final FactChain chain;
    private final AuditLog audit;
    private final RecallLog log;
    private final Clock clock;
    private final Metrics metrics;

    public Recall(
            Store store,
            RecallIndex index,
            FactCache facts,
            GardenAccess gardens,
            FactChain chain,
            AuditLog audit,
            RecallLog log,
            Clock clock,
            Metrics metrics) {
        this.store = store;
        this.index = index;
        this.facts = facts;
        this.gardens = gardens;
        this.chain = chain;
        this.audit = audit;
        this.log = log;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * @param memory pays for facts before they are read from the store
     * @param prove whether the whole chain is verified before the answer, and every fact read from the store
     * @throws ApiRefusal when a fact or the chain fails its integrity check, and while the index is rebuilt
     */
    RecallResponse answer(Principal principal, RecallQuery query, boolean prove, RequestMemory memory) {
        long start = System.nanoTime();
        List<QueryWord> words = index.words(query.query());
        CandidateRanker.Reading reading = new CandidateRanker.Reading(facts, prove, new ArrayList<>(), memory);
        Result result = ranked(principal, query, words, reading);
        metrics.time(
                "stigmem_recall_ranker_duration",
                Duration.ofNanos(System.nanoTime() - start),
                BOUNDS,
                "tenant",
                principal.tenant());
        ChainProof proof = prove ? chain.prove(principal.tenant()) : null;
        String id = UUID.randomUUID().toString();
        RecallResponse answer = new RecallResponse(
                id, Digests.sha256Hex(query.query()), result.packed(), result.scored(), query.tokenBudget(), proof);
        record(principal, query, answer);
        return answer;
    }

    private record Result(BudgetPacker.Packed packed, int scored) {}

    private Result ranked(
            Principal principal, RecallQuery query, List<QueryWord> words, CandidateRanker.Reading reading) {
        index.awaitCurrent();
        long state = facts.state();
        Result result;
        try {
            result = store.read(tx -> search(principal, query, words, reading, tx));
        } catch (RecallIndex.IndexDamaged e) {
            index.awaitCurrent();
            result = rankAgain(principal, query, words, reading);
        }
        facts.keep(reading.loaded(), state);
        return result;
    }

    private Result rankAgain(
            Principal principal, RecallQuery query, List<QueryWord> words, CandidateRanker.Reading reading) {
        try {
            return store.read(tx -> search(principal, query, words, reading, tx));
        } catch (RecallIndex.IndexDamaged e) {
            throw new ApiRefusal(UNAVAILABLE, "recall_index_busy", "the search index is damaged; try again", Map.of());
        }
    }

    private Result search(
            Principal principal, RecallQuery query, List<QueryWord> words, CandidateRanker.Reading reading, ReadTx tx)
            throws SQLException {
        Instant now = clock.instant();
        IndexSearch.Visible visible = new IndexSearch.Visible(
                principal.tenant(),
                query.scope().wire(),
                gardens.readable(tx, principal),
                query.minConfidence(),
                IsoInstants.micros(now));
        return index.search(searcher -> {
            CandidateRanker ranking =
                    new CandidateRanker(tx, new IndexSearch(searcher, visible), visible, query, now, reading);
            List<Candidate> candidates = ranking.candidates(words);
            BudgetPacker.Packed packed = BudgetPacker.of(candidates, query.tokenBudget(), query.limit(), ranking::load);
            return new Result(packed, candidates.size());
        });
    }

    private void record(Principal principal, RecallQuery query, RecallResponse answer) {
        BudgetPacker.Packed packed = answer.packed();
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("recall_id", answer.id());
        detail.put("query_hash", answer.queryHash());
        detail.put("scope", query.scope().wire());
        detail.put("token_budget", query.tokenBudget());
        detail.put("facts_returned", packed.facts().size());
        detail.put("tokens_used", packed.tokens());
        detail.put("truncated", packed.truncated());
        audit.appendLater(
                FactsAuditEvents.FACT_READ.event(principal.entityUri(), principal.tenant(), null, null, detail));
        log.add(principal, query, answer);
        metrics.count(
                "stigmem_fact_read",
                "principal",
                metrics.principal(principal.entityUri()),
                "tenant",
                principal.tenant());
    }
}
