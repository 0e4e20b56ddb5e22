package bulwark.app;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the launcher's copy of the program quick to start; run once after a build with the folder {@code lib} as argument.
 *
 * <p>JAR signatures come off: the JVM does not ask for them (whoever could change a jar could drop its signature too; what was
 * fetched is held by the build), but a signed class is verified at each start and cannot be in the start-up cache. Native
 * libraries come out, to a folder {@code native} beside {@code lib}: their loaders would unpack them anew at each start.
 */
final class ProgramCopy {
    private static final String SQLITE = "org/sqlite/native/Linux/%s/libsqlitejdbc.so";
    private static final String CORRETTO = "com/amazon/corretto/crypto/provider/libamazonCorrettoCryptoProvider.so";

    private ProgramCopy() {}

    public static void main(String[] arguments) throws IOException {
        Path libraries = Path.of(arguments[0]);
        Path natives = Files.createDirectories(libraries.resolveSibling("native"));
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        try (Stream<Path> jars = Files.list(libraries)) {
            for (Path jar :
                    jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                try (FileSystem zip = FileSystems.newFileSystem(jar)) {
                    copyOut(zip.getPath(SQLITE.formatted(machine)), natives);
                    copyOut(zip.getPath(CORRETTO), natives);
                    dropSignatures(zip.getPath("META-INF"));
                }
            }
        }
    }

    private static void copyOut(Path library, Path natives) throws IOException {
        if (Files.exists(library)) {
            Files.copy(library, natives.resolve(library.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void dropSignatures(Path meta) throws IOException {
        if (!Files.isDirectory(meta)) {
            return;
        }
        try (Stream<Path> files = Files.list(meta)) {
            List<Path> signatures = files.filter(file -> file.toString().matches(".*\\.(SF|RSA|DSA|EC)"))
                    .toList();
            for (Path signature : signatures) {
                Files.delete(signature);
            }
        }
    }
}
