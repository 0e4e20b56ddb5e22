package bulwark.facts.recall;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A fact that may be in the answer, scored from what the index knows. Components are rounded before they are used, so that
 * the answer depends on no more than what it shows.
 *
 * @param hops distance of its entity from the best hits; 0 for a fact that contains words of the query
 * @param weighted weighted mean of the components
 */
record Candidate(IndexHit hit, int hops, double lexical, double graph, double recency, double weighted) {
    /** As facts show it: asserted here by an authenticated caller, without a discount. */
    static final double SOURCE_TRUST = 1.0;

    private static final double CONTRADICTED = 0.1;

    /** @param best relevance of the best hit of this recall */
    static Candidate of(IndexHit hit, int hops, float best, RecallQuery.Weights weights, Instant now) {
        double lexical = best > 0 ? round(hit.relevance() / (double) best, 1e4) : 0;
        double graph = round(1.0 / (1 + hops), 1e4);
        double recency = recency(hit.time(), now);
        double sum = weights.lexical() * lexical
                + weights.graph() * graph
                + weights.sourceTrust() * SOURCE_TRUST
                + weights.recency() * recency;
        return new Candidate(hit, hops, lexical, graph, recency, sum / weights.sum());
    }

    /** The score that it has unless it is contradicted. */
    double best() {
        return score(false);
    }

    double score(boolean contradicted) {
        return round(weighted * Math.max(0, hit.confidence()) * (contradicted ? CONTRADICTED : 1), 1e6);
    }

    private static double recency(long timeMicros, Instant now) {
        long ageMicros = TimeUnit.MILLISECONDS.toMicros(now.toEpochMilli()) - timeMicros;
        long days = Math.max(0, TimeUnit.MICROSECONDS.toDays(ageMicros));
        return round(Math.max(0, 1 - days / 365.0), 1e4);
    }

    private static double round(double value, double scale) {
        return Math.rint(value * scale) / scale;
    }
}
