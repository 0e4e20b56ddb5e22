package bulwark.bench.seats;

import bulwark.bench.BenchNode;
import bulwark.bench.Machine;
import bulwark.bench.MarkdownTable;
import bulwark.kernel.access.StepUpTokens;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code bulwark bench seats}: every figure that we quote of the seat manager, each beside its ceiling or peer in the same run. */
public final class SeatsBench {
    /** Fewer for a trial of the bench itself: {@code -Dbulwark.bench.rounds=1}. */
    static final int ROUNDS = Integer.getInteger("bulwark.bench.rounds", 5);

    /** Names of sections, for a trial: {@code -Dbulwark.bench.sections=signer,start}. */
    private static final Set<String> ONLY = Stream.of(
                    System.getProperty("bulwark.bench.sections", "").split(","))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet());

    private static final int STEP_UPS = 50_000;

    private final Path repository;
    private final Path scratch;
    private final MarkdownTable table = new MarkdownTable();

    public SeatsBench(Path repository, Path scratch) {
        this.repository = repository;
        this.scratch = scratch;
    }

    private interface Section {
        void run(Path folder) throws IOException, InterruptedException;
    }

    public void run() throws IOException, InterruptedException {
        // First, while the disk has nothing else to write.
        section("start", this::starts);
        section("deposits", folder -> DepositFigures.measure(table));
        section("stepup", folder -> stepUps());
        section("signer", folder -> SignerFigures.measure(folder, table));
        section("reads", folder -> new ReadFigures(folder, table).measure());
        System.out.println(Machine.describe());
        System.out.println();
        System.out.println(table);
    }

    private void section(String name, Section section) throws IOException, InterruptedException {
        if (ONLY.isEmpty() || ONLY.contains(name)) {
            System.err.println("bench: " + name);
            section.run(Files.createDirectories(scratch.resolve(name)));
        }
    }

    /** One after the other, so that both have the same disk. */
    private void starts(Path folder) throws IOException, InterruptedException {
        List<Double> facts = new ArrayList<>();
        List<Double> seats = new ArrayList<>();
        Path own = Files.createDirectories(folder.resolve("seats"));
        ManagerProcess.prepare(own);
        String key = BenchNode.newKey();
        for (int i = 0; i < ROUNDS; i++) {
            try (BenchNode node = BenchNode.start(Files.createDirectories(folder.resolve("facts")), key)) {
                facts.add(node.readySeconds());
            }
            seats.add(ManagerProcess.readySeconds(repository, own));
        }
        row("fact node, from exec to the first answer", facts, "");
        row("seat manager, from exec to the first answer", seats, "≤ 1.2 × the fact node");
    }

    private void row(String figure, List<Double> seconds, String wanted) {
        table.row(
                figure,
                MarkdownTable.text("%.2f s", Collections.min(seconds)),
                MarkdownTable.text("%.2f s", Collections.max(seconds)),
                wanted);
    }

    /** Without the row that uses a token up, which is part of the transaction of what it allows. */
    private void stepUps() {
        StepUpTokens tokens = new StepUpTokens(
                SecretBytes.of(new byte[] {
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
                    28, 29, 30, 31, 32
                }),
                "bench",
                Duration.ofMinutes(5),
                Clock.systemUTC());
        StepUpTokens.Binding binding = new StepUpTokens.Binding("user", "session", "settle", "517");
        String token = tokens.issue(binding).token();
        List<Double> micros = new ArrayList<>();
        for (int round = -1; round < ROUNDS; round++) {
            long start = System.nanoTime();
            int valid = 0;
            for (int i = 0; i < STEP_UPS; i++) {
                valid += tokens.verify(token, binding) instanceof StepUpTokens.Verdict.Valid ? 1 : 0;
            }
            if (valid != STEP_UPS) {
                throw new IllegalStateException("a step-up was refused");
            }
            if (round >= 0) {
                micros.add((System.nanoTime() - start) / 1e3 / STEP_UPS);
            }
        }
        table.row(
                "check of a step-up token, one thread",
                MarkdownTable.text("%.1f µs", Collections.min(micros)),
                MarkdownTable.text("%.1f µs", Collections.max(micros)),
                "< 50 µs");
    }
}
