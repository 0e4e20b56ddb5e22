package bulwark.bench.gateway;

import bulwark.bench.Machine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code bulwark bench gateway --arena}: what callers notice of an upstream that dies, falls silent, fails and comes back, beside HAProxy and nginx, each with two upstreams and the same time
 * limits. Takes about a minute and a half.
 */
public final class ResilienceArena {
    private static final String ADMIN = "an-admin-token-of-the-arena-0123456789";
    private static final Duration PHASE = Duration.ofSeconds(Integer.getInteger("bulwark.arena.seconds", 5));
    private static final double AVAILABILITY_WEIGHT = 0.7;
    private static final double LATENCY_CAP_SECONDS = 1;

    private static final String FORMULA = """
            score of a phase = 100 x (0.7 x availability + 0.3 x max(0, 1 - p99 / 1 s))
            availability     = calls answered 200 / all calls; p99 of all calls, those that failed included
            score            = mean of the five phases, each of %d s with 16 clients, one after the other call
            """;

    private final Path files;
    private final Path scratch;

    public ResilienceArena(Path repository, Path scratch) {
        this.files = repository.resolve("bench/gateway");
        this.scratch = scratch;
    }

    /** What one of two upstreams does meanwhile. */
    private record Act(String name, ArenaBackend.State state) {}

    private static final List<Act> ACTS = List.of(
            new Act("both are well", ArenaBackend.State.WELL),
            new Act("one is dead", ArenaBackend.State.DEAD),
            new Act("one is silent", ArenaBackend.State.SILENT),
            new Act("one answers 503", ArenaBackend.State.FAILING),
            new Act("both are well again", ArenaBackend.State.WELL));

    public void run() throws IOException, InterruptedException {
        System.out.println(Machine.describe());
        System.out.printf(FORMULA, PHASE.toSeconds());
        StringBuilder head = new StringBuilder("\n| proxy |");
        ACTS.forEach(act -> head.append(' ').append(act.name()).append(" |"));
        System.out.println(head + " score |\n" + "|---".repeat(ACTS.size() + 2) + "|");
        try (ArenaBackend steady = new ArenaBackend(ProxyLauncher.nextPort());
                ArenaBackend troubled = new ArenaBackend(ProxyLauncher.nextPort())) {
            Map<String, String> names = Map.of(
                    "@FOLDER@", scratch.toString(),
                    "@BODY@", "x",
                    "@FIRST@", Integer.toString(steady.port()),
                    "@SECOND@", Integer.toString(troubled.port()));
            try (ProxyLauncher launcher = new ProxyLauncher(files, scratch, names)) {
                compete(gateway(launcher, steady, troubled), troubled);
                compete(launcher.haproxy("HAProxy", "haproxy-arena.cfg", "http", "/"), troubled);
                compete(launcher.nginx("nginx", "nginx-arena.conf", "http"), troubled);
            }
        }
    }

    private void compete(ProxyProcess proxy, ArenaBackend troubled) throws IOException, InterruptedException {
        ArenaLoad load = new ArenaLoad();
        load.run(proxy.url(), Duration.ofSeconds(2));
        StringBuilder row = new StringBuilder("| " + proxy.name() + " |");
        List<Double> scores = new ArrayList<>();
        for (Act act : ACTS) {
            troubled.become(act.state());
            ArenaLoad.Phase phase = load.run(proxy.url(), PHASE);
            double score = 100
                    * (AVAILABILITY_WEIGHT * phase.availability()
                            + (1 - AVAILABILITY_WEIGHT) * Math.max(0, 1 - phase.p99Seconds() / LATENCY_CAP_SECONDS));
            scores.add(score);
            row.append(String.format(
                    Locale.ROOT,
                    " %.1f: %.2f %% of %,d, p99 %.0f ms |",
                    score,
                    100 * phase.availability(),
                    phase.calls(),
                    1_000 * phase.p99Seconds()));
        }
        double mean = scores.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        System.out.println(row + String.format(Locale.ROOT, " **%.1f** |", mean));
    }

    private ProxyProcess gateway(ProxyLauncher launcher, ArenaBackend first, ArenaBackend second)
            throws IOException, InterruptedException {
        int port = ProxyLauncher.nextPort();
        Map<String, String> settings = Map.of(
                "STOA_PORT", Integer.toString(port),
                "STOA_STATE_DIR", scratch.resolve("arena-state").toString(),
                "STOA_ADMIN_API_TOKEN", ADMIN,
                "STOA_SSRF__ALLOWED_CIDRS", "127.0.0.1/32",
                "STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "0",
                "STOA_QUOTA_DEFAULT_DAILY_LIMIT", "0",
                "STOA_RATE_LIMIT_DEFAULT", "1000000000");
        ProxyProcess gateway = launcher.gateway(
                "gateway, with a record of each call", "http://127.0.0.1:" + port, "/arena/", settings, "governed");
        String route = """
                {"id":"arena","tenant_id":"arena","callers":"anybody","path_prefix":"/arena","backend_url":"http://127.0.0.1:%1$d",
                 "upstreams":[{"url":"http://127.0.0.1:%1$d","health_check_path":"/"},{"url":"http://127.0.0.1:%2$d","health_check_path":"/"}],
                 "timeouts":{"connect":"500ms","first_byte":"500ms"}}""".formatted(first.port(), second.port());
        HttpResponse<String> made = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.origin() + "/admin/apis"))
                                .header("Authorization", "Bearer " + ADMIN)
                                .POST(BodyPublishers.ofString(route))
                                .build(),
                        BodyHandlers.ofString());
        if (made.statusCode() != 201) {
            throw new IOException("the gateway took no route: " + made.body());
        }
        return gateway;
    }
}
