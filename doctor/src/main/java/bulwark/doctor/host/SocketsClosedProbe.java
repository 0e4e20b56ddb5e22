package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The owner's sockets give keys away and take orders: the mode of the socket itself is what stands before them. */
final class SocketsClosedProbe implements Probe {
    private static final int PATH = 7;
    private static final int FLAGS = 3;
    private static final String ACCEPTING = "00010000";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-SOCKETS-01",
                        Severity.CRITICAL,
                        "Each Unix socket on which a process listens is its owner's alone.",
                        "all documents; docs/decisions/030-owner-sockets.md",
                        "chmod 600 SOCKET, and look who was able to connect meanwhile")
                .requires("V13.2.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Set<Path> sockets = new HashSet<>();
        for (HostProcess process : HostProcess.of(visit)) {
            sockets.addAll(listening(process));
        }
        if (sockets.isEmpty()) {
            throw new ProbeNotApplicable("no process of the target listens on a Unix socket");
        }
        List<String> open = new ArrayList<>();
        for (Path socket : sockets) {
            String mode =
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(socket, LinkOption.NOFOLLOW_LINKS));
            if (!mode.endsWith("------")) {
                open.add(socket + " has mode " + mode);
            }
        }
        return Observed.of(
                open.isEmpty(),
                "mode rw-------",
                open.isEmpty() ? sockets.size() + " sockets, each its owner's alone" : FilesClosedProbe.first(open));
    }

    private static Set<Path> listening(HostProcess process) throws IOException {
        Set<String> own = new HashSet<>(process.descriptors());
        Set<Path> paths = new HashSet<>();
        for (String line : Files.readAllLines(process.folder().resolve("net/unix"), StandardCharsets.UTF_8)) {
            String[] columns = line.strip().split("\\s+", PATH + 1);
            if (columns.length > PATH
                    && columns[FLAGS].equals(ACCEPTING)
                    && columns[PATH].startsWith("/")
                    && own.contains("socket:[" + columns[PATH - 1] + "]")
                    && Files.exists(Path.of(columns[PATH]), LinkOption.NOFOLLOW_LINKS)) {
                paths.add(Path.of(columns[PATH]));
            }
        }
        return paths;
    }
}
