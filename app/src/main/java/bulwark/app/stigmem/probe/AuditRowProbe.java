package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** The doctor refuses itself something, and looks whether that left its trace. */
final class AuditRowProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        String expected = "an audit row of " + ReaderEnrolment.AUDITOR + " for its refused call, within 2 s";
        long newest = FactTarget.newestSeq(node.audit("limit=1"));
        int refused = visit.client()
                .get(node.plain(), "/v1/facts?limit=1", node.auditor())
                .status();
        if (refused != 403) {
            return Observed.fail(expected, "the call was not refused: status " + refused);
        }
        long from = System.nanoTime();
        for (int i = 0; i < MAX_LOOKS; i++) {
            JsonNode page = node.audit("cursor=" + newest + "&limit=200&principal=" + ReaderEnrolment.AUDITOR);
            for (JsonNode entry : page.path("entries")) {
                if (entry.path("event_type").asString("").equals("access_refused")) {
                    return Observed.pass(
                            expected,
                            "row " + entry.path("seq").asLong(0) + " after " + (System.nanoTime() - from) / 1_000_000
                                    + " ms");
                }
            }
            Thread.sleep(LOOK_INTERVAL);
        }
        return Observed.fail(expected, "no such row after " + (System.nanoTime() - from) / 1_000_000 + " ms");
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-AUDIT-01",
                        Severity.CRITICAL,
                        "A refused call appears in the audit log within two seconds, with its principal.",
                        "tutorial, step 6: \"confirm events are emitted\"",
                        "Read the node's log and run bin/stigmem fsck: evidence is not written")
                .requires("V16.3.2", "V16.2.1")
                .sends(26, "one audit row of a refusal");
    }

    private static final int MAX_LOOKS = 20;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
}
