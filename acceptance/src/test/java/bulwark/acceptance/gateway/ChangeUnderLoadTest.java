package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.testkit.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Everything that may change is changed while clients call over connections that they keep: none of them ever notices. The password of a database is the control plane's: {@code ControlPlaneDatabaseTest}. */
@Timeout(900)
class ChangeUnderLoadTest {
    /** In all; {@code -Dbulwark.route.changes} for more. */
    private static final int ROUTE_CHANGES = Integer.getInteger("bulwark.route.changes", 10_000);

    /** A fifth of what an ordinary machine must carry; {@code -Dbulwark.route.rate=10000} for all of it. */
    private static final int CHANGES_A_MINUTE = Integer.getInteger("bulwark.route.rate", 2_000);

    private static final int ROUTES_OF_AN_ORDER = 100;
    private static final int SINGLE_CHANGES_BETWEEN = 5;
    private static final int CLIENTS = 4;
    private static final int CALLS_OF_A_CONNECTION = 300;
    private static final int ROTATIONS = 5;
    private static final Duration COOLDOWN = Duration.ofSeconds(1);
    /** A busy machine may keep the journal from its disk for longer than a record may wait, which is none of the faults that are looked for here. */
    private static final String BEST_EFFORT = ",\"evidence\":\"best-effort\"";

    @TempDir
    private Path folder;

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicLong calls = new AtomicLong();
    private final int adminPort = FreePort.next();
    private volatile boolean stopped;
    private volatile String admin = "the-admin-token-number-0-of-the-test-0123456789";
    private volatile String apiKey = "";
    private volatile String token = "";
    private ListenerCertificates certificates;
    private SSLContext anonymous;
    private SSLContext certified;

    @BeforeEach
    void make_certificates() throws Exception {
        certificates = new ListenerCertificates(folder.resolve("tls"));
        anonymous = certificates.context("");
        certified = certificates.context("client");
        OwnerOnlyFiles.write(folder.resolve("admin-token"), admin.getBytes(StandardCharsets.US_ASCII));
    }

