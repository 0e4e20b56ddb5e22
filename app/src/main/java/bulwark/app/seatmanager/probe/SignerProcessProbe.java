package bulwark.app.seatmanager.probe;

import bulwark.doctor.host.HostProcess;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The kernel's table of Unix sockets says which socket is bound at the path, and the process table who holds it. */
final class SignerProcessProbe implements Probe {
    private static final int INODE = 6;
    private static final int PATH = 7;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SIGNER-01",
                        Severity.CRITICAL,
                        "What answers at the signer's socket is a process of its own, and not the API.",
                        "runbook, section 1; seat manager, \"a signer of its own\"",
                        "Start seat-manager signer as a process of its own, and find out who took its socket")
                .requires("V13.3.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        SeatTarget seats = SeatTarget.of(visit);
        HostProcess signer = seats.process(SeatTarget.SIGNER);
        HostProcess api = seats.process(SeatTarget.API);
        String expected = signer.words() + " listens at " + seats.signerSocket() + ", and " + api.words() + " does not";
        List<String> sockets = boundAt(signer, seats.signerSocket());
        boolean own = signer.descriptors().stream().anyMatch(sockets::contains);
        boolean shared = api.descriptors().stream().anyMatch(sockets::contains);
        return Observed.of(
                own && !shared && signer.process().pid() != api.process().pid(),
                expected,
                (own ? "it does" : "it does not") + ", " + (shared ? "and the API does" : "and the API does not")
                        + (signer.process().pid() == api.process().pid() ? "; both are one process" : ""));
    }

    /** As the links of descriptors name them. */
    private static List<String> boundAt(HostProcess process, Path socket) throws IOException {
        List<String> found = new ArrayList<>();
        for (String line : Files.readAllLines(process.folder().resolve("net/unix"))) {
            String[] columns = line.strip().split("\\s+", PATH + 1);
            if (columns.length > PATH && columns[PATH].equals(socket.toString())) {
                found.add("socket:[" + columns[INODE] + "]");
            }
        }
        return found;
    }
}
