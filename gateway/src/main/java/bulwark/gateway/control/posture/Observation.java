package bulwark.gateway.control.posture;

import bulwark.gateway.control.schema.BodySchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One thing that was looked at. Immutable.
 *
 * @param code stable
 * @param severity of a failure
 * @param sentence what was found, and what would mend it
 * @param evidence counts and ids that it follows from
 */
record Observation(String code, Verdict verdict, Severity severity, String sentence, Map<String, Object> evidence) {
    private static final int MAX_IDS = 20;

    /** What was found. */
    enum Verdict {
        PASS,
        FAIL,
        /** There is nothing to look at, or it cannot be seen from here. */
        NOT_OBSERVED
    }

    /** What a failure costs of a score of a hundred. */
    enum Severity {
        CRITICAL(10),
        HIGH(5),
        MEDIUM(2),
        LOW(0.5);

        private final double cost;

        Severity(double cost) {
            this.cost = cost;
        }

        double cost() {
            return cost;
        }
    }

    static final BodySchema SCHEMA = BodySchema.of("Observation")
            .text("code", 100)
            .choice("verdict", "pass", "fail", "not_observed")
            .choice("severity", "critical", "high", "medium", "low")
            .text("detail", 2_000)
            .anyObject("evidence");

    Observation {
        evidence = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    }

    /** One that passes unless something was found. @param found ids of what is wrong */
    static Observation of(String code, Severity severity, int looked, List<String> found, String good, String bad) {
        Map<String, Object> evidence = new LinkedHashMap<>();
        evidence.put("looked_at", looked);
        evidence.put("found", found.size());
        if (!found.isEmpty()) {
            evidence.put("ids", found.stream().limit(MAX_IDS).toList());
        }
        Verdict verdict = looked == 0 ? Verdict.NOT_OBSERVED : found.isEmpty() ? Verdict.PASS : Verdict.FAIL;
        String sentence = switch (verdict) {
            case PASS -> good;
            case FAIL -> bad;
            case NOT_OBSERVED -> "There is nothing of the kind to look at.";
        };
        return new Observation(code, verdict, severity, sentence, evidence);
    }

    double cost() {
        return verdict == Verdict.FAIL ? severity.cost : 0;
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("code", code);
        members.put("verdict", verdict.name().toLowerCase(Locale.ROOT));
        members.put("severity", severity.name().toLowerCase(Locale.ROOT));
        members.put("detail", sentence);
        members.put("evidence", evidence);
        return members;
    }
}
