package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The jar that a process was started with is the one of the first visit: an upgrade is known to somebody, and anything else is a find. */
final class ProgramUnchangedProbe implements Probe {
    static final String PIN = "host.program";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-PROGRAM-01",
                        Severity.CRITICAL,
                        "All processes run one program, the one of the first visit.",
                        "tutorial, step 7: \"Pull and verify the image\"",
                        "After an upgrade of your own: bulwark doctor pins forget " + PIN
                                + ". Else ./bulwark reproduce tells" + " whether the program is that of the sources")
                .requires("V13.2.6");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        TreeSet<String> programs = new TreeSet<>();
        List<String> gone = new ArrayList<>();
        for (HostProcess process : HostProcess.of(visit)) {
            Optional<Path> program = program(process);
            if (program.isEmpty() || !Files.isRegularFile(program.get())) {
                gone.add(process.words());
            } else {
                programs.add(digest(program.get()));
            }
        }
        String expected = "one program file for all processes, with the digest of the first visit";
        if (!gone.isEmpty() || programs.size() != 1) {
            return Observed.fail(
                    expected,
                    gone.isEmpty()
                            ? programs.size() + " programs: " + String.join(", ", programs)
                            : "no program file any more: " + String.join(", ", gone));
        }
        String now = programs.first();
        Optional<String> before = visit.memory().pinned(PIN, now);
        return Observed.of(
                before.isEmpty() || before.get().equals(now),
                expected,
                "SHA-256 " + now
                        + (before.isEmpty()
                                ? ", pinned at this visit"
                                : before.get().equals(now) ? ", as pinned" : ", pinned was " + before.get()));
    }

    /** The jar behind {@code -jar}, or the first entry of the class path that is a jar. */
    private static Optional<Path> program(HostProcess process) throws IOException {
        List<String> words = process.commandLine();
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals("-jar")) {
                return Optional.of(Path.of(words.get(i + 1)));
            }
            if (words.get(i).equals("-cp")) {
                return List.of(words.get(i + 1).split(":", -1)).stream()
                        .filter(entry -> entry.endsWith(".jar"))
                        .map(Path::of)
                        .findFirst();
            }
        }
        return Optional.empty();
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = Digests.newSha256();
        byte[] chunk = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
