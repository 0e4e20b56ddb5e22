package bulwark.doctor.bundle;

import bulwark.doctor.probe.Verdict;
import bulwark.doctor.report.ProbeResult;
import bulwark.doctor.report.Report;
import java.util.List;
import java.util.function.Predicate;

/** What a statement takes from a report. */
public final class ReportStatement {
    private ReportStatement() {}

    public static PostureStatement.Visited visit(Report report) {
        return new PostureStatement.Visited(
                report.target(),
                report.visitId(),
                report.started(),
                report.started().plusMillis(report.tookMs()));
    }

    /** A probe that somebody answers for stands among the waived, whatever it saw. */
    public static PostureStatement.Verdicts verdicts(Report report) {
        return new PostureStatement.Verdicts(
                ids(report, Verdict.PASS),
                ids(report, Verdict.WARN),
                ids(report, Verdict.FAIL),
                ids(report, Verdict.ERROR),
                ids(report, Verdict.SKIP),
                ids(report, probe -> probe.waiver() != null));
    }

    private static List<String> ids(Report report, Verdict status) {
        return ids(report, probe -> probe.waiver() == null && probe.status() == status);
    }

    private static List<String> ids(Report report, Predicate<ProbeResult> which) {
        return report.probes().stream().filter(which).map(ProbeResult::id).toList();
    }
}
