package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.fact.RenderedFact;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BudgetPackerTest {
    private static final byte[] NO_BYTES = {};
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void a_budget_too_small_for_anything_gives_an_empty_truncated_answer() throws SQLException {
        BudgetPacker.Packed packed = BudgetPacker.of(List.of(candidate("a", 1, 5, 0)), 1, 100, all(Set.of()));
        assertThat(packed).isEqualTo(new BudgetPacker.Packed(List.of(), 0, true));
    }

    @Test
    void a_smaller_fact_follows_one_that_does_not_fit() throws SQLException {
        List<Candidate> candidates = List.of(candidate("big", 1, 90, 0), candidate("small", 0.5f, 10, 0));
        BudgetPacker.Packed packed = BudgetPacker.of(candidates, 20, 100, all(Set.of()));
        assertThat(packed.facts()).extracting(s -> s.fact().id()).containsExactly("small");
        assertThat(packed.truncated()).isTrue();
    }

    @Test
    void equal_scores_are_ordered_newest_first_and_then_by_id() throws SQLException {
        List<Candidate> candidates = List.of(
                candidate("b", 1, 1, 10), candidate("c", 1, 1, 20), candidate("a", 1, 1, 10), candidate("d", 1, 1, 5));
        BudgetPacker.Packed packed = BudgetPacker.of(candidates, 100, 100, all(Set.of()));
        assertThat(packed.facts()).extracting(s -> s.fact().id()).containsExactly("c", "a", "b", "d");
    }

    @Test
    void reading_only_possible_winners_gives_the_answer_of_scoring_everything() throws SQLException {
        Random random = new Random(20260101);
        for (int round = 0; round < 500; round++) {
            List<Candidate> candidates = new ArrayList<>();
            Set<String> contradicted = new HashSet<>();
            int count = random.nextInt(400);
            for (int i = 0; i < count; i++) {
                String id = "fact-" + i;
                candidates.add(candidate(id, random.nextInt(20) / 20f, 1 + random.nextInt(50), random.nextInt(3)));
                if (random.nextInt(3) == 0) {
                    contradicted.add(id);
                }
            }
            int budget = 1 + random.nextInt(1500);
            int limit = 1 + random.nextInt(200);
            BudgetPacker.Packed packed = BudgetPacker.of(candidates, budget, limit, all(contradicted));
            assertThat(packed.tokens()).isLessThanOrEqualTo(budget);
            assertThat(packed.facts().stream().mapToInt(ScoredFact::tokens).sum())
                    .isEqualTo(packed.tokens());
            assertThat(packed.facts()).isEqualTo(everythingScored(candidates, contradicted, budget, limit));
            Collections.shuffle(candidates, random);
            assertThat(BudgetPacker.of(candidates, budget, limit, all(contradicted)))
                    .isEqualTo(packed);
        }
    }

    private static List<ScoredFact> everythingScored(
            List<Candidate> candidates, Set<String> contradicted, int budget, int limit) throws SQLException {
        List<ScoredFact> scored = new ArrayList<>(all(contradicted).load(candidates));
        scored.sort(ScoredFact.ORDER);
        List<ScoredFact> packed = new ArrayList<>();
        int used = 0;
        for (ScoredFact fact : scored) {
            if (packed.size() < limit && used + fact.tokens() <= budget) {
                packed.add(fact);
                used += fact.tokens();
            }
        }
        return packed;
    }

    private static BudgetPacker.Loader all(Set<String> contradicted) {
        return candidates -> candidates.stream()
                .map(c -> ScoredFact.of(c, fact(c, contradicted.contains(c.hit().id()))))
                .toList();
    }

    private static Candidate candidate(String id, float relevance, int tokens, long time) {
        IndexHit hit = new IndexHit(0, relevance, 1, id, 7, 1, time, tokens);
        return Candidate.of(hit, 0, 1, RecallQuery.Weights.DEFAULT, NOW);
    }

    private static RenderedFact fact(Candidate c, boolean contradicted) {
        return new RenderedFact(
                c.hit().id(),
                "default",
                "company",
                null,
                NO_BYTES,
                0,
                contradicted,
                false,
                1,
                Long.MAX_VALUE,
                Long.MAX_VALUE);
    }
}
