package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Without a descriptor left nothing is accepted, opened or synced. */
final class DescriptorRoomProbe implements Probe {
    private static final String LABEL = "Max open files";
    private static final int MAX_PERCENT = 80;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-DESCRIPTORS-01",
                        Severity.MEDIUM,
                        "Each process has descriptors left.",
                        "all documents",
                        "Raise the limit (ulimit -n), or find out what keeps them open (ls -l /proc/PID/fd)")
                .requires("V13.1.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> found = new ArrayList<>();
        int most = 0;
        List<HostProcess> all = HostProcess.of(visit);
        for (HostProcess process : all) {
            int open = process.descriptors().size();
            most = Math.max(most, open);
            String limit = process.value("limits", LABEL).orElse("unlimited").split("\\s+")[0];
            if (!limit.equals("unlimited") && open * 100L > Long.parseLong(limit) * MAX_PERCENT) {
                found.add(process.words() + " has " + open + " of " + limit + " open");
            }
        }
        return Observed.of(
                found.isEmpty(),
                "at most " + MAX_PERCENT + " % of the limit in use",
                found.isEmpty()
                        ? all.size() + " processes, with " + most + " descriptors at most"
                        : FilesClosedProbe.first(found));
    }
}
