package bulwark.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How long a command takes from the shell, beside a JVM that does nothing. */
final class CommandsBench {
    private static final int RUNS = 9;

    private final Path repository;
    private final Path scratch;

    CommandsBench(Path repository, Path scratch) {
        this.repository = repository;
        this.scratch = scratch;
    }

    /** Seconds. */
    private record Run(double wall, double cpu) {}

    void run() throws IOException {
        System.out.println(Machine.describe());
        System.out.println("| command | wall, best / median | CPU, best / median | wanted |");
        System.out.println("| --- | --- | --- | --- |");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        figure("a bare JVM (`java -version`), the floor", "", java.toString(), "-version");
        figure("`stem --help`", "0.4 s", bin("stem"), "--help");
        figure("`stigmem --help`", "0.4 s", bin("stigmem"), "--help");
        figure("`stem schedule dry-run`", "0.6 s", bin("stem"), "schedule", "dry-run", "--spec", "*/5 * * * *");
        figure("`stem schedule list`, embedded store", "0.6 s", bin("stem"), "schedule", "list");
    }

    private String bin(String name) {
        return repository.resolve("bin").resolve(name).toString();
    }

    private void figure(String name, String wanted, String... command) throws IOException {
        once(command);
        List<Run> runs = IntStream.range(0, RUNS).mapToObj(i -> once(command)).toList();
        double[] wall = runs.stream().mapToDouble(Run::wall).sorted().toArray();
        double[] cpu = runs.stream().mapToDouble(Run::cpu).sorted().toArray();
        System.out.println(MarkdownTable.text(
                "| %s | %.2f / %.2f s | %.2f / %.2f s | %s |",
                name, wall[0], wall[RUNS / 2], cpu[0], cpu[RUNS / 2], wanted));
    }

    /** The shell's own stop watch counts the processor time of everything that the launcher starts. */
    private Run once(String... command) {
        String[] shell = {"bash", "-c", "TIMEFORMAT='%R %U %S'; time \"$@\" >/dev/null 2>&1", "bash"};
        String[] all = Arrays.copyOf(shell, shell.length + command.length);
        System.arraycopy(command, 0, all, shell.length, command.length);
        try {
            Process process = new ProcessBuilder(all)
                    .directory(scratch.toFile())
                    .redirectErrorStream(true)
                    .start();
            String times = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed");
            }
            double[] seconds = Arrays.stream(times.strip().split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            return new Run(seconds[0], seconds[1] + seconds[2]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
