package bulwark.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A program in Go of one file that knows the standard library and {@code golang.org/x/mod}: the opinion of code that is not ours. */
public final class GoProgram {
    private static final String COMPILER = "go";

    private final Path program;

    private GoProgram(Path program) {
        this.program = program;
    }

    /** Compiles it. Skips the test in one line where Go is not installed; fails in CI. @param folder of this test */
    public static GoProgram compile(Path source, Path folder) throws IOException, InterruptedException {
        RequiredProgram.onThePath(COMPILER);
        Path compiler = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(entry -> Path.of(entry, COMPILER))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
        // Unpacked beside the program, or installed: usr/bin/go, usr/lib/go-VERSION and usr/share/gocode.
        Path root = compiler.toRealPath().resolve("../..").normalize();
        String libraries = compiler.resolveSibling("../share/gocode").normalize() + ":"
                + SharedMaterial.repository().resolve(".bulwark/tools/usr/share/gocode");
        Path program = folder.resolve("program");
        Map<String, String> environment = Map.of(
                "GOROOT",
                root.toString(),
                "GOPATH",
                libraries,
                "GO111MODULE",
                "off",
                "GOFLAGS",
                "",
                "CGO_ENABLED",
                "0",
                "GOCACHE",
                folder.resolve("cache").toString());
        Shell.Outcome compiled = Shell.run(
                folder,
                environment,
                Duration.ofMinutes(4),
                List.of(compiler.toString(), "build", "-o", program.toString(), source.toString()));
        if (compiled.exitCode() != 0) {
            throw new AssertionError("Go does not compile " + source + ": " + compiled.out() + compiled.err());
        }
        return new GoProgram(program);
    }

    /** What it prints. @throws AssertionError when it ends with an error */
    public String run(Path folder, Path... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        Stream.of(arguments).map(Path::toString).forEach(command::add);
        Shell.Outcome outcome = Shell.run(folder, Map.of(), Duration.ofMinutes(2), command);
        if (outcome.exitCode() != 0) {
            throw new AssertionError("the program in Go failed: " + outcome.err());
        }
        return outcome.out();
    }
}