    private Gateway gateway(RotatingIssuer issuer) {
        Map<String, String> settings = new HashMap<>(certificates.settings());
        settings.putAll(Map.of(
                "STOA_PORT", "0",
                "STOA_ADMIN_PORT", Integer.toString(adminPort),
                "STOA_ADMIN_API_TOKEN_FILE", folder.resolve("admin-token").toString(),
                "STOA_SSRF__ALLOWED_CIDRS", "127.0.0.1/32",
                "STOA_KEYCLOAK_URL", issuer.url(),
                "STOA_KEYCLOAK_REALM", RotatingIssuer.REALM,
                "STOA_JWKS__COOLDOWN_SECS", Long.toString(COOLDOWN.toSeconds())));
        settings.putAll(Map.of(
                "STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "0",
                "STOA_QUOTA_DEFAULT_DAILY_LIMIT", "0",
                "STOA_RATE_LIMIT_DEFAULT", "1000000000"));
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC());
    }

    @Test
    void no_caller_notices_that_routes_certificates_keys_and_tokens_change() throws Exception {
        try (HelloBackend one = new HelloBackend();
                HelloBackend two = new HelloBackend();
                RotatingIssuer issuer = new RotatingIssuer();
                Gateway gateway = gateway(issuer)) {
            apply(routes(0, one.port(), two.port()));
            token = issuer.token("caller");
            apiKey = json(order("POST", "/admin/api-keys", """
                    {"subscription_id":"s1","subject":"consumer","tenant_id":"acme","roles":["devops"]}""")).path("api_key").asString("");
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String name = "client-" + i;
                SSLContext context = i % 2 == 0 ? certified : anonymous;
                clients.add(Thread.ofPlatform().name(name).start(() -> call(gateway.tlsPort(), name, context)));
            }
            Thread secrets = Thread.ofPlatform().start(() -> rotateSecrets(issuer));

            long began = System.nanoTime();
            int changes = changeRoutes(one.port(), two.port());
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            secrets.join();
            stopped = true;
            for (Thread client : clients) {
                client.join();
            }

            assertThat(faults.stream().limit(5)).isEmpty();
            assertThat(changes).isGreaterThanOrEqualTo(ROUTE_CHANGES);
            assertThat(changes / (took.toMillis() / 60_000.0))
                    .as("changes a minute")
                    .isGreaterThan(CHANGES_A_MINUTE);
            assertThat(calls.get()).isGreaterThan(1_000);
            assertThat(issuer.fetches()).isGreaterThan(ROTATIONS);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                try (SSLSocket socket = ListenerCertificates.connect(anonymous, gateway.tlsPort())) {
                    assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(certificates.served());
                }
            });
            System.out.printf(
                    "%d changes of routes in %d ms and %d rotations of each secret beside %d calls, none of which noticed%n",
                    changes, took.toMillis(), ROTATIONS, calls.get());
        }
    }

    private void call(int port, String name, SSLContext context) {
        int number = 0;
        while (!stopped) {
            try (KeptConnection connection = new KeptConnection(ListenerCertificates.connect(context, port))) {
                for (int i = 0; i < CALLS_OF_A_CONNECTION && !stopped; i++) {
                    number++;
                    String target = number % 3 == 0 ? "/apis/kept/x" : "/apis/changing-" + number % ROUTES_OF_AN_ORDER;
                    String credential = number % 2 == 0 ? "Authorization: Bearer " + token : "X-API-Key: " + apiKey;
                    KeptConnection.Answer answer = connection.get(target, credential);
                    if (answer.status() != 200 || !answer.body().equals(HelloBackend.HELLO) || answer.closes()) {
                        faults.add(name + " " + target + " " + credential.substring(0, 13) + ": " + answer);
                    }
                    calls.incrementAndGet();
                }
            } catch (IOException e) {
                faults.add(name + " lost its connection: " + e);
            }
        }
    }

    /** Each order of all routes changes a hundred, and between two of them single ones are changed. @return how many */
    private int changeRoutes(int one, int two) throws Exception {
        int changes = 0;
        for (int round = 1; changes < ROUTE_CHANGES; round++) {
            apply(routes(round, one, two));
            changes += ROUTES_OF_AN_ORDER;
            for (int i = 0; i < SINGLE_CHANGES_BETWEEN; i++) {
                order("POST", "/admin/apis", changing(i, round + 1, one, two));
                changes++;
            }
        }
        return changes;
    }

    private static String routes(int round, int one, int two) {
        List<String> routes = new ArrayList<>();
        routes.add(GatewayUnderTest.routeJson("kept", one, BEST_EFFORT));
        // Comes and goes, as a neighbour that lies deeper.
        if (round % 2 == 0) {
            routes.add(GatewayUnderTest.routeJson("deeper", two, BEST_EFFORT)
                    .replace("/apis/deeper", "/apis/kept/deeper"));
        }
        for (int i = 0; i < ROUTES_OF_AN_ORDER; i++) {
            routes.add(changing(i, round, one, two));
        }
        return "{\"routes\":[" + String.join(",", routes) + "]}";
    }

    private static String changing(int number, int round, int one, int two) {
        return GatewayUnderTest.routeJson("changing-" + number, round % 2 == 0 ? one : two, BEST_EFFORT);
    }

    private void apply(String routes) throws Exception {
        order("POST", "/admin/apis/apply", routes);
    }

    private void rotateSecrets(RotatingIssuer issuer) {
        try {
            for (int i = 1; i <= ROTATIONS; i++) {
                certificates.replaceCertificate();
                certificates.revoke("former-client");
                issuer.rotate();
                token = issuer.token("caller-" + i);
                int fetches = i + 1;
                await().atMost(Duration.ofMinutes(1)).until(() -> issuer.fetches() >= fetches);
                long fetched = System.nanoTime();
                apiKey = json(order("POST", "/admin/api-keys/s1/rotate", "{\"grace_period_hours\":1}"))
                        .path("new_api_key")
                        .asString("");
                String next = "the-admin-token-number-" + i + "-of-the-test-0123456789";
                OwnerOnlyFiles.write(folder.resolve("admin-token"), next.getBytes(StandardCharsets.US_ASCII));
                // The former token stays good beside it, so that the changes of routes go on with either.
                await().atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> sent("GET", "/admin/health", "", next).statusCode() == 200);
                admin = next;
                // One fetch of the key set in a cooldown, whatever comes: the next key waits for its end.
                await().atMost(Duration.ofMinutes(1)).until(() -> System.nanoTime() - fetched > COOLDOWN.toNanos());
            }
        } catch (Exception e) {
            faults.add("a rotation failed: " + e);
        }
    }

    private String order(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = sent(method, path, body, admin);
        if (answer.statusCode() / 100 != 2) {
            faults.add(method + " " + path + " was answered " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    private HttpResponse<String> sent(String method, String path, String body, String bearer)
            throws IOException, InterruptedException {
        return GatewayUnderTest.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                .timeout(Duration.ofMinutes(1))
                .header("Authorization", "Bearer " + bearer)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static JsonNode json(String body) throws Exception {
        return StrictJson.parse(body.getBytes(StandardCharsets.UTF_8));
    }
}
