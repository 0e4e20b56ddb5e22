package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** As the log itself shows them: a row that was taken out or put in breaks the chain. */
final class SeatAuditChainProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        SeatTarget.of(visit).owner("/audit-logs").path("items").forEach(rows::add);
        rows.sort(Comparator.comparingLong(row -> row.path("seq").asLong(0)));
        String expected = "each row names the hash of the one before it";
        for (int i = 1; i < rows.size(); i++) {
            JsonNode row = rows.get(i);
            String before = rows.get(i - 1).path("hash").asString("-");
            if (!row.path("previousHash").asString("").equals(before)) {
                return Observed.fail(expected, "row " + row.path("seq").asLong(0) + " does not name the one before it");
            }
        }
        return Observed.pass(expected, "the newest " + rows.size() + " rows do");
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-AUDIT-03",
                        Severity.HIGH,
                        "The newest rows of the audit log follow each other.",
                        "runbook, section 7: audit; seat manager, \"chain head\"",
                        "Run seat-manager fsck, which says what was changed, and keep a copy of the store")
                .requires("V16.4.2");
    }
}
