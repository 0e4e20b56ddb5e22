package bulwark.doctor.host;

import bulwark.doctor.probe.Fix;
import bulwark.doctor.probe.FixableProbe;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A run file tells others whom to ask. One that a crash left behind names a number which the system gives to any process some day. */
final class RunFilesLiveProbe implements FixableProbe {
    private static final String SUFFIX = ".run.json";
    private static final int DEPTH = 4;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-RUN-01",
                        Severity.MEDIUM,
                        "Each run file is of a process that runs.",
                        "all documents; docs/decisions/030-owner-sockets.md",
                        "bulwark doctor --fix, which removes it; look in the log why the process ended")
                .requires("V13.1.1");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> stale = new ArrayList<>();
        List<Path> all = runFiles(visit.state());
        for (Path file : all) {
            if (isStale(file)) {
                stale.add(visit.state().relativize(file).toString());
            }
        }
        return Observed.of(
                stale.isEmpty(),
                "the number of a process that is older than the file",
                stale.isEmpty()
                        ? all.size() + " run files, each of a process that runs"
                        : "left behind: " + FilesClosedProbe.first(stale));
    }

    @Override
    public List<Fix> fixes(Visit visit) throws IOException {
        List<Fix> fixes = new ArrayList<>();
        for (Path file : runFiles(visit.state())) {
            if (isStale(file)) {
                fixes.add(new Fix("rm " + file, () -> {
                    // A process may have written a new one since it was looked at.
                    if (isStale(file)) {
                        OwnerOnlyFiles.delete(file);
                    }
                }));
            }
        }
        return fixes;
    }

    private static boolean isStale(Path file) throws IOException {
        String name = file.getFileName().toString();
        return RunFile.ofRunning(file.resolveSibling(name.substring(0, name.length() - SUFFIX.length())))
                .isEmpty();
    }

    private static List<Path> runFiles(Path state) throws IOException {
        try (Stream<Path> all = Files.walk(state, DEPTH)) {
            return all.filter(path -> path.toString().endsWith(SUFFIX) && Files.isRegularFile(path))
                    .toList();
        } catch (java.io.UncheckedIOException changed) {
            throw new IOException("the state folder cannot be read whole: " + changed.getMessage(), changed);
        }
    }
}
