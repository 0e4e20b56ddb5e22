package bulwark.doctor.report;

import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Verdict;
import java.util.List;
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

    /** A fail that nobody answers for. */
    public boolean isRed() {
        return status == Verdict.FAIL && waiver == null;
    }
}
