package bulwark.facts.recall;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Fills the budget greedily, best score first; a fact that does not fit is passed over and smaller ones may follow. The
 * result is that of scoring every candidate, but only facts that can still win are read from the store. For one thread.
 */
final class BudgetPacker {
    private static final int CHUNK = 128;

    private final int budget;
    private final int limit;
    private final List<ScoredFact> packed = new ArrayList<>();
    private int used;
    private boolean truncated;

    private BudgetPacker(int budget, int limit) {
        this.budget = budget;
        this.limit = limit;
    }

    /** Reads candidates from the store; those that are no longer there are left out. */
    @FunctionalInterface
    interface Loader {
        List<ScoredFact> load(List<Candidate> candidates) throws SQLException;
    }

    /** @param truncated a fact was passed over because it did not fit */
    record Packed(List<ScoredFact> facts, int tokens, boolean truncated) {}

    static Packed of(List<Candidate> candidates, int budget, int limit, Loader loader) throws SQLException {
        List<Candidate> best = new ArrayList<>(candidates);
        best.sort(Comparator.comparingDouble(Candidate::best).reversed());
        BudgetPacker packing = new BudgetPacker(budget, limit);
        packing.fill(best, loader);
        return new Packed(List.copyOf(packing.packed), packing.used, packing.truncated);
    }

    private void fill(List<Candidate> best, Loader loader) throws SQLException {
        PriorityQueue<ScoredFact> ready = new PriorityQueue<>(ScoredFact.ORDER);
        int next = 0;
        while (packed.size() < limit && (next < best.size() || !ready.isEmpty())) {
            ScoredFact first = ready.peek();
            if (first != null
                    && (next == best.size() || first.score() > best.get(next).best())) {
                ready.poll();
                take(first);
            } else {
                int end = Math.min(best.size(), next + Math.min(CHUNK, limit));
                ready.addAll(loader.load(fitting(best.subList(next, end))));
                next = end;
            }
        }
    }

    private void take(ScoredFact fact) {
        if (fact.tokens() > budget - used) {
            truncated = true;
            return;
        }
        packed.add(fact);
        used += fact.tokens();
    }

    private List<Candidate> fitting(List<Candidate> candidates) {
        List<Candidate> fitting = candidates.stream()
                .filter(candidate -> candidate.hit().tokens() <= budget - used)
                .toList();
        truncated |= fitting.size() < candidates.size();
        return fitting;
    }
}
