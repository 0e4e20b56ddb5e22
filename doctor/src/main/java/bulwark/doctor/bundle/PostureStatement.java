package bulwark.doctor.bundle;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a doctor states of a deployment: an in-toto Statement v1 with the predicate test-result v0.1. The predicate has lists for what passed,
 * warned and failed; ours has two more, in the member {@code bulwark}, so that the id of each probe stands in exactly one list.
 *
 * @param subjects names of what was looked at, or written, and the SHA-256 of each in lower-case hex; at least one
 * @param visit which run it was, and of what
 * @param probes the ids by their verdicts
 */
public record PostureStatement(Map<String, String> subjects, Visited visit, Verdicts probes) {
    public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
    private static final String TYPE = "https://in-toto.io/Statement/v1";
    private static final String PREDICATE = "https://in-toto.io/attestation/test-result/v0.1";
    private static final String DETAILS = "bulwark";

    public PostureStatement {
        subjects = new TreeMap<>(subjects);
        if (subjects.isEmpty() || !subjects.values().stream().allMatch(digest -> digest.matches("[0-9a-f]{64}"))) {
            throw new IllegalArgumentException("a statement has a subject, and each a SHA-256 in hex");
        }
    }

    /**
     * @param target name of the deployment
     * @param id of the run
     * @param started when it began
     * @param finished when its last probe ended
     */
    public record Visited(String target, String id, Instant started, Instant finished) {}

    /** Ids, each in one list. @param error could not be looked at @param skip does not apply @param waived refuted, and somebody answers for it */
    public record Verdicts(
            List<String> pass,
            List<String> warn,
            List<String> fail,
            List<String> error,
            List<String> skip,
            List<String> waived) {
        public Verdicts {
            pass = List.copyOf(pass);
            warn = List.copyOf(warn);
            fail = List.copyOf(fail);
            error = List.copyOf(error);
            skip = List.copyOf(skip);
            waived = List.copyOf(waived);
            Set<String> seen = new HashSet<>();
            for (List<String> list : List.of(pass, warn, fail, error, skip, waived)) {
                for (String id : list) {
                    if (!seen.add(id)) {
                        throw new IllegalArgumentException("the probe " + id + " stands in two lists, or twice in one");
                    }
                }
            }
            if (seen.isEmpty()) {
                throw new IllegalArgumentException("a statement has at least one probe");
            }
        }

        /** What could not be looked at is no pass. */
        String result() {
            return !fail.isEmpty() || !error.isEmpty()
                    ? "FAILED"
                    : !warn.isEmpty() || !waived.isEmpty() ? "WARNED" : "PASSED";
        }
    }

    /** The payload: canonical JSON. */
    public byte[] json() {
        List<Map<String, Object>> subject = new ArrayList<>();
        subjects.forEach((name, digest) -> subject.add(Map.of("name", name, "digest", Map.of("sha256", digest))));
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("erroredTests", probes.error);
        details.put("skippedTests", probes.skip);
        details.put("waivedTests", probes.waived);
        details.put("target", visit.target);
        details.put("visit", visit.id);
        details.put("started", visit.started.toString());
        details.put("finished", visit.finished.toString());
        Map<String, Object> predicate = new LinkedHashMap<>();
        predicate.put("result", probes.result());
        predicate.put("configuration", List.of());
        predicate.put("passedTests", probes.pass);
        predicate.put("warnedTests", probes.warn);
        predicate.put("failedTests", probes.fail);
        predicate.put(DETAILS, details);
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("_type", TYPE);
        statement.put("subject", subject);
        statement.put("predicateType", PREDICATE);
        statement.put("predicate", predicate);
        return CanonicalJson.bytes(statement);
    }

    /** @throws BundleRefused when it is not exactly what {@link #json} writes */
    public static PostureStatement parse(byte[] payload) throws BundleRefused {
        try {
            JsonNode statement = StrictJson.parse(payload);
            JsonNode predicate = statement.path("predicate");
            JsonNode details = predicate.path(DETAILS);
            Map<String, String> subjects = new LinkedHashMap<>();
            for (JsonNode subject : statement.path("subject")) {
                subjects.put(
                        subject.path("name").stringValue(""),
                        subject.path("digest").path("sha256").stringValue(""));
            }
            PostureStatement read = new PostureStatement(
                    subjects,
                    new Visited(
                            details.path("target").stringValue(""),
                            details.path("visit").stringValue(""),
                            Instant.parse(details.path("started").stringValue("")),
                            Instant.parse(details.path("finished").stringValue(""))),
                    new Verdicts(
                            ids(predicate, "passedTests"),
                            ids(predicate, "warnedTests"),
                            ids(predicate, "failedTests"),
                            ids(details, "erroredTests"),
                            ids(details, "skippedTests"),
                            ids(details, "waivedTests")));
            if (java.util.Arrays.equals(read.json(), payload)) {
                return read;
            }
            throw new BundleRefused("the statement has other members than this version of the program writes");
        } catch (StrictJson.JsonRefused | IllegalArgumentException | DateTimeException e) {
            throw new BundleRefused("the statement is not one of a doctor: " + e.getMessage());
        }
    }

    private static List<String> ids(JsonNode object, String list) {
        List<String> ids = new ArrayList<>();
        object.path(list).forEach(id -> ids.add(id.stringValue("")));
        return ids;
    }
}
