package bulwark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Every figure that we quote of the fact node, each beside its ceiling measured in the same run. */
final class FactsBench {
    private static final int CONNECTIONS = 64;
    private static final int FACTS = 100_000;
    private static final int PER_RUN = 20_000;
    private static final int RUNS = 5;
    private static final int WARM = 60_000;

    private final Path scratch;
    private final MarkdownTable table = new MarkdownTable();
    private final String key = BenchNode.newKey();

    FactsBench(Path scratch) {
        this.scratch = scratch;
    }

    void run() throws IOException, InterruptedException, SQLException {
        // First, while the disk has nothing else to write.
        empty();
        disk();
        writes();
        reads();
        System.out.println(Machine.describe());
        System.out.println();
        System.out.println(table);
    }

    private void empty() throws IOException, InterruptedException {
        say("starts on empty stores");
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            seconds.add(startOnce(folder("empty" + i)));
        }
        starts("ready from exec, empty store", seconds, "< 0.8 s");
    }

    private void disk() throws IOException, SQLException {
        say("disk");
        double syncs = DiskBaseline.syncs(scratch);
        double again = DiskBaseline.syncs(scratch);
        table.row(
                "fdatasync of 512 bytes, one thread",
                MarkdownTable.text("%,.0f/s", Math.max(syncs, again)),
                MarkdownTable.text("%,.0f/s", Math.min(syncs, again)),
                "");
        table.row("plain SQLite, 300-byte rows, 1 a commit", rows(DiskBaseline.sqliteRows(scratch, 1)), "", "");
        table.row("plain SQLite, 300-byte rows, 64 a commit", rows(DiskBaseline.sqliteRows(scratch, 64)), "", "");
    }

    private static String rows(double perSecond) {
        return MarkdownTable.text("%,.0f rows/s", perSecond);
    }

    private void writes() throws IOException, InterruptedException, SQLException {
        say("writes against the store's own ceiling");
        Path folder = folder("writes");
        List<LoadResult> posts;
        try (BenchNode node = BenchNode.start(folder, key)) {
            posts = new LoadGenerator(node, scratch.resolve("none")).run("write", CONNECTIONS, WARM, PER_RUN, RUNS);
        }
        StoredRows rows = StoredRows.read(folder.resolve("bench.db"), WARM + PER_RUN * RUNS);
        List<LoadResult> ceiling = new StoreBaseline(rows).run(folder("ceiling"), CONNECTIONS, WARM, PER_RUN);
        table.rate("POST /v1/facts, 64 connections, random ids", posts, "");
        table.rate("the same statements through the store's writer alone, 64 callers", ceiling, "");
        ratio("POST / ceiling", MarkdownTable.median(posts), MarkdownTable.median(ceiling), "≥ 50 %");
    }

    private void reads() throws IOException, InterruptedException, SQLException {
        say("seeding " + FACTS + " facts");
        Path folder = folder("reads");
        try (BenchNode node = BenchNode.start(folder, key)) {
            List<LoadResult> seeded =
                    new LoadGenerator(node, scratch.resolve("none")).run("seed", CONNECTIONS, 0, FACTS, 1);
            table.rate("seeding 100,000 facts, cold node", seeded, "");
        }
        List<Double> ready = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ready.add(startOnce(folder));
        }
        Path ids = ids(folder.resolve("bench.db"));
        try (BenchNode node = BenchNode.start(folder, key)) {
            ready.add(node.readySeconds());
            starts("ready from exec, 100,000 facts", ready, "< 1.5 s");
            serve(new LoadGenerator(node, ids));
            long anonymous = ProcessFigures.anonymousMemory(node.pid());
            long memory = ProcessFigures.peakMemory(node.pid());
            table.row(
                    "peak memory with 100,000 facts, heap 256 MiB",
                    memory + " MiB resident; " + anonymous + " MiB at the end without mapped files",
                    "",
                    "served");
        }
    }

    private void serve(LoadGenerator load) throws IOException, InterruptedException {
        say("reads");
        List<LoadResult> health = load.run("health", CONNECTIONS, WARM, 2 * PER_RUN, RUNS);
        List<LoadResult> first = load.run("read", CONNECTIONS, 2_000, PER_RUN, 2);
        List<LoadResult> byId = load.run("read", CONNECTIONS, 4 * FACTS, 2 * PER_RUN, RUNS);
        table.rate("GET /healthz", health, "");
        table.rate("GET /v1/facts/{id}, random among 100,000, most of them read for the first time", first, "");
        table.rate("GET /v1/facts/{id}, random among 100,000, most of them read before", byId, "");
        ratio("GET by id, read before / healthz", MarkdownTable.median(byId), MarkdownTable.median(health), "≥ 40 %");
        say("recall");
        table.latency("recall, 1 connection, 100,000 facts", load.run("recall", 1, 15_000, 2_000, RUNS), "p99 < 10 ms");
        table.latency("recall, 4 connections", load.run("recall", 4, 1_000, 4_000, RUNS), "");
    }

    private void ratio(String figure, double part, double whole, String wanted) {
        table.row(figure, MarkdownTable.text("**%.0f %%** of medians", 100 * part / whole), "", wanted);
    }

    private void starts(String figure, List<Double> seconds, String wanted) {
        double best = seconds.stream().min(Comparator.naturalOrder()).orElseThrow();
        double worst = seconds.stream().max(Comparator.naturalOrder()).orElseThrow();
        table.row(figure, MarkdownTable.text("%.2f s", best), MarkdownTable.text("%.2f s", worst), wanted);
    }

    private double startOnce(Path folder) throws IOException, InterruptedException {
        try (BenchNode node = BenchNode.start(folder, key)) {
            return node.readySeconds();
        }
    }

    private Path ids(Path store) throws SQLException, IOException {
        List<String> ids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM facts")) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return Files.write(scratch.resolve("ids"), ids);
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(scratch.resolve(name));
    }

    private static void say(String what) {
        System.err.println("bench: " + what);
    }

    /** On the disk of the repository, since the temporary folder may be memory. */
    static Path newScratch() throws IOException {
        Path home = Path.of(System.getProperty("bulwark.home", ".bulwark"));
        return Files.createTempDirectory(Files.createDirectories(home), "bench");
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
