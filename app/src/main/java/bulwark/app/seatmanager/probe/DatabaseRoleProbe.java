package bulwark.app.seatmanager.probe;

import bulwark.doctor.host.HostProcess;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.SeatSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The database itself is asked, as the role with which the API runs, what that role may do to the tables that only grow. */
final class DatabaseRoleProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-DATABASE-01",
                        Severity.CRITICAL,
                        "The API's role in the database can alter no table of evidence, and none of its rows.",
                        "runbook, section 5: migrations; seat manager, \"Database\"",
                        "Give the API a role that owns nothing, and run seat-manager migrate deploy with SEAT_MANAGER_DATABASE_MIGRATION_URL: it grants what is needed")
                .requires("V13.2.2", "V16.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        HostProcess api = SeatTarget.of(visit).process(SeatTarget.API);
        Path folder = api.directory();
        Configuration settings = Configuration.readLenient(SeatSettings.schema(), api.variables(), folder);
        StoreLocation store = DatabaseUrl.location(() -> settings, folder);
        if (!store.isShared()) {
            throw new ProbeNotApplicable("no database: this service keeps its store in a file, which has no roles");
        }
        List<String> alterable = store.alterableEvidence();
        return Observed.of(
                alterable.isEmpty(),
                "no right to update, delete, truncate or alter a table of evidence",
                alterable.isEmpty() ? "no such right" : "it may alter " + String.join(", ", alterable));
    }
}
