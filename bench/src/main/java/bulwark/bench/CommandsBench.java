package bulwark.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** How long a command takes from the shell, beside a JVM that does nothing. */
final class CommandsBench {
    private static final int RUNS = 9;

    private final Path repository;
    private final CommandTimer timer;

    CommandsBench(Path repository, Path scratch) {
        this.repository = repository;
        this.timer = new CommandTimer(scratch);
    }

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
        timer.time(command);
        List<CommandTimer.Times> runs =
                IntStream.range(0, RUNS).mapToObj(i -> timer.time(command)).toList();
        double[] wall =
                runs.stream().mapToDouble(CommandTimer.Times::wall).sorted().toArray();
        double[] cpu =
                runs.stream().mapToDouble(CommandTimer.Times::cpu).sorted().toArray();
        System.out.println(MarkdownTable.text(
                "| %s | %.2f / %.2f s | %.2f / %.2f s | %s |",
                name, wall[0], wall[RUNS / 2], cpu[0], cpu[RUNS / 2], wanted));
    }
}
