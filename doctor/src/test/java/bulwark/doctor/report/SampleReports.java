package bulwark.doctor.report;

import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Verdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reports with every verdict, and with texts that a hostile target chose. */
final class SampleReports {
    /** NUL, an escape sequence, a line break, directions turned, half a character, a noncharacter, and what XML, HTML and JSON would read as their own. */
    static final String HOSTILE =
            "a\0b\u001b[2Jc\nd\u202ee\u2066f\ud800g\uffffh ]]> <script>alert('&amp;')</script> \"quoted\" \\u0000 \u05d0\u05d1";

    private SampleReports() {}

    static Report whole() {
        return report(true);
    }

    static Report partial() {
        return report(false);
    }

    static Report empty() {
        return new Report("state-1", "01928374-aaaa-7bbb-8ccc-0123456789ab", Instant.EPOCH, 0, 0, true, List.of());
    }

    private static Report report(boolean complete) {
        return new Report(
                "state-1a2b",
                "01928374-aaaa-7bbb-8ccc-0123456789ab",
                Instant.parse("2026-11-28T10:11:12.345Z"),
                4_321,
                77,
                complete,
                List.of(
                        probe("FACTS-LOG-02", Verdict.PASS, Severity.CRITICAL, "12 records", null),
                        probe("FACTS-TLS-01", Verdict.FAIL, Severity.CRITICAL, HOSTILE, null),
                        probe("HOST-DISK-01", Verdict.FAIL, Severity.MEDIUM, "no room", null),
                        probe("HOST-FILES-01", Verdict.WARN, Severity.HIGH, "mode rw-r--r--", null),
                        probe("HOST-PORTS-02", Verdict.FAIL, Severity.HIGH, "port 80", "J. <Doe> until 2026-12-31"),
                        probe("TASKS-KEYS-01", Verdict.SKIP, Severity.LOW, "not running", null),
                        probe("TASKS-LIVE-01", Verdict.ERROR, Severity.LOW, "could not look: closed", null)));
    }

    private static ProbeResult probe(
            String id, Verdict verdict, Severity severity, String seen, @Nullable String waiver) {
        return new ProbeResult(
                id,
                "Something of " + id + " holds.",
                verdict,
                severity,
                "what a sound one shows & <nothing> else",
                seen,
                "run \"mend\" & look again",
                "tutorial, step 2: \"<Expect>\"",
                List.of("V12.1.1", "V13.3.2"),
                1_234,
                waiver);
    }
}
