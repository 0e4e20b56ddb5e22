package bulwark.app.docs;

import bulwark.app.cli.CommandContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Writes the reference documents into the repository that this program was built from. */
@Command(name = "docs", hidden = true, description = "Write the generated reference documents.")
public final class DocsCommand implements Callable<Integer> {
    private final CommandContext context;

    DocsCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        Path repository = Path.of(System.getProperty("bulwark.repository", ""));
        Path scratch = Files.createTempDirectory("bulwark-docs");
        try {
            for (Map.Entry<String, String> document :
                    ReferenceDocuments.generate(scratch).entrySet()) {
                Path file = repository.resolve(document.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, document.getValue());
                if (document.getValue().startsWith("#!")) {
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
                context.out().println("wrote " + document.getKey());
            }
        } finally {
            remove(scratch);
        }
        return 0;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
