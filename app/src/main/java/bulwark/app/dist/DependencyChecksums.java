package bulwark.app.dist;

import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The SHA-256 of every jar that the build may use, held in the tree ({@code dependencies.sha256}, in the form of {@code sha256sum}, paths as inside of a Maven
 * repository). What was fetched is compared with it before a program is made of it.
 */
final class DependencyChecksums {
    private final Path list;
    private final Map<String, String> expected;

    private DependencyChecksums(Path list, Map<String, String> expected) {
        this.list = list;
        this.expected = expected;
    }

    /** @throws IllegalArgumentException for a line that is no digest and path */
    static DependencyChecksums read(Path list) throws IOException {
        Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(list)) {
            if (!line.matches("[0-9a-f]{64}  [^ ].*")) {
                throw new IllegalArgumentException(list + ": not a SHA-256 and a path: " + line);
            }
            expected.put(line.substring(66), line.substring(0, 64));
        }
        return new DependencyChecksums(list, expected);
    }

    /** @return one sentence for each library that is not listed or differs; empty when all are as listed */
    List<String> checkLibraries(List<Component> components) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Component component : components) {
            if (component.own()) {
                continue;
            }
            String digest = expected.get(component.repositoryPath());
            if (digest == null) {
                problems.add(component.repositoryPath() + " is not listed in " + list.getFileName()
                        + "; after a wanted change of dependencies run ./bulwark checksums and look at the difference");
            } else if (!digest.equals(sha256(component.file()))) {
                problems.add(differs(component.file()));
            }
        }
        return problems;
    }

    /** Every listed jar that lies in this repository, build plug-ins and test libraries included. @return as {@link #checkLibraries} */
    List<String> checkRepository(Path repository) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, String> entry : expected.entrySet()) {
            Path jar = repository.resolve(entry.getKey());
            if (Files.isRegularFile(jar) && !entry.getValue().equals(sha256(jar))) {
                problems.add(differs(jar));
            }
        }
        return problems;
    }

    private String differs(Path jar) {
        return jar + " is not the file that " + list.getFileName()
                + " lists: it was damaged or exchanged. Delete it, so that Maven fetches it again; if it still differs, do not run it";
    }

    static String sha256(Path file) throws IOException {
        return Digests.sha256Hex(Files.readAllBytes(file));
    }
}
