package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Opens the file for plain writing, and writes nothing: where that succeeds, whoever runs as this user can rewrite history. */
final class LogAppendOnlyProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-LOG-01",
                        Severity.HIGH,
                        "The transparency log can be appended to and not rewritten.",
                        "tutorial, step 8: \"storage the node process cannot rewrite outside append-only operation\"",
                        "chattr +a LOG as root, or put STIGMEM_TL_LOCAL_PATH on storage that appends only")
                .requires("V16.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Path log = FactTarget.of(visit).part().path("log");
        String expected = "opening for plain writing fails, as chattr +a makes it";
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(log));
        if (mode.charAt(4) == 'w' || mode.charAt(7) == 'w') {
            return Observed.fail(expected, "mode " + mode + ": other users may rewrite it");
        }
        try (FileChannel opened = FileChannel.open(log, StandardOpenOption.WRITE)) {
            return Observed.warn(
                    expected,
                    "opened for plain writing (" + opened.size() + " bytes, mode " + mode
                            + "): the node's user can rewrite it. The"
                            + " doctor's memory notices at the next visit; append-only storage prevents it");
        } catch (IOException refused) {
            return Observed.pass(expected, "refused: " + refused.getMessage());
        }
    }
}
