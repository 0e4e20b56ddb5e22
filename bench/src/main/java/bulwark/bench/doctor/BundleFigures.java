package bulwark.bench.doctor;

import bulwark.doctor.bundle.BundleRefused;
import bulwark.doctor.bundle.PostureArchive;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.doctor.verify.PostureVerifier;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * A bundle as a visit signs it, and how many such are verified in a second by all processors.
 *
 * @param policy whose keys count
 */
record BundleFigures(Path bundle, Path policy) {
    private static final int PROBES = 55;
    private static final long ROUND_NANOS = 2_000_000_000L;

    static BundleFigures sign(Path folder) throws IOException {
        Clock clock = Clock.systemUTC();
        try (PostureArchive archive = PostureArchive.open(folder.resolve("doctor"), clock)) {
            List<String> ids = IntStream.range(10, 10 + PROBES)
                    .mapToObj(number -> "FACTS-BENCH-" + number)
                    .toList();
            Path bundle = archive.write(
                    folder.resolve("out"),
                    new byte[] {'{', '}'},
                    Map.of(),
                    new PostureStatement.Visited("bench", "visit", clock.instant(), clock.instant()),
                    new PostureStatement.Verdicts(ids, List.of(), List.of(), List.of(), List.of(), List.of()),
                    null);
            return new BundleFigures(bundle, archive.policyFile());
        }
    }

    /** The first round warms up and is left out. */
    List<Double> verifiedPerSecond(int rounds) throws IOException {
        byte[] bytes = Files.readAllBytes(bundle);
        List<Double> rates = new ArrayList<>();
        try (ExecutorService all =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            PostureVerifier verifier =
                    new PostureVerifier(PosturePolicy.parse(Files.readAllBytes(policy)), Signing.fastest());
            for (int round = -1; round < rounds; round++) {
                double rate = rate(all, verifier, bytes);
                if (round >= 0) {
                    rates.add(rate);
                }
            }
            return rates;
        } catch (NoteRefused e) {
            throw new IllegalStateException("the policy of the bench is its own", e);
        }
    }

    private static double rate(ExecutorService all, PostureVerifier verifier, byte[] bundle) {
        long start = System.nanoTime();
        List<Future<Long>> counts = IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .mapToObj(thread -> all.submit(() -> count(verifier, bundle, start + ROUND_NANOS)))
                .toList();
        long verified = 0;
        for (Future<Long> count : counts) {
            try {
                verified += count.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("a bundle of the bench was refused", e);
            }
        }
        return verified * 1e9 / (System.nanoTime() - start);
    }

    private static long count(PostureVerifier verifier, byte[] bundle, long end) throws BundleRefused {
        long verified = 0;
        while (System.nanoTime() < end) {
            var unused = verifier.verify(bundle, Instant.now());
            verified++;
        }
        return verified;
    }
}
