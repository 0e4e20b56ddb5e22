package bulwark.bench.gateway;

import bulwark.bench.Machine;
import bulwark.bench.ProcessFigures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code bulwark bench gateway}: CPU time of the proxy per request beside HAProxy and nginx, in alternating rounds, then single figures. Each proxy has one worker on the first
 * core; load generator and backend share the second.
 */
public final class GatewayBench {
    /** Fewer for a trial of the bench itself: {@code -Dbulwark.bench.rounds=2}. */
    private static final int ROUNDS = Integer.getInteger("bulwark.bench.rounds", 15);

    /** Names of sections, for a trial: {@code -Dbulwark.bench.sections=routes,memory}. */
    private static final Set<String> ONLY = Stream.of(
                    System.getProperty("bulwark.bench.sections", "").split(","))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet());

    private static final int SECONDS = 3;
    private static final int CONNECTIONS = 64;
    private static final int HTTP2_CONNECTIONS = 8;
    private static final int IDLE_CONNECTIONS = 10_000;
    private static final long LARGE_BYTES = 1L << 30;
    private static final int MANY_ROUTES = 10_000;
    /** Heap of many thousand requests. */
    private static final long TRAFFIC_BYTES = 16 << 20;

    private static final int MANY_TOKENS = 50_000;
    private static final int COMPARED_ROUNDS = Math.min(ROUNDS, 7);

    private final Path files;
    private final Path scratch;

    public GatewayBench(Path repository, Path scratch) {
        this.files = repository.resolve("bench/gateway");
        this.scratch = scratch;
    }

    public void run() throws IOException, InterruptedException, GeneralSecurityException {
        System.out.println(Machine.describe());
        BenchCertificate certificate = BenchCertificate.make(scratch);
        try (BenchIssuer issuer = new BenchIssuer()) {
            Files.writeString(scratch.resolve("issuer.pem"), issuer.publicKeyPem());
            Map<String, String> names = Map.of(
                    "@FOLDER@",
                    scratch.toString(),
                    "@BODY@",
                    "x".repeat(1_024),
                    "@ISSUER@",
                    issuer.url() + "/realms/" + BenchIssuer.REALM);
            section("plain", names, launcher -> plain(launcher, issuer));
            section("tls", names, launcher -> tls(launcher, certificate));
            section("http2", names, launcher -> http2(launcher, certificate));
            section("connection", names, this::oneConnection);
            section("routes", names, this::manyRoutes);
            section("snapshots", names, launcher -> snapshots(launcher, issuer));
            section("tokens", names, launcher -> manyTokens(launcher, issuer));
            section("memory", names, launcher -> memory(launcher, issuer));
        }
        System.out.println();
        System.out.println("load of the machine after the run: "
                + Files.readString(Path.of("/proc/loadavg")).strip());
    }

    private interface Section {
        void run(ProxyLauncher launcher) throws IOException, InterruptedException, GeneralSecurityException;
    }

    /** With neighbours of its own. One that fails says so, and the others are measured. */
    private void section(String name, Map<String, String> names, Section section)
            throws InterruptedException, GeneralSecurityException {
        if (!ONLY.isEmpty() && !ONLY.contains(name)) {
            return;
        }
        try (ProxyLauncher launcher = new ProxyLauncher(files, scratch, names)) {
            section.run(launcher);
        } catch (IOException e) {
            System.out.println();
            System.out.println("NOT MEASURED: " + e.getMessage());
        }
    }

    private void plain(ProxyLauncher launcher, BenchIssuer issuer)
            throws IOException, InterruptedException, GeneralSecurityException {
        HttpLoad load = HttpLoad.plain(CONNECTIONS);
        HttpLoad bearer = HttpLoad.bearer(CONNECTIONS, issuer.token(0));
        new ProxyRounds("Plain HTTP/1.1, 64 kept connections, 1 KiB")
                .with(launcher.haproxy("HAProxy", "haproxy.cfg", "http", "/"), load)
                .with(bare(launcher), load)
                .with(governed(launcher, issuer, "gateway, every control on", Map.of()), bearer)
                .with(launcher.haproxy("HAProxy, the same job", "haproxy-governed.cfg", "http", "/"), bearer)
                .with(launcher.nginx("nginx", "nginx.conf", "http"), load)
                .with(launcher.haproxy("HAProxy, bytes only (floor)", "haproxy-tcp.cfg", "http", "/"), load)
                .run(ROUNDS, SECONDS)
                .print(0);
    }

    private void tls(ProxyLauncher launcher, BenchCertificate certificate) throws IOException, InterruptedException {
        HttpLoad load = HttpLoad.plain(CONNECTIONS);
        ProxyProcess gateway = bareTls(launcher, certificate);
        new ProxyRounds("TLS 1.3, 64 kept connections, 1 KiB")
                .with(launcher.haproxy("HAProxy", "haproxy-tls.cfg", "https", "/"), load)
                .with(gateway, load)
                .with(launcher.nginx("nginx", "nginx-tls.conf", "https"), load)
                .run(ROUNDS, SECONDS)
                .print(0);
    }

    private void http2(ProxyLauncher launcher, BenchCertificate certificate) throws IOException, InterruptedException {
        ProxyProcess gateway = bareTls(launcher, certificate);
        HttpLoad streams = HttpLoad.http2(HTTP2_CONNECTIONS);
        new ProxyRounds("HTTP/2 in over TLS 1.3, HTTP/1.1 out, 8 connections of 8 requests, 1 KiB")
                .with(launcher.haproxy("HAProxy", "haproxy-h2.cfg", "https", "/"), streams)
                .with(gateway, streams)
                .with(launcher.nginx("nginx", "nginx-h2.conf", "https"), streams)
                .run(ROUNDS, SECONDS)
                .print(0);
    }

    private static ProxyProcess bareTls(ProxyLauncher launcher, BenchCertificate certificate) throws IOException {
        int port = ProxyLauncher.nextPort();
        return launcher.gateway(
                "gateway, bare",
                "https://127.0.0.1:" + port,
                "/",
                Map.of(),
                "bare",
                Integer.toString(port),
                Integer.toString(launcher.backend()),
                certificate.certificate().toString(),
                certificate.key().toString());
    }

    /** The backend itself is the first series: what is above its time was added. */
    private void oneConnection(ProxyLauncher launcher) throws IOException, InterruptedException {
        HttpLoad load = HttpLoad.plain(1);
        ProxyProcess backend = new ProxyProcess(
                "no proxy",
                "http://127.0.0.1:" + launcher.backend(),
                "/",
                ProcessHandle.current().pid(),
                null);
        new ProxyRounds("One connection: time added to each request (the CPU column of \"no proxy\" means nothing)")
                .with(launcher.haproxy("HAProxy", "haproxy.cfg", "http", "/"), load)
                .with(bare(launcher), load)
                .with(backend, load)
                .run(COMPARED_ROUNDS, SECONDS)
                .print(0);
    }

    private void manyRoutes(ProxyLauncher launcher) throws IOException, InterruptedException {
        Path script = Files.writeString(
                scratch.resolve("routes.lua"),
                "local n = 0\nrequest = function()\n  n = n + 7919\n"
                        + "  return wrk.format(nil, '/api/' .. (n % COUNT) .. '/x')\nend\n");
        ProxyProcess few = bare(launcher, "gateway, 10 routes");
        ProxyProcess many = bare(launcher, "gateway, 10,000 routes");
        few.ask("routes 10");
        many.ask("routes " + MANY_ROUTES);
        ProxyRounds rounds = new ProxyRounds("Routes, each asked in turn")
                .with(few, script(script, "routes-few.lua", 10))
                .with(many, script(script, "routes-many.lua", MANY_ROUTES))
                .run(COMPARED_ROUNDS, SECONDS);
        rounds.print(0);
        Thread load = Thread.ofVirtual().start(() -> {
            try {
                HttpLoad.plain(CONNECTIONS)
                        .run(new ProxyProcess("traffic", many.origin(), "/api/1/x", many.pid(), null), 8);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        awaitTraffic(many);
        long first = Long.parseLong(many.ask("routes " + MANY_ROUTES));
        long second = Long.parseLong(many.ask("routes " + MANY_ROUTES));
        load.join();
        System.out.println();
        System.out.println("A set of " + MANY_ROUTES + " routes is live beside traffic after " + first
                + " ms, again after " + second + " ms (aim: 200 ms).");
    }

    /** Beside 64 connections that ask as fast as they are answered. */
    private void snapshots(ProxyLauncher launcher, BenchIssuer issuer)
            throws IOException, InterruptedException, GeneralSecurityException {
        System.out.println();
        for (int routes : new int[] {10, MANY_ROUTES}) {
            try (SnapshotFigures figures = new SnapshotFigures(routes, launcher.backend())) {
                ProxyProcess gateway = governed(launcher, issuer, "gateway of " + routes, figures.settings());
                figures.warmUp();
                double whole = figures.cost(gateway, COMPARED_ROUNDS, true);
                double changes = figures.cost(gateway, COMPARED_ROUNDS, false);
                HttpLoad load = HttpLoad.bearer(CONNECTIONS, issuer.token(0));
                Thread traffic = Thread.ofVirtual().start(() -> {
                    try {
                        load.run(gateway, 6 * SECONDS);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                awaitTraffic(gateway);
                List<Long> wholeMillis = figures.times(COMPARED_ROUNDS, true);
                List<Long> changeMillis = figures.times(COMPARED_ROUNDS, false);
                traffic.join();
                String aim = routes == MANY_ROUTES ? " (aim: 200 ms)" : "";
                System.out.println(SnapshotFigures.sentence(routes, true, wholeMillis, whole) + aim);
                System.out.println(SnapshotFigures.sentence(routes, false, changeMillis, changes) + aim);
            }
        }
    }

    /** Returns when the load is on: its requests allocate, and nothing else does. */
    private static void awaitTraffic(ProxyProcess proxy) throws IOException {
        long idle = proxy.allocated();
        while (proxy.allocated() - idle < TRAFFIC_BYTES) {
            Thread.onSpinWait();
        }
    }

    private HttpLoad script(Path template, String name, int count) throws IOException {
        Path script = Files.writeString(
                scratch.resolve(name), Files.readString(template).replace("COUNT", Integer.toString(count)));
        return new HttpLoad(HttpLoad.Version.HTTP_1_1, CONNECTIONS, List.of("-s", script.toString()));
    }

    /** The first pass over the tokens meets none of them twice; afterwards all of them are known. */
    private void manyTokens(ProxyLauncher launcher, BenchIssuer issuer)
            throws IOException, InterruptedException, GeneralSecurityException {
        StringBuilder tokens = new StringBuilder();
        for (int i = 1; i <= MANY_TOKENS; i++) {
            tokens.append(issuer.token(i)).append('\n');
        }
        Path list = Files.writeString(scratch.resolve("tokens.txt"), tokens);
        Path script = Files.writeString(
                scratch.resolve("tokens.lua"),
                "local tokens = {}\nfor line in io.lines('" + list
                        + "') do tokens[#tokens + 1] = 'Bearer ' .. line end\n"
                        + "local n = 0\nrequest = function()\n  n = n % #tokens + 1\n"
                        + "  wrk.headers['Authorization'] = tokens[n]\n  return wrk.format()\nend\n");
        HttpLoad every = new HttpLoad(HttpLoad.Version.HTTP_1_1, CONNECTIONS, List.of("-s", script.toString()));
        ProxyProcess gateway = governed(launcher, issuer, "gateway, every control on", Map.of());
        HttpLoad one = HttpLoad.bearer(CONNECTIONS, issuer.token(0));
        one.run(gateway, 8);
        HttpLoad.Round known = one.run(gateway, SECONDS);
        HttpLoad.Round first = every.run(gateway, SECONDS);
        System.out.println();
        System.out.println(String.format(
                Locale.ROOT,
                "First sight of tokens, ES256: %,.0f/s; %.1f µs of CPU each against %.1f µs for a known one, so %,.0f/s of a core (aim: 5,000).",
                first.perSecond(),
                first.cpuMicros(),
                known.cpuMicros(),
                1e6 / first.cpuMicros()));
        for (int i = 0; i < 4; i++) {
            every.run(gateway, SECONDS);
        }
        ProxyProcess other = new ProxyProcess(
                MANY_TOKENS + " live tokens", gateway.origin(), gateway.path(), gateway.pid(), gateway.gateway());
        new ProxyRounds("Tokens, all known")
                .with(gateway, one)
                .with(other, every)
                .run(COMPARED_ROUNDS, SECONDS)
                .print(0);
    }

    private void memory(ProxyLauncher launcher, BenchIssuer issuer)
            throws IOException, InterruptedException, GeneralSecurityException {
        try (RandomAccessFile large =
                new RandomAccessFile(scratch.resolve("large").toFile(), "rw")) {
            large.setLength(LARGE_BYTES); // sparse
        }
        ProxyProcess gateway = bare(launcher);
        HttpLoad.plain(CONNECTIONS).run(gateway, SECONDS);
        System.out.println();
        System.out.println("Resident memory, MiB, after a load of 64 connections: "
                + ProcessFigures.residentKibibytes(gateway.pid()) / 1024 + " (aim: 200)");
        ProxyProcess governed = governed(launcher, issuer, "gateway, every control on", Map.of());
        HttpLoad.bearer(CONNECTIONS, issuer.token(0)).run(governed, 4 * SECONDS);
        System.out.println("The same with every control on: "
                + ProcessFigures.residentKibibytes(governed.pid()) / 1024 + ", "
                + ProcessFigures.peakMemory(governed.pid())
                + " at most (aim: 200)");
        System.out.println(String.format(
                Locale.ROOT,
                "KiB for each of %,d idle connections: %.1f (aim: 20)",
                IDLE_CONNECTIONS,
                MemoryFigures.idleConnection(gateway, IDLE_CONNECTIONS)));
        System.out.println("MiB more while 1 GiB streams to a client: "
                + MemoryFigures.stream(gateway, gateway.origin() + "/large"));
        try (BodySink sink = new BodySink()) {
            ProxyProcess upload = bare(launcher, "gateway, bare", sink.port());
            System.out.println("MiB more while 1 GiB streams to a backend: "
                    + MemoryFigures.stream(
                            upload, "-T", scratch.resolve("large").toString(), upload.origin() + "/upload"));
        }
    }

    private ProxyProcess bare(ProxyLauncher launcher) throws IOException {
        return bare(launcher, "gateway, bare");
    }

    private static ProxyProcess bare(ProxyLauncher launcher, String name) throws IOException {
        return bare(launcher, name, launcher.backend());
    }

    private static ProxyProcess bare(ProxyLauncher launcher, String name, int backend) throws IOException {
        int port = ProxyLauncher.nextPort();
        return launcher.gateway(
                name,
                "http://127.0.0.1:" + port,
                "/",
                Map.of(),
                "bare",
                Integer.toString(port),
                Integer.toString(backend));
    }

    /** The whole program: identity, permission, quota, guard, policies and evidence as they are unless somebody changes them. */
    private ProxyProcess governed(ProxyLauncher launcher, BenchIssuer issuer, String name, Map<String, String> more)
            throws IOException, InterruptedException {
        int port = ProxyLauncher.nextPort();
        String admin = "bench-" + "0123456789abcdef".repeat(3) + System.nanoTime();
        Map<String, String> environment = new HashMap<>(Map.of(
                "STOA_PORT",
                Integer.toString(port),
                "STOA_STATE_DIR",
                scratch.resolve("state-" + port).toString(),
                "STOA_ADMIN_API_TOKEN",
                admin,
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32",
                "STOA_KEYCLOAK_URL",
                issuer.url(),
                "STOA_KEYCLOAK_REALM",
                BenchIssuer.REALM,
                "STOA_QUOTA_DEFAULT_RATE_PER_MINUTE",
                "1000000000",
                "STOA_QUOTA_DEFAULT_DAILY_LIMIT",
                "1000000000",
                "STOA_RATE_LIMIT_DEFAULT",
                "1000000000",
                "STOA_TOKENS__FIRST_SIGHT_PER_SEC",
                "1000000"));
        environment.putAll(more);
        ProxyProcess gateway = launcher.gateway(name, "http://127.0.0.1:" + port, "/api/x", environment, "governed");
        HttpRequest route = HttpRequest.newBuilder(URI.create(gateway.origin() + "/admin/apis"))
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"id\":\"api\",\"tenant_id\":\"" + BenchIssuer.TENANT
                        + "\",\"path_prefix\":\"/api\",\"backend_url\":\"http://127.0.0.1:" + launcher.backend()
                        + "\"}"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(route, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IOException("the route was refused: " + answer.body());
        }
        return gateway;
    }
}
