package bulwark.testkit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A PKCS#11 token of SoftHSM, the same one for the whole process: a module reads its configuration once, when the first provider loads it.
 *
 * @param library the module
 * @param slot its number
 * @param configuration file that {@code SOFTHSM2_CONF} must name in another process
 */
public record SoftHsmToken(Path library, int slot, String pin, Path configuration) {
    private static final String PROGRAM = "softhsm2-util";
    private static final String PIN = "286286";
    private static final Pattern SLOT = Pattern.compile("slot ([0-9]+)");

    /** Skips the test in one line where SoftHSM is not installed; fails in CI. */
    public static SoftHsmToken ofThisProcess() {
        RequiredProgram.onThePath(PROGRAM);
        return Shared.TOKEN;
    }

    private static final class Shared {
        static final SoftHsmToken TOKEN = create();
    }

    private static SoftHsmToken create() {
        try {
            Path folder = Files.createTempDirectory(
                    "softhsm", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectory(folder.resolve("tokens"));
            Path configuration = folder.resolve("softhsm2.conf");
            Files.writeString(
                    configuration,
                    "directories.tokendir = " + folder.resolve("tokens") + "\nobjectstore.backend = file\n");
            setEnvironment("SOFTHSM2_CONF", configuration.toString());
            Path library = module();
            Shell.Outcome made = Shell.run(
                    folder,
                    Map.of("SOFTHSM2_CONF", configuration.toString()),
                    Duration.ofMinutes(1),
                    List.of(
                            PROGRAM,
                            "--module",
                            library.toString(),
                            "--init-token",
                            "--free",
                            "--label",
                            "treasury",
                            "--so-pin",
                            "28628600",
                            "--pin",
                            PIN));
            Matcher slot = SLOT.matcher(made.out());
            if (made.exitCode() != 0 || !slot.find()) {
                throw new AssertionError("SoftHSM made no token: " + made.out() + made.err());
            }
            return new SoftHsmToken(library, Integer.parseInt(slot.group(1)), PIN, configuration);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Beside the program: {@code usr/bin} and {@code usr/lib}, or a folder there that is named after the machine. */
    private static Path module() throws IOException {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            Path libraries = Path.of(folder).resolveSibling("lib");
            if (!Files.isExecutable(Path.of(folder, PROGRAM)) || !Files.isDirectory(libraries)) {
                continue;
            }
            try (Stream<Path> folders = Stream.concat(Stream.of(libraries), Files.list(libraries))) {
                Optional<Path> found = folders.map(each -> each.resolve("softhsm/libsofthsm2.so"))
                        .filter(Files::isRegularFile)
                        .findFirst();
                if (found.isPresent()) {
                    return found.get().toRealPath();
                }
            }
        }
        throw new AssertionError("libsofthsm2.so is not beside " + PROGRAM);
    }

    /** Of this very process, as its native code sees it. */
    private static void setEnvironment(String name, String value) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) linker.downcallHandle(
                            linker.defaultLookup().find("setenv").orElseThrow(),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT))
                    .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (failed != 0) {
                throw new AssertionError(name + " could not be set");
            }
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
