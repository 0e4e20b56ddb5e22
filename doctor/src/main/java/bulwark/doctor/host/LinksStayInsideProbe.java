package bulwark.doctor.host;

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
import java.util.stream.Stream;

/** Whoever can place a link decides what a process reads or overwrites through it. */
final class LinksStayInsideProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-FILES-02",
                        Severity.HIGH,
                        "No symbolic link of the state leads out of it.",
                        "all documents; tutorial, step 8: \"storage the node process cannot rewrite\"",
                        "Put the file itself in place of the link")
                .requires("V16.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Path state = visit.state().toRealPath();
        List<String> links = new ArrayList<>();
        try (Stream<Path> all = Files.walk(state)) {
            for (Path link : all.filter(Files::isSymbolicLink).toList()) {
                Path target = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
                if (!target.startsWith(state)) {
                    links.add(state.relativize(link) + " leads to " + target);
                }
            }
        }
        return Observed.of(
                links.isEmpty(),
                "files and folders of its own",
                links.isEmpty() ? "no link leads out" : FilesClosedProbe.first(links));
    }
}
