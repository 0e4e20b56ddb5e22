package bulwark.gateway.control.posture;

import bulwark.gateway.control.posture.Observation.Severity;
import bulwark.gateway.control.posture.Observation.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ./bulwark bench gateway --arena} printed, kept in a file: one row of a table for each proxy, whose last cell is its score between two stars on either side. Read at each look.
 * Immutable.
 */
public final class ResilienceReport {
    private static final String CODE = "resilience_tested";
    private static final Duration MAX_AGE = Duration.ofDays(90);
    private static final double MIN_SCORE = 90;
    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_ROWS = 20;
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| ([^|]{1,100}) \\|.*\\| \\*\\*(\\d{1,3}(?:\\.\\d{1,3})?)\\*\\* \\|$");

    private final @Nullable Path file;

    /** @param file null when none is named */
    public ResilienceReport(@Nullable Path file) {
        this.file = file;
    }

    Observation observe(Instant now) {
        Path report = file;
        if (report == null) {
            return of(
                    Verdict.NOT_OBSERVED,
                    "No report of a resilience test is named; run ./bulwark bench gateway --arena, keep what it prints, and name the file in STOA_POSTURE__ARENA_REPORT_FILE.",
                    Map.of());
        }
        try {
            if (Files.size(report) > MAX_BYTES) {
                throw new IOException("it is larger than 1 MiB");
            }
            return judge(Files.getLastModifiedTime(report).toInstant(), scores(Files.readString(report)), now);
        } catch (IOException e) {
            return of(
                    Verdict.FAIL,
                    "The report that STOA_POSTURE__ARENA_REPORT_FILE names cannot be read; run the test again and keep what it prints.",
                    Map.of("problem", String.valueOf(e.getMessage())));
        }
    }

    private static Map<String, Double> scores(String text) {
        Map<String, Double> scores = new LinkedHashMap<>();
        Matcher row = ROW.matcher(text);
        while (row.find() && scores.size() < MAX_ROWS) {
            scores.put(row.group(1), Double.valueOf(row.group(2)));
        }
        return scores;
    }

    private static Observation judge(Instant made, Map<String, Double> scores, Instant now) {
        double own = scores.entrySet().stream()
                .filter(row -> row.getKey().startsWith("gateway"))
                .mapToDouble(Map.Entry::getValue)
                .findFirst()
                .orElse(-1);
        Map<String, Object> evidence = new LinkedHashMap<>();
        evidence.put("reported_at", made.toString());
        evidence.put("scores", scores);
        if (own < 0) {
            return of(
                    Verdict.FAIL,
                    "The report holds no score of a gateway; keep the whole of what the test prints.",
                    evidence);
        }
        if (made.plus(MAX_AGE).isBefore(now)) {
            return of(Verdict.FAIL, "The last resilience test is older than 90 days; run it again.", evidence);
        }
        return own < MIN_SCORE
                ? of(
                        Verdict.FAIL,
                        "The gateway's score of the last resilience test lies below 90; look at its phases.",
                        evidence)
                : of(
                        Verdict.PASS,
                        "Resilience was tested within 90 days, and calls survived an upstream that dies.",
                        evidence);
    }

    private static Observation of(Verdict verdict, String sentence, Map<String, Object> evidence) {
        return new Observation(CODE, verdict, Severity.MEDIUM, sentence, evidence);
    }
}
