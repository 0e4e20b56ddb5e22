package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.balance.HealthMonitor;
import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.route.ApiRoute.Upstream;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.kernel.tls.ReloadingTls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Health checks speak as the route does. */
@Timeout(120)
class HealthCheckProtocolTest {
    @TempDir
    private Path folder;

    private SecurePlane plane;
    private HealthMonitor monitor;
    private final AtomicBoolean well = new AtomicBoolean();

    @BeforeEach
    void start() {
        plane = new SecurePlane(folder);
        monitor = new HealthMonitor(
                plane.test.upstreams, plane.test.forwarding.guard(), Duration.ofMillis(20), Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        monitor.close();
        plane.close();
    }

    private void check(String url, UpstreamHttp http) {
        plane.test.routes(TestPlane.route("r1", url, http, List.of(new Upstream(url, 1, "/well?deep=1"))));
    }

    private void awaitHealthy(boolean wanted) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> plane.test.upstreams.servers().stream().allMatch(each -> each.isHealthy() == wanted));
    }

    private void answer(FrameUpstream.Exchange exchange) throws IOException {
        if ("/well?deep=1".equals(exchange.value(":path"))) {
            // An interim answer, and frames that concern no status, come before it.
            exchange.headers(false, ":status", "103", "link", "</a>")
                    .frame(FrameEncoding.PING, new byte[8])
                    .headers(true, ":status", well.get() ? "204" : "503");
        } else {
            exchange.ok("called");
        }
    }

    private void assertFollowed() {
        awaitHealthy(false);
        assertThat(plane.test.get("/").status()).isEqualTo(503);
        well.set(true);
        awaitHealthy(true);
        assertThat(plane.test.get("/").body()).isEqualTo("called");
    }

    @Test
    void in_http_2_with_prior_knowledge() {
        try (FrameUpstream upstream = FrameUpstream.of(this::answer)) {
            check(upstream.url(), UpstreamHttp.H2);
            assertFollowed();
            assertThat(upstream.requests())
                    .filteredOn(request -> "/well?deep=1".equals(request.value(":path")))
                    .allSatisfy(request -> {
                        assertThat(request.value(":method")).isEqualTo("GET");
                        assertThat(request.value(":scheme")).isEqualTo("http");
                        assertThat(request.value(":authority")).isEqualTo("127.0.0.1:" + upstream.port());
                    });
        }
    }

    @Test
    void in_what_tls_negotiates() {
        try (ReloadingTls tls = plane.authority.server();
                FrameUpstream upstream = FrameUpstream.secure(tls.context(), this::answer)) {
            check("https://localhost:" + upstream.port(), UpstreamHttp.AUTO);
            assertFollowed();
            assertThat(upstream.requests().getFirst().value(":scheme")).isEqualTo("https");
        }
    }

    @Test
    void in_http_1_over_tls_where_the_upstream_has_nothing_else() {
        try (ReloadingTls tls = plane.authority.server();
                ScriptedUpstream upstream = ScriptedUpstream.secure(
                        tls.context(),
                        exchange -> exchange.send(
                                exchange.request().line().contains("/well") && !well.get()
                                        ? "HTTP/1.1 500 Ill\r\nContent-Length: 0\r\n\r\n"
                                        : ScriptedUpstream.ok("called")))) {
            check("https://localhost:" + upstream.port(), UpstreamHttp.AUTO);
            assertFollowed();
        }
    }

    @Test
    void an_upstream_that_does_not_speak_the_routes_protocol_is_ill() {
        try (ReloadingTls tls = plane.authority.server();
                ScriptedUpstream secure =
                        ScriptedUpstream.secure(tls.context(), exchange -> exchange.send(ScriptedUpstream.ok("old")));
                ScriptedUpstream plain = ScriptedUpstream.saying(ScriptedUpstream.ok("old"))) {
            check("https://localhost:" + secure.port(), UpstreamHttp.H2);
            awaitHealthy(false);
            check(plain.url(), UpstreamHttp.H2);
            awaitHealthy(false);
            assertThat(plane.test.upstreams.servers()).noneMatch(UpstreamServer::isHealthy);
        }
    }
}
