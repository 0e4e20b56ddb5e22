package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The mark closes the owner's commands to it, and nothing can take it off. */
final class ConfinedProcessesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-CONFINED-01",
                        Severity.HIGH,
                        "What runs other people's code can gain no privilege, and is known by that mark.",
                        "task document, ownership table; docs/decisions/030-owner-sockets.md",
                        "Start it through ./bulwark, or with setpriv --no-new-privs")
                .requires("V13.2.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        TaskTarget target = TaskTarget.of(visit);
        List<String> free = new ArrayList<>();
        for (TargetProcess process : target.part().processes()) {
            boolean marked = Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .anyMatch(line -> line.startsWith("NoNewPrivs:") && line.endsWith("1"));
            if (!marked) {
                free.add(process.name() + " (process " + process.pid() + ")");
            }
        }
        return Observed.of(
                free.isEmpty(),
                "NoNewPrivs: 1 in the kernel's table",
                free.isEmpty()
                        ? target.part().processes().size() + " processes, each marked"
                        : "not marked: " + String.join(", ", free));
    }
}
