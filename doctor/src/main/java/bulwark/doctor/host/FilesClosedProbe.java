package bulwark.doctor.host;

import bulwark.doctor.probe.Fix;
import bulwark.doctor.probe.FixableProbe;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Each file and folder by itself: a key's own mode counts, whatever the folders above it allow. */
final class FilesClosedProbe implements FixableProbe {
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private static final Set<PosixFilePermission> WRITERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** What the launcher builds beside the state of the parts, and the folder of both: no secret is in it, so that anybody may read it, and nobody else may change it. */
    private static final Set<String> PROGRAM = Set.of(
            "",
            "build.lock",
            "build.log",
            "dependencies-cached",
            "looked-at",
            "program",
            "tools",
            "training.log",
            "unchecked-classes");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-FILES-01",
                        Severity.CRITICAL,
                        "No file or folder of the state can be read or written by another user.",
                        "all documents; tutorial, step 1: \"store ca.key securely\"",
                        "chmod -R go= STATE")
                .requires("V13.3.2", "V16.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> open = new ArrayList<>();
        int[] seen = {0};
        try (Stream<Path> all = Files.walk(visit.state())) {
            all.forEach(path -> {
                seen[0]++;
                Path inside = visit.state().relativize(path);
                String mode = openMode(path, refused(inside));
                if (!mode.isEmpty()) {
                    open.add((inside.toString().isEmpty() ? "the folder itself" : inside) + " (" + mode + ")");
                }
            });
        } catch (java.io.UncheckedIOException changed) {
            throw new IOException("the state folder cannot be read whole: " + changed.getMessage(), changed);
        }
        return Observed.of(
                open.isEmpty(),
                "modes without a right for group or others; of the program beside it, without a right to change it",
                open.isEmpty() ? seen[0] + " files and folders, each closed" : "open to others: " + first(open));
    }

    /** Takes away exactly the rights that the probe refuses. */
    @Override
    public List<Fix> fixes(Visit visit) throws IOException {
        List<Fix> fixes = new ArrayList<>();
        try (Stream<Path> all = Files.walk(visit.state())) {
            for (Path path : all.toList()) {
                Set<PosixFilePermission> refused = refused(visit.state().relativize(path));
                if (!openMode(path, refused).isEmpty()) {
                    fixes.add(new Fix(
                            "chmod " + (refused.equals(WRITERS) ? "go-w " : "go-rw ") + path,
                            () -> FileModes.remove(path, refused)));
                }
            }
        } catch (java.io.UncheckedIOException changed) {
            throw new IOException("the state folder cannot be read whole: " + changed.getMessage(), changed);
        }
        return fixes;
    }

    private static Set<PosixFilePermission> refused(Path inside) {
        return PROGRAM.contains(inside.getName(0).toString()) ? WRITERS : OTHERS;
    }

    static String first(List<String> all) {
        List<String> some = all.stream().sorted().limit(5).toList();
        return String.join(", ", some)
                + (all.size() > some.size() ? " and " + (all.size() - some.size()) + " more" : "");
    }

    private static String openMode(Path path, Set<PosixFilePermission> wanted) {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean open = !attributes.isSymbolicLink()
                    && attributes.permissions().stream().anyMatch(wanted::contains);
            return open ? java.nio.file.attribute.PosixFilePermissions.toString(attributes.permissions()) : "";
        } catch (NoSuchFileException gone) {
            return "";
        } catch (IOException unreadable) {
            return "cannot be looked at";
        }
    }
}
