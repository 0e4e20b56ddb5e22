package bulwark.doctor.report;

import bulwark.doctor.probe.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a report says that the last one did not. Immutable.
 *
 * @param broken refuted now and not then
 * @param mended refuted then, and seen to hold now
 * @param still refuted both times, or refuted then and not looked at now: nobody saw it mended
 */
public record SinceLastVisit(List<String> broken, List<String> mended, List<String> still) {
    public SinceLastVisit {
        broken = List.copyOf(broken);
        mended = List.copyOf(mended);
        still = List.copyOf(still);
    }

    /** @param before the words of the last verdicts, by id */
    public static SinceLastVisit of(Report report, Map<String, String> before) {
        List<String> broken = new ArrayList<>();
        List<String> mended = new ArrayList<>();
        List<String> still = new ArrayList<>();
        for (ProbeResult probe : report.probes()) {
            boolean red = probe.status() == Verdict.FAIL;
            boolean was = Verdict.FAIL.word().equals(before.get(probe.id()));
            boolean unseen = probe.status() == Verdict.ERROR;
            if (red || was) {
                (was && (red || unseen) ? still : red ? broken : mended).add(probe.id());
            }
        }
        return new SinceLastVisit(broken, mended, still);
    }

    /** Three lines for people. */
    public List<String> lines() {
        return List.of(line("new", broken), line("mended", mended), line("still so", still));
    }

    private static String line(String label, List<String> ids) {
        return String.format("%-8s  ", label) + (ids.isEmpty() ? "nothing" : String.join(", ", ids));
    }
}
