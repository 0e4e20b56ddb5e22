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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The rows of the ownership table, by the kernel's own rules: owner and mode of each key file, user of each process. */
final class KeyFilesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-KEYS-01",
                        Severity.CRITICAL,
                        "Private keys are readable by the process that signs, and by no other.",
                        "task document, ownership table",
                        "chmod 600 the file, and give worker, beat and commands a user each (deploy/systemd)")
                .requires("V13.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        TaskTarget target = TaskTarget.of(visit);
        String expected = "each private key of mode rw-------, of a user who is not the worker's";
        List<String> open = new ArrayList<>();
        List<String> shared = new ArrayList<>();
        TargetProcess worker = target.process("worker");
        Object user = Files.getAttribute(Path.of("/proc", Long.toString(worker.pid())), "unix:uid");
        for (Path key : List.of(
                target.keys().resolve("private"),
                target.keys().resolve("operator"),
                target.state().resolve("command-keys"))) {
            if (!Files.exists(key)) {
                continue;
            }
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(key));
            if (!mode.endsWith("------")) {
                open.add(target.state().relativize(key) + " has mode " + mode);
            } else if (Files.getAttribute(key, "unix:uid").equals(user)) {
                shared.add(target.state().relativize(key).toString());
            }
        }
        if (!open.isEmpty()) {
            return Observed.fail(expected, String.join("; ", open));
        }
        return shared.isEmpty()
                ? Observed.pass(expected, "closed to others, and none is of the worker's user")
                : Observed.warn(
                        expected,
                        "closed to others, but the worker's user " + user + " owns " + String.join(", ", shared)
                                + ": under ./bulwark up one user runs all. A production deployment has a user for each process");
    }
}
