package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import tools.jackson.databind.JsonNode;

/** A row that follows a call of the doctor's own bears the node's time. */
final class AuditClockProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        Instant before = visit.clock().instant();
        long newest = FactTarget.newestSeq(node.audit("limit=1"));
        int ignored = node.read("/v1/admin/api-keys").status();
        for (int i = 0; i < MAX_LOOKS; i++) {
            for (JsonNode entry : node.audit("cursor=" + newest + "&limit=1").path("entries")) {
                Instant at = OffsetDateTime.parse(entry.path("ts").asString("")).toInstant();
                Instant after = visit.clock().instant();
                boolean holds = !at.isBefore(before.minus(MAX_SKEW)) && !at.isAfter(after.plus(MAX_SKEW));
                return Observed.of(
                        holds,
                        "a time between " + before + " and " + after + ", " + MAX_SKEW.toSeconds() + " s more or less",
                        "row " + entry.path("seq").asLong(0) + " of " + at);
            }
            Thread.sleep(LOOK_INTERVAL);
        }
        throw new IOException("no audit row came within " + MAX_LOOKS + " looks, so its clock cannot be seen");
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-AUDIT-03",
                        Severity.MEDIUM,
                        "The audit log's clock is the doctor's, to five seconds.",
                        "tutorial, step 6; evidence is ordered by time",
                        "Let both machines follow one time service")
                .requires("V16.2.2")
                .sends(2, "one audit row of a refusal");
    }

    private static final Duration MAX_SKEW = Duration.ofSeconds(5);
    private static final int MAX_LOOKS = 20;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
}
