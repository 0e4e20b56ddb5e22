package bulwark.bench;

import bulwark.bench.BenchRedis.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Every figure that we quote of tasks: no-op tasks, results on, signed, one worker process, on a Redis of its own; the peers that are installed run on the same Redis, with as
 * many tasks and the same concurrency, before and after. Each figure names its sync, signing and result mode.
 */
final class TasksBench {
    private static final int JOBS = Integer.getInteger("bulwark.jobs", 30_000);
    private static final int ROUNDS = 5;
    /** Rounds before those that count, for our own and for BullMQ: compilers must not share the measured time. */
    private static final int WARM = 5;

    private static final int CONCURRENCY = 100;
    private static final int SAMPLES = 2_000;

    private final Path scratch;
    private final List<Peer> peers;
    private final MarkdownTable table = new MarkdownTable();

    TasksBench(Path scratch, List<Peer> peers) {
        this.scratch = scratch;
        this.peers = peers;
    }

    void run() throws Exception {
        for (Sync sync : Sync.values()) {
            try (BenchRedis redis = BenchRedis.start(scratch, sync)) {
                String mode = sync.words;
                peersOn(redis, mode);
                drains(redis, mode, "HMAC", BenchKeys.hmac(), "≥ BullMQ");
                if (sync == Sync.NONE) {
                    drains(redis, mode, "Ed25519", BenchKeys.ed25519(), "≥ 8,000/s per core");
                    pickup(redis, mode);
                    eta(redis);
                    bounded(redis);
                }
            }
        }
        tls();
        embedded();
        System.out.println(Machine.describe());
        System.out.println();
        System.out.println(table);
    }

    private void peersOn(BenchRedis redis, String mode) throws IOException, InterruptedException {
        for (Peer peer : peers) {
            boolean quick = peer.name().equals("BullMQ");
            say(peer.name() + ", " + mode);
            List<JsonNode> figures = quick
                    ? peer.run(redis.port, JOBS, ROUNDS, CONCURRENCY, SAMPLES, WARM)
                    : peer.run(redis.port, JOBS / 10, 2, 2);
            String how = ", unsigned, results on, " + mode;
            table.rate(peer.name() + " bulk enqueue" + how, Peer.rates(figures, "bulk"), "");
            table.rate(peer.name() + " drain" + how, Peer.rates(figures, "drain"), "");
            for (JsonNode figure : figures) {
                if (figure.path("figure").asString().equals("pickup")) {
                    table.row(
                            peer.name() + " enqueue → start, idle, " + mode,
                            MarkdownTable.text(
                                    "p50 %.2f ms, p99 %.2f ms",
                                    figure.get("p50").asDouble(),
                                    figure.get("p99").asDouble()),
                            "",
                            "");
                }
            }
            redis.flush();
        }
    }

    private void drains(BenchRedis redis, String mode, String signing, Map<String, String> keys, String wanted)
            throws Exception {
        say(signing + ", " + mode);
        String how = ", " + signing + "-signed, results on, " + mode;
        try (BenchQueue queue = BenchQueue.open(scratch, redis.url(), keys)) {
            List<LoadResult> bulk = new ArrayList<>();
            List<LoadResult> drained = new ArrayList<>();
            double redisBefore = 0;
            for (int round = -WARM; round < ROUNDS; round++) {
                LoadResult sent = queue.enqueue(JOBS);
                redisBefore = redis.cpuSeconds();
                LoadResult done = queue.drain(JOBS, CONCURRENCY);
                if (round >= 0) {
                    bulk.add(sent);
                    drained.add(done);
                }
            }
            double redisMicros = (redis.cpuSeconds() - redisBefore) * 1e6 / JOBS;
            table.rate("bulk enqueue" + how, bulk, signing.equals("HMAC") ? "≥ 50,000/s" : "");
            table.rate("drain, concurrency " + CONCURRENCY + how, drained, wanted);
            table.row(
                    "… per core of the worker, by its CPU time",
                    perCore(MarkdownTable.best(drained, LoadResult::cpuMicros)),
                    perCore(MarkdownTable.worst(drained, LoadResult::cpuMicros)),
                    MarkdownTable.text("Redis itself: %.1f µs", redisMicros),
                    "",
                    wanted.contains("core") ? wanted : "");
        }
        redis.flush();
    }

    private static String perCore(double micros) {
        return MarkdownTable.text("%,.0f/s", 1e6 / micros);
    }

