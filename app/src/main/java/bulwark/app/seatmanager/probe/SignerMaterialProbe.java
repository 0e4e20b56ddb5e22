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
import java.util.TreeSet;

/** By the kernel's own tables: what the API's descriptors lead to, and which files lie in its memory. */
final class SignerMaterialProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-KEY-02",
                        Severity.CRITICAL,
                        "The API holds nothing of the signer open, neither in a descriptor nor in its memory.",
                        "runbook, section 1: \"Signing Key Isolation\"",
                        "Find out what opened the file in the API's process, restart the process, and change the key")
                .requires("V13.3.2", "V13.3.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        SeatTarget seats = SeatTarget.of(visit);
        HostProcess api = seats.process(SeatTarget.API);
        Path signer = seats.folder().resolve("signer");
        List<String> open = new ArrayList<>(api.descriptors());
        for (String line : Files.readAllLines(api.folder().resolve("maps"))) {
            int path = line.indexOf('/');
            if (path >= 0) {
                open.add(line.substring(path));
            }
        }
        TreeSet<String> found = new TreeSet<>();
        open.stream()
                .filter(each -> each.startsWith("/") && Path.of(each).startsWith(signer))
                .forEach(found::add);
        return Observed.of(
                found.isEmpty(),
                "nothing below " + signer,
                found.isEmpty()
                        ? api.words() + " has " + open.size() + " descriptors and mapped files, none of the signer"
                        : api.words() + " has open " + String.join(", ", found));
    }
}
