package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.metrics.Metrics;
import bulwark.testkit.WireSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpsEndpointTest {
    private final Metrics metrics = new Metrics();
    private final AtomicReference<Health> health = new AtomicReference<>(Health.GOOD);

    private static String get(int port, String path) {
        return WireSocket.answerTo(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    @Test
    void a_service_of_open_routes_is_opened_in_one_call_and_answers_probes() {
        metrics.count("test_things");
        try (Edge edge = Edge.create()) {
            int port =
                    edge.listenPlain(Service.open("test", OpsRoutes.of(metrics, health::get), metrics), "127.0.0.1", 0);

            assertThat(get(port, "/metrics"))
                    .startsWith("HTTP/1.1 200")
                    .contains("text/plain; version=0.0.4", "test_things_total 1");
            assertThat(get(port, "/healthz")).startsWith("HTTP/1.1 200").endsWith("{\"status\":\"ok\"}");
            assertThat(get(port, "/readyz")).startsWith("HTTP/1.1 200");
            assertThat(get(port, "/nothing")).startsWith("HTTP/1.1 404").endsWith("{\"error\":\"not_found\"}");

            health.set(new Health(null, "it is stopping"));
            assertThat(get(port, "/healthz")).startsWith("HTTP/1.1 200");
            assertThat(get(port, "/readyz")).startsWith("HTTP/1.1 503").contains("it is stopping");

            health.set(new Health("the disk is gone", null));
            assertThat(get(port, "/healthz"))
                    .startsWith("HTTP/1.1 503")
                    .contains("\"status\":\"error\"", "\"reason\":\"the disk is gone\"");
            assertThat(get(port, "/readyz")).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void without_a_port_nothing_listens() {
        try (OpsEndpoint endpoint = OpsEndpoint.listen("test", "127.0.0.1", 0, metrics, health::get)) {
            assertThat(endpoint.port()).isZero();
        }
    }

    @Test
    void a_service_that_cannot_tell_who_calls_has_open_routes_only() {
        List<Route> routes = List.of(Route.authenticated("GET", "/me", "test", r -> TestService.text("me")));
        assertThatThrownBy(() -> Service.open("test", routes, metrics)).isInstanceOf(IllegalArgumentException.class);
    }
}