    private void pickup(BenchRedis redis, String mode) throws Exception {
        say("enqueue → start");
        try (BenchQueue queue = BenchQueue.open(scratch, redis.url(), BenchKeys.hmac())) {
            List<LoadResult> runs = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                runs.add(queue.pickup(SAMPLES));
            }
            table.latency("enqueue → start, idle worker, HMAC, " + mode, runs, "p99 < 5 ms");
        }
        redis.flush();
    }

    private void eta(BenchRedis redis) throws Exception {
        say("ETA");
        try (BenchQueue queue = BenchQueue.open(scratch, redis.url(), BenchKeys.hmac())) {
            double[] late = queue.eta(1_000, 10);
            table.row(
                    "1,000 ETA tasks within 10 s: start after their time",
                    MarkdownTable.text("p50 %.0f ms", late[late.length / 2]),
                    MarkdownTable.text("latest %.0f ms", late[late.length - 1]),
                    "",
                    "",
                    "< 250 ms");
        }
        redis.flush();
    }

    private void bounded(BenchRedis redis) throws Exception {
        say("a million tasks");
        int million = Integer.getInteger("bulwark.million", 1_000_000);
        int some = Math.min(50_000, million / 4);
        try (BenchQueue queue = BenchQueue.open(scratch, redis.url(), BenchKeys.hmac(), "10s")) {
            long first = 0;
            long longest = 0;
            for (int done = 0; done < million; done += some) {
                queue.enqueue(some);
                queue.drain(some, CONCURRENCY);
                longest = Math.max(longest, redis.streamLength("stem:stream:default"));
                first = first == 0 ? redis.usedMemory() : first;
            }
            table.row(
                    MarkdownTable.text(
                            "%,d tasks, results kept 10 s: Redis memory after %,d and after all", million, some),
                    MarkdownTable.text("%.1f MiB", first / 1048576.0),
                    MarkdownTable.text("%.1f MiB", redis.usedMemory() / 1048576.0),
                    "",
                    MarkdownTable.text("longest stream %,d", longest),
                    "bounded");
        }
        redis.flush();
    }

    private void tls() throws Exception {
        say("mutual TLS");
        Path certificates = Files.createDirectories(scratch.resolve("certs"));
        BenchKeys.certificates(certificates);
        Map<String, String> settings = new LinkedHashMap<>(BenchKeys.hmac());
        settings.put("STEM_TLS_CA_CERT", certificates + "/ca.crt");
        settings.put("STEM_TLS_CLIENT_CERT", certificates + "/client.crt");
        settings.put("STEM_TLS_CLIENT_KEY", certificates + "/client.key");
        List<LoadResult> plain;
        List<LoadResult> secured;
        try (BenchRedis redis = BenchRedis.start(scratch, Sync.NONE);
                BenchRedis tls = BenchRedis.startTls(scratch, certificates);
                BenchQueue first = BenchQueue.open(scratch, redis.url(), BenchKeys.hmac());
                BenchQueue second = BenchQueue.open(scratch, "rediss://localhost:" + tls.port + "/0", settings)) {
            plain = alternate(first, second, new ArrayList<>(), secured = new ArrayList<>());
        }
        table.rate("drain over mutual TLS, HMAC, results on, no append-only file", secured, "");
        table.row(
                "mutual TLS / plain, alternating rounds",
                MarkdownTable.text(
                        "**%.0f %%** of medians", 100 * MarkdownTable.median(secured) / MarkdownTable.median(plain)),
                "",
                "≥ 60 %");
    }

    private static List<LoadResult> alternate(
            BenchQueue first, BenchQueue second, List<LoadResult> plain, List<LoadResult> secured) throws Exception {
        for (int round = -1; round < ROUNDS; round++) {
            first.enqueue(JOBS);
            LoadResult open = first.drain(JOBS, CONCURRENCY);
            second.enqueue(JOBS);
            LoadResult closed = second.drain(JOBS, CONCURRENCY);
            if (round >= 0) {
                plain.add(open);
                secured.add(closed);
            }
        }
        return plain;
    }

    private void embedded() throws Exception {
        say("embedded broker");
        String how = ", HMAC-signed, results on, embedded broker, SQLite WAL synchronous=FULL";
        try (BenchQueue queue = BenchQueue.open(scratch, "sqlite:" + scratch.resolve("tasks.db"), BenchKeys.hmac())) {
            List<LoadResult> bulk = new ArrayList<>();
            List<LoadResult> drained = new ArrayList<>();
            for (int round = -1; round < ROUNDS; round++) {
                LoadResult sent = queue.enqueue(JOBS);
                LoadResult done = queue.drain(JOBS, CONCURRENCY);
                if (round >= 0) {
                    bulk.add(sent);
                    drained.add(done);
                }
            }
            table.rate("bulk enqueue" + how, bulk, "");
            table.rate("drain, concurrency " + CONCURRENCY + how, drained, "");
        }
    }

    private static void say(String what) {
        System.err.println("bench: " + what);
    }
}
