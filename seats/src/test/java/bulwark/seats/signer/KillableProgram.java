package bulwark.seats.signer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A program of a test in a process of its own, which tells on its output where it stands and is killed there. */
public final class KillableProgram {
    /** The line of a program that ends by itself. */
    public static final String DONE = "DONE";

    private static final long END_SECONDS = 60;

    private KillableProgram() {}

    /**
     * @param log what the program writes to its error stream is appended there
     * @param flags of Java, with the class path
     * @param last which line is waited for
     * @param nanos between that line and the kill; a program that is done ends by itself
     * @return that line
     * @throws AssertionError with the log when the program ended without it
     */
    public static String run(
            Path log, List<String> flags, Class<?> main, List<String> arguments, Predicate<String> last, long nanos)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-Xlog:disable",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(flags);
        command.add(main.getName());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !last.test(line)) {
                line = out.readLine();
            }
            if (line == null) {
                throw new AssertionError("the process ended by itself:\n" + Files.readString(log));
            }
            if (line.equals(DONE)) {
                process.waitFor(END_SECONDS, TimeUnit.SECONDS);
            } else {
                LockSupport.parkNanos(nanos);
            }
            return line;
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
