package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.RecordedDecision;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The doctor calls and is refused, and looks whether both left their trace: who, which route, which rule, from where. */
final class GatewayDecisionRecordProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-EVIDENCE-01",
                        Severity.CRITICAL,
                        "A call and a refusal stand in the decision records within two seconds, with principal, route and reason.",
                        "page, \"Data (encryption at rest, audit trail)\"; box 10; DORA: incident reporting; NIS2: incident handling",
                        "Look at the gateway's log and at the disk of STOA_STATE_DIR; run bin/stoa evidence fsck")
                .requires("V16.2.1", "V16.3.2")
                .sends(2, "two decision records");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        EvidenceFolder folder = new EvidenceFolder(gateway.store());
        Instant since = visit.clock().instant().minusSeconds(60);
        WireAnswer allowed =
                gateway.front().ask("GET", gateway.path(), gateway.viewer(), "X-Forwarded-For: 203.0.113.7");
        WireAnswer refused = gateway.front().ask("POST", gateway.path(), gateway.viewer(), "Content-Length: 0");
        long from = System.nanoTime();
        String missing = "";
        for (int i = 0; i < MAX_LOOKS; i++) {
            missing = missing(folder, since, allowed, "allow", "")
                    + missing(folder, since, refused, "refuse", "insufficient_scope");
            if (missing.isEmpty()) {
                return Observed.pass(EXPECTED, "both, after " + (System.nanoTime() - from) / 1_000_000 + " ms");
            }
            Thread.sleep(LOOK_INTERVAL);
        }
        return Observed.fail(EXPECTED, missing + "after " + (System.nanoTime() - from) / 1_000_000 + " ms");
    }

    private static final String EXPECTED =
            "a record of each with the doctor's name and tenant, the route, the decision and the peer's own address";
    private static final int MAX_LOOKS = 20;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

    /** Empty when all is there. */
    private static String missing(EvidenceFolder folder, Instant since, WireAnswer call, String decision, String code)
            throws IOException {
        String trace = call.value("X-Stoa-Trace-Id");
        List<RecordedDecision> found =
                folder.query(new DecisionQuery(since, null, null, null, null, trace.isEmpty() ? "none" : trace, 2));
        if (found.isEmpty()) {
            return "no record of the call that was answered " + call.status() + "; ";
        }
        RecordedDecision record = found.getLast();
        boolean holds = record.text("decision").equals(decision)
                && record.text("code").equals(code)
                && record.text("principal").contains(GatewayEnrolment.SUBJECT)
                && !record.text("tenant").isEmpty()
                && !record.text("route").isEmpty()
                && !record.text("client").contains("203.0.113.7")
                && record.number("status") == call.status();
        return holds
                ? ""
                : "the record of the call that was answered " + call.status() + " says " + record.text("decision") + " "
                        + record.text("code") + " for " + record.text("principal") + " from " + record.text("client")
                        + "; ";
    }
}
