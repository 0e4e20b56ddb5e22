package bulwark.acceptance;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The modules as they lie in the repository: a folder with a POM is one, and one that is no piece of the frame is a part. */
final class SourceTree {
    private static final Path ROOT = SharedMaterial.repository();
    private static final Set<String> FRAME =
            Set.of("kernel", "web", "doctor", "app", "acceptance", "bench", "image", "testkit", "devnet");

    private SourceTree() {}

    static List<String> modules() {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> modulesBut(String... some) {
        return modules().stream().filter(module -> !Set.of(some).contains(module));
    }

    static List<String> parts() {
        return modulesBut(FRAME.toArray(String[]::new)).toList();
    }

    static String text(String relative) {
        return text(ROOT.resolve(relative));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Java files of the program in a module. */
    static List<Path> mainSources(String module) {
        return javaFiles(ROOT.resolve(module).resolve("src/main/java"));
    }

    /** The Java files of the tests of a module. */
    static List<Path> testSources(String module) {
        return javaFiles(ROOT.resolve(module).resolve("src/test/java"));
    }

    private static List<Path> javaFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
