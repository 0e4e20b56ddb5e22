package bulwark.doctor.host;

import bulwark.doctor.probe.Fix;
import bulwark.doctor.probe.FixableProbe;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A core file holds every secret of the process that left it. */
final class NoCoreDumpProbe implements FixableProbe {
    private static final String LABEL = "Max core file size";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-CORE-01",
                        Severity.HIGH,
                        "No process leaves a core file when it crashes.",
                        "all documents",
                        "prlimit --pid PID --core=0, and start the process through ./bulwark, which does it")
                .requires("V13.3.1");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> open = new ArrayList<>();
        List<HostProcess> all = HostProcess.of(visit);
        for (HostProcess process : all) {
            String limit = limit(process);
            if (!limit.startsWith("0 ")) {
                open.add(process.words() + " may write " + limit.split("\\s+")[0]);
            }
        }
        return Observed.of(
                open.isEmpty(),
                "a limit of 0 bytes in force",
                open.isEmpty() ? all.size() + " processes, each with a limit of 0" : FilesClosedProbe.first(open));
    }

    private static String limit(HostProcess process) throws IOException {
        return process.value("limits", LABEL).orElse("unknown");
    }

    @Override
    public List<Fix> fixes(Visit visit) throws IOException {
        List<Fix> fixes = new ArrayList<>();
        for (HostProcess process : HostProcess.of(visit)) {
            if (!limit(process).startsWith("0 ")) {
                String pid = Long.toString(process.process().pid());
                fixes.add(new Fix(
                        "prlimit --pid " + pid + " --core=0 ("
                                + process.process().name() + ")",
                        () -> HostCommand.run("prlimit", "--pid", pid, "--core=0")));
            }
        }
        return fixes;
    }
}
