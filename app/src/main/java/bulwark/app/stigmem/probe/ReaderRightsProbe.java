package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The doctor's own reading key reads, and neither lists keys nor makes a token: a row of the store whose rights were raised shows here. */
final class ReaderRightsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-AUTH-02",
                        Severity.CRITICAL,
                        "A key may do what it was made for, and nothing more.",
                        "tutorial, step 6: \"audit.read capability required\"",
                        "Run bin/stigmem fsck, which names the row of the key that was changed; then make new keys")
                .requires("V8.2.1", "V8.3.2")
                .sends(3, "two audit rows of refusals");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        int read = node.read("/v1/facts?limit=1").status();
        int keys = node.read("/v1/admin/api-keys").status();
        int audit = node.read("/v1/admin/audit?limit=1").status();
        return Observed.of(
                read == 200 && (keys == 403 || keys == 429) && audit == 403,
                "200 for reading facts, 403 for listing keys (429 when visits follow each other), 403 for the audit log",
                read + " for reading facts, " + keys + " for listing keys, " + audit + " for the audit log");
    }
}
