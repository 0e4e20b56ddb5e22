package bulwark.doctor.report;

import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one probe saw.
 *
 * @param status as it was observed, also of a probe that is waived
 * @param requirements of OWASP ASVS 5.0
 * @param tookMs milliseconds
 * @param waiver who answers for it until when, or null
 */
public record ProbeResult(
        String id,
        String title,
        Verdict status,
        Severity severity,
        String expected,
        String seen,
        String mend,
        String document,
        List<String> requirements,
        long tookMs,
        @Nullable String waiver) {
    public ProbeResult {
        title = ReportText.harmless(title);
        expected = ReportText.harmless(expected);
        seen = ReportText.harmless(seen);
        mend = ReportText.harmless(mend);
        waiver = waiver == null ? null : ReportText.harmless(waiver);
        requirements = List.copyOf(requirements);
    }

    public ProbeResult waived(String by) {
        return new ProbeResult(id, title, status, severity, expected, seen, mend, document, requirements, tookMs, by);
    }

    /** The same probe, refuted for another reason. */
    public ProbeResult failed(String reason) {
        return new ProbeResult(
                id,
                title,
                Verdict.FAIL,
                severity,
                expected,
                seen + "; " + reason,
                mend,
                document,
                requirements,
                tookMs,
                null);
    }

    /** The first word of the id, in small letters. */
    public String part() {
        return id.substring(0, Math.max(0, id.indexOf('-'))).toLowerCase(Locale.ROOT);
    }

    /** How people see its verdict at a glance. */
    public String mark() {
        return waiver == null ? status.word() : "waived";
    }

    /** Labels and texts, in the order in which every form shows them: a mend only where there is something to mend. */
    public Map<String, String> observation() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("expected", expected);
        words.put("seen", seen);
        if (status == Verdict.FAIL || status == Verdict.WARN) {
            words.put("mend", mend);
        }
        if (waiver != null) {
            words.put("waiver", waiver);
        }
        return words;
    }

    /** The observation as lines of text. */
    String text() {
        return observation().entrySet().stream()
                .map(line -> line.getKey() + ": " + line.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** A fail that nobody answers for. */
    public boolean isRed() {
        return status == Verdict.FAIL && waiver == null;
    }
}
