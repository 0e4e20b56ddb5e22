package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.seats.store.SeatStore;
import java.io.IOException;

/** The doctor is of the same program as what it looks at, and knows which migration is its last. */
final class SeatSchemaProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SCHEMA-01",
                        Severity.HIGH,
                        "No migration is pending: the store has the schema of this program.",
                        "runbook, section 5: \"Never start the API if … shows unapplied migrations\"",
                        "seat-manager migrate status says what is pending; back up, then seat-manager migrate deploy")
                .requires("V13.1.1", "V16.5.3")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        String seen =
                SeatTarget.of(visit).get("/health").json().path("schemaVersion").asString("none");
        return Observed.of(
                seen.equals(SeatStore.SCHEMA_VERSION), "schema " + SeatStore.SCHEMA_VERSION, "schema " + seen);
    }
}
