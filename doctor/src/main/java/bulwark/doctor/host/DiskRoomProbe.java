package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Verdict;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where evidence cannot be written, nothing is served: a full disk is an outage that announces itself. */
final class DiskRoomProbe implements Probe {
    private static final long MIN_BYTES = 256L << 20;
    private static final long WARN_BYTES = 1L << 30;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-DISK-01",
                        Severity.MEDIUM,
                        "Each folder of the state has room for its next writes.",
                        "tutorial, step 8; runbook, section 3",
                        "Move exports and backups elsewhere, or give the file system more room")
                .requires("V13.1.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> found = new ArrayList<>();
        Verdict verdict = Verdict.PASS;
        long least = Long.MAX_VALUE;
        List<Path> folders;
        try (Stream<Path> all = Files.walk(visit.state(), 1)) {
            folders = all.filter(Files::isDirectory).toList();
        }
        for (Path folder : folders) {
            FileStore store = Files.getFileStore(folder);
            long free = store.getUsableSpace();
            least = Math.min(least, free);
            if (free < WARN_BYTES) {
                found.add(folder + " has " + (free >> 20) + " MiB left");
                verdict = free < MIN_BYTES || verdict == Verdict.FAIL ? Verdict.FAIL : Verdict.WARN;
            }
        }
        return new Observed(
                "1 GiB left or more; less than 256 MiB is a fail",
                found.isEmpty()
                        ? folders.size() + " folders, " + (least >> 20) + " MiB left or more"
                        : FilesClosedProbe.first(found),
                verdict);
    }
}
