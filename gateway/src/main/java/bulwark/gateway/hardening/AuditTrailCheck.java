package bulwark.gateway.hardening;

import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.hardening.BoxFinding.Observation;
import bulwark.gateway.state.GatewayStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Makes a call, and looks for its record. */
final class AuditTrailCheck {
    private static final Duration RECORD_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private AuditTrailCheck() {}

    static BoxFinding of(HardeningTarget target, Clock clock) {
        Observation seen = new Observation();
        Instant since = clock.instant().minusSeconds(5);
        String id = "hardening-check-" + Long.toString(System.nanoTime(), 36);
        try {
            int status = target.front()
                    .get("/hardening-check", "X-Request-ID: " + id)
                    .status();
            boolean recorded = isRecorded(target, since, id);
            seen.judge(
                    recorded,
                    "a call that was just made and answered " + status + " stands in the journal",
                    "a call that was just made and answered " + status + " does not stand in the journal of "
                            + target.stateFolder());
        } catch (IOException e) {
            seen.bad("no call could be made and looked for: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            seen.unseen("the look at the journal was interrupted");
        }
        seen.unseen(
                target.settings().text("STOA_OPENSEARCH_URL").isEmpty()
                        ? "STOA_OPENSEARCH_URL is not set: records stay on this machine"
                        : "records are sent to " + target.settings().text("STOA_OPENSEARCH_URL"));
        return seen.of(HardeningBox.AUDIT_TRAIL);
    }

    private static boolean isRecorded(HardeningTarget target, Instant since, String id)
            throws IOException, InterruptedException {
        EvidenceFolder folder = new EvidenceFolder(GatewayStore.file(target.stateFolder()));
        DecisionQuery query = new DecisionQuery(since, null, null, null, null, id, 1);
        long deadline = System.nanoTime() + RECORD_TIMEOUT.toNanos();
        List<RecordedDecision> found = folder.query(query);
        while (found.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(POLL_INTERVAL);
            found = folder.query(query);
        }
        return !found.isEmpty();
    }
}
