package bulwark.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A load generator in a process of its own, so that the node's CPU time can be told from the client's. */
public final class LoadGenerator {
    private final int port;
    private final long pid;
    private final String key;
    private final Path ids;

    /** Requests of each tenth of a second. */
    private static final int PACE = 50;

    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** @param ids file with a fact id on each line, for reads */
    LoadGenerator(BenchNode node, Path ids) {
        this(node.port(), node.pid(), node.key(), ids);
    }

    /**
     * Of any process.
     *
     * @param pid whose CPU time is counted
     * @param header of each request, for the kind {@code paced}
     * @param paths file with a path on each line, for that kind
     */
    public LoadGenerator(int port, long pid, String header, Path paths) {
        this.port = port;
        this.pid = pid;
        this.key = header;
        this.ids = paths;
    }

    /** One result for each run, after requests that only warm the node up: compilers must not share the measured time. */
    public List<LoadResult> run(String kind, int connections, int warm, int requests, int runs)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=512m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadGenerator.class.getName(),
                kind,
                Integer.toString(port),
                Long.toString(pid),
                Integer.toString(connections),
                Integer.toString(warm),
                Integer.toString(requests),
                Integer.toString(runs),
                ids.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("BENCH_KEY", key);
        Process process = builder.start();
        List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException("the load generator failed on " + kind);
        }
        return lines.stream().map(LoadResult::parse).toList();
    }

    /** Below what a service allows one caller, and what it does not fall behind at. */
    private static long[] run(ConnectionLoop loop, int total, boolean paced) throws IOException {
        if (!paced) {
            return loop.run(total);
        }
        long[] took = new long[total];
        for (int done = 0; done < total; done += PACE) {
            long due = System.nanoTime() + PACE_NANOS;
            long[] some = loop.run(Math.min(PACE, total - done));
            System.arraycopy(some, 0, took, done, some.length);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
        return took;
    }

    /** Arguments: kind, port, process id of the node, connections, requests before, requests, runs, file of ids. */
    public static void main(String[] args) throws IOException {
        int connections = Integer.parseInt(args[3]);
        int warm = Integer.parseInt(args[4]);
        int total = Integer.parseInt(args[5]);
        int runs = Integer.parseInt(args[6]);
        List<String> ids =
                args[0].equals("read") || args[0].equals("paced") ? Files.readAllLines(Path.of(args[7])) : List.of();
        long seed = args[0].equals("seed") ? 1 : System.nanoTime();
        Requests requests = new Requests(args[0], System.getenv("BENCH_KEY"), ids, seed);
        long pid = Long.parseLong(args[2]);
        try (ConnectionLoop loop = new ConnectionLoop(Integer.parseInt(args[1]), connections, requests)) {
            boolean paced = args[0].equals("paced");
            run(loop, warm, paced);
            for (int run = 0; run < runs; run++) {
                double cpu = ProcessFigures.cpuSeconds(pid);
                long start = System.nanoTime();
                long[] took = run(loop, total, paced);
                long wall = System.nanoTime() - start;
                System.out.println(LoadResult.of(took, wall, ProcessFigures.cpuSeconds(pid) - cpu)
                        .line());
            }
        }
    }
}
