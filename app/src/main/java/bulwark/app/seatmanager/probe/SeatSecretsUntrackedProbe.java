package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** In the index of the work tree that the folder lies in, which is what the next commit takes. Git itself is not run: it obeys what it finds there. */
final class SeatSecretsUntrackedProbe implements Probe {
    private static final long MAX_INDEX = 256L << 20;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SECRETS-03",
                        Severity.CRITICAL,
                        "The file of the two HMAC secrets is in no version control.",
                        "runbook, section 2: \"Never commit these secrets to git\"",
                        "git rm --cached .env, then seat-manager secrets rotate session and step-up: what was committed stays known")
                .requires("V13.3.1", "V13.4.1");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Path file = SeatTarget.of(visit).folder().toRealPath().resolve(".env");
        String expected = "no work tree around it, or one whose index does not name it";
        Optional<Path> tree = workTree(file);
        if (tree.isEmpty()) {
            return Observed.pass(expected, "no work tree around " + file);
        }
        Path index = tree.get().resolve(".git/index");
        if (!Files.isRegularFile(index)) {
            return Observed.pass(expected, "the work tree " + tree.get() + " has an empty index");
        }
        if (Files.size(index) > MAX_INDEX) {
            return Observed.error(expected, "the index " + index + " is too long to be read");
        }
        String name = tree.get().relativize(file).toString();
        boolean tracked = names(Files.readString(index, StandardCharsets.ISO_8859_1), name);
        return Observed.of(
                !tracked, expected, "the index of " + tree.get() + (tracked ? " names " : " does not name ") + name);
    }

    /** A name ends with a zero byte, and before it stand two bytes of flags, whose lower twelve bits are its length. Source: gitformat-index(5), versions 2 and 3. */
    private static boolean names(String index, String name) {
        int length = Math.min(name.length(), 0xFFF);
        for (int at = index.indexOf(name + "\0"); at >= 2; at = index.indexOf(name + "\0", at + 1)) {
            int flags = index.charAt(at - 2) << 8 | index.charAt(at - 1);
            if ((flags & 0xFFF) == length) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Path> workTree(Path file) {
        for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".git"))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }
}
