package bulwark.bench.doctor;

import bulwark.bench.CommandTimer;
import bulwark.bench.Machine;
import bulwark.bench.MarkdownTable;
import bulwark.kernel.json.StrictJson;
import bulwark.testkit.FreePort;
import bulwark.testkit.LoopbackServer;
import bulwark.testkit.ProgramProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** {@code bulwark bench doctor}: a visit to a fresh {@code up} as a person starts it, one to a deployment that stands still, and bundles, each beside what is wanted of it. */
public final class DoctorBench {
    private static final int ROUNDS = Integer.getInteger("bulwark.bench.rounds", 5);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final Set<Integer> SEEN = Set.of(0, 1, 3);

    private final Path repository;
    private final Path scratch;
    private final CommandTimer timer;
    private final MarkdownTable table = new MarkdownTable();

    public DoctorBench(Path repository, Path scratch) {
        this.repository = repository;
        this.scratch = scratch;
        this.timer = new CommandTimer(scratch);
    }

    public void run() throws IOException, InterruptedException {
        Path log = scratch.resolve("up.log");
        try (ProgramProcess up = ProgramProcess.start(
                scratch,
                Map.of(),
                log,
                List.of(
                        bulwark(),
                        "up",
                        "--port-base",
                        Integer.toString(FreePort.base()),
                        "--state",
                        state().toString()))) {
            up.awaitReady(START_TIMEOUT, () -> up.logText().contains("enqueue demo.echo"));
            visits();
        }
        dead();
        bundles();
        System.out.println(Machine.describe());
        System.out.println();
        System.out.println(table);
    }

    private String bulwark() {
        return repository.resolve("bulwark").toAbsolutePath().toString();
    }

    private Path state() {
        return scratch.resolve("state");
    }

    private String[] doctor(String... more) {
        List<String> command = new ArrayList<>(List.of(
                bulwark(),
                "doctor",
                "--json",
                "--memory",
                scratch.resolve("memory").toString()));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }

    /** The first visit enrols and takes pins; it is made before those that count. */
    private void visits() {
        String[] whole = doctor("--state", state().toString());
        timer.time(SEEN, whole);
        List<Long> requests = new ArrayList<>();
        figure("a whole visit to up, from the shell", "< 8 s, < 4 s of CPU", () -> {
            CommandTimer.Times times = timer.time(SEEN, whole);
            requests.add(report().path("requests").asLong(0));
            return times;
        });
        table.row(
                "requests and handshakes of a visit",
                Long.toString(requests.stream().mapToLong(Long::longValue).min().orElse(0)),
                Long.toString(requests.stream().mapToLong(Long::longValue).max().orElse(0)),
                "≤ 600");
        table.row("probes of a visit", Integer.toString(report().path("probes").size()), "", "");
        figure(
                "one probe, --only FACTS-HEADERS-01",
                "< 1 s",
                () -> timer.time(SEEN, doctor("--state", state().toString(), "--only", "FACTS-HEADERS-01")));
    }

    /** Takes connections and never says a word: nothing takes a visit longer. */
    private void dead() {
        try (LoopbackServer silent =
                LoopbackServer.start(connection -> connection.getInputStream().readAllBytes())) {
            Path target = scratch.resolve("dead.json");
            String address = "://localhost:" + silent.port();
            write(
                    target,
                    Map.of(
                            "name",
                            "dead",
                            "parts",
                            Map.of(
                                    "facts",
                                    Map.of("plain_url", "http" + address, "tls_url", "https" + address),
                                    "tasks",
                                    Map.of("worker_url", "http" + address, "beat_url", "http" + address))));
            figure(
                    "a visit whose every target is silent",
                    "< 20 s",
                    () -> timer.time(SEEN, doctor("--target", target.toString())));
        }
    }

    private static void write(Path file, Map<String, Object> document) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, StrictJson.pretty(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void bundles() throws IOException {
        BundleFigures bundles = BundleFigures.sign(scratch.resolve("posture"));
        figure(
                "bulwark verify, from the shell",
                "< 0.3 s",
                () -> timer.time(
                        bulwark(),
                        "verify",
                        bundles.bundle().toString(),
                        "--policy",
                        bundles.policy().toString()));
        List<Double> rates = bundles.verifiedPerSecond(ROUNDS);
        table.row(
                "bundles verified in one process",
                MarkdownTable.text(
                        "%,.0f/s",
                        rates.stream().mapToDouble(Double::doubleValue).max().orElse(0)),
                MarkdownTable.text(
                        "%,.0f/s",
                        rates.stream().mapToDouble(Double::doubleValue).min().orElse(0)),
                "≥ 10,000/s");
    }

    private JsonNode report() {
        try {
            return StrictJson.parse(Files.readAllBytes(timer.output()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void figure(String name, String wanted, Supplier<CommandTimer.Times> command) {
        System.err.println("bench: " + name);
        List<CommandTimer.Times> runs = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            runs.add(command.get());
        }
        table.row(
                name,
                MarkdownTable.text(
                        "%.2f s",
                        runs.stream()
                                .mapToDouble(CommandTimer.Times::wall)
                                .min()
                                .orElse(0)),
                MarkdownTable.text(
                        "%.2f s",
                        runs.stream()
                                .mapToDouble(CommandTimer.Times::wall)
                                .max()
                                .orElse(0)),
                MarkdownTable.text(
                        "%.2f / %.2f s",
                        runs.stream().mapToDouble(CommandTimer.Times::cpu).min().orElse(0),
                        runs.stream().mapToDouble(CommandTimer.Times::cpu).max().orElse(0)),
                wanted);
    }
}
