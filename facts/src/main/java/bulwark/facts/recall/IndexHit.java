package bulwark.facts.recall;

/**
 * A fact as the index knows it.
 *
 * @param relevance BM25+ of the query, 0 for a fact that only its entity brought here
 * @param entity see {@link FactDocument#entity}
 * @param time microseconds since the epoch
 * @param tokens share of the budget
 */
record IndexHit(
        int document, float relevance, long row, String id, long entity, double confidence, long time, int tokens) {}
