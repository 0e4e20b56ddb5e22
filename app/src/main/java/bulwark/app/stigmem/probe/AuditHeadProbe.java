package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A store that was rolled back agrees with itself; the doctor remembers a row that it does not have any more. */
final class AuditHeadProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        JsonNode page = node.audit("limit=1");
        long newest = FactTarget.newestSeq(page);
        String id = page.path("entries").path(0).path("id").asString("");
        if (id.isEmpty()) {
            return Observed.error("a row to remember", "the audit log shows no row");
        }
        String now = newest + " " + id;
        Optional<String> before = visit.memory().pinned(PIN, now);
        String expected =
                before.map(row -> "row " + row + ", newest at the last visit").orElse("a row to remember");
        if (before.isEmpty()) {
            return Observed.pass(expected, "row " + now + ", remembered at this visit");
        }
        String[] remembered = before.get().split(" ", 2);
        long seq = Long.parseLong(remembered[0]);
        String there = node.audit("cursor=" + (seq - 1) + "&limit=1")
                .path("entries")
                .path(0)
                .path("id")
                .asString("no row");
        if (newest < seq || !there.equals(remembered[1])) {
            return Observed.fail(expected, "newest is row " + now + "; at " + seq + " stands " + there);
        }
        visit.memory().pinAgain(PIN, now);
        return Observed.pass(expected, "it is there; newest is row " + now);
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-AUDIT-04",
                        Severity.CRITICAL,
                        "The audit log still holds the newest row of the last visit.",
                        "tutorial, step 8 and final verification",
                        "Stop the node, keep both states, and find out what was restored: the doctor's memory has the row that is gone")
                .requires("V16.4.2")
                .sends(3, "nothing");
    }

    private static final String PIN = "facts.audit.head";
}
