package bulwark.facts.recall;

import bulwark.facts.fact.RenderedFact;
import java.util.Comparator;

/** A fact read from the store, with its final score. */
record ScoredFact(Candidate candidate, RenderedFact fact, double score) {
    /** Best first; of equals the newest, then by id: the order of the answer. */
    static final Comparator<ScoredFact> ORDER = Comparator.comparingDouble(ScoredFact::score)
            .reversed()
            .thenComparing((ScoredFact scored) -> scored.candidate.hit().time(), Comparator.reverseOrder())
            .thenComparing(scored -> scored.fact.id());

    static ScoredFact of(Candidate candidate, RenderedFact fact) {
        return new ScoredFact(candidate, fact, candidate.score(fact.contradicted()));
    }

    int tokens() {
        return candidate.hit().tokens();
    }
}
