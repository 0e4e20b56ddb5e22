package bulwark.doctor.host;

import bulwark.doctor.probe.Fix;
import bulwark.doctor.probe.FixableProbe;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The owner's sockets give keys away and take orders: the mode of the socket itself is what stands before them. */
final class SocketsClosedProbe implements FixableProbe {
    private static final int TYPE_BITS = 0170000;
    private static final int SOCKET = 0140000;

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
        Set<Path> sockets = sockets(visit);
        if (sockets.isEmpty()) {
            throw new ProbeNotApplicable("no process of the target listens on a Unix socket");
        }
        List<String> open = new ArrayList<>();
        for (Path socket : sockets) {
            String mode = mode(socket);
            if (!mode.endsWith("------")) {
                open.add(socket + " has mode " + mode);
            }
        }
        return Observed.of(
                open.isEmpty(),
                "mode rw-------",
                open.isEmpty() ? sockets.size() + " sockets, each its owner's alone" : FilesClosedProbe.first(open));
    }

    @Override
    public List<Fix> fixes(Visit visit) throws IOException {
        List<Fix> fixes = new ArrayList<>();
        for (Path socket : sockets(visit)) {
            if (!mode(socket).endsWith("------")) {
                fixes.add(new Fix("chmod 600 " + socket, () -> FileModes.closeSocket(socket)));
            }
        }
        return fixes;
    }

    private static String mode(Path socket) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(socket, LinkOption.NOFOLLOW_LINKS));
    }

    private static Set<Path> sockets(Visit visit) throws IOException {
        Set<Path> sockets = new HashSet<>();
        // A socket is bound under another name before it gets its own, so the kernel's table does not tell where it
        // lies.
        try (Stream<Path> all = Files.walk(visit.state())) {
            for (Path path : all.toList()) {
                if (isSocket(path)) {
                    sockets.add(path);
                }
            }
        }
        visit.target()
                .parts()
                .values()
                .forEach(part -> part.find("socket").map(Path::of).ifPresent(sockets::add));
        return sockets;
    }

    static boolean isSocket(Path path) throws IOException {
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return (mode & TYPE_BITS) == SOCKET;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }
}
