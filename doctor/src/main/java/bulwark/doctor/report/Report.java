package bulwark.doctor.report;

import bulwark.doctor.probe.Verdict;
import bulwark.kernel.json.StrictJson;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a visit saw. Immutable.
 *
 * @param visitId the mark of its requests
 * @param requests requests and handshakes that it sent
 * @param complete false when it was ended before every selected probe had looked
 * @param probes in the order of their ids
 */
public record Report(
        String target,
        String visitId,
        Instant started,
        long tookMs,
        int requests,
        boolean complete,
        List<ProbeResult> probes) {
    /** Of the JSON form, which only ever grows within a version. */
    public static final int VERSION = 1;

    private static final List<Verdict> ORDER =
            List.of(Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.PASS, Verdict.SKIP);

    public Report {
        target = ReportText.harmless(target);
        probes = List.copyOf(probes);
    }

    public long count(Verdict status) {
        return probes.stream()
                .filter(probe -> probe.status() == status && probe.waiver() == null)
                .count();
    }

    /** For people, and the same in every form: what is red first, then what could not be seen, what is amber, and what holds; what is waived comes last. */
    public List<ProbeResult> inOrder() {
        return probes.stream()
                .sorted(Comparator.comparing((ProbeResult probe) -> probe.waiver() != null)
                        .thenComparing(probe -> ORDER.indexOf(probe.status()))
                        .thenComparing(ProbeResult::id))
                .toList();
    }

    /** One sentence with every count; the same in every form. */
    public String summary() {
        long waived = probes.stream().filter(probe -> probe.waiver() != null).count();
        return count(Verdict.PASS) + " hold, " + count(Verdict.WARN) + " hold here with a reservation, "
                + count(Verdict.FAIL) + " do not hold, " + count(Verdict.ERROR) + " could not be looked at, "
                + count(Verdict.SKIP) + " do not apply" + (waived == 0 ? "" : ", " + waived + " waived") + "; "
                + requests + " requests in " + tookMs / 100 / 10.0 + " s"
                + (complete ? "" : "; the visit was ended early, so this is not the whole");
    }

    /** When the last probe had its result. */
    public Instant finished() {
        return started.plusMillis(tookMs);
    }

    /** 0 nothing refuted, 1 something refuted, 3 something could not be looked at. A refutation goes first. */
    public int exitCode() {
        if (probes.stream().anyMatch(ProbeResult::isRed)) {
            return 1;
        }
        return count(Verdict.ERROR) > 0 || !complete ? 3 : 0;
    }

    /** The JSON form, which programs read and which is signed: UTF-8, members in the order written, one line feed at the end. */
    public byte[] json() {
        return (StrictJson.pretty(members()) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("version", VERSION);
        members.put("target", target);
        members.put("visit", visitId);
        members.put("started", started.toString());
        members.put("took_ms", tookMs);
        members.put("requests", requests);
        members.put("complete", complete);
        members.put("probes", probes.stream().map(Report::members).toList());
        return members;
    }

    private static Map<String, Object> members(ProbeResult probe) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", probe.id());
        members.put("title", probe.title());
        members.put("status", probe.status().word());
        members.put("severity", probe.severity().word());
        members.put("expected", probe.expected());
        members.put("seen", probe.seen());
        members.put("mend", probe.mend());
        members.put("document", probe.document());
        members.put("requirements", probe.requirements());
        members.put("took_ms", probe.tookMs());
        if (probe.waiver() != null) {
            members.put("waiver", probe.waiver());
        }
        return members;
    }
}
