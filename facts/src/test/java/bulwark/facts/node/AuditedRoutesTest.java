package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.GivenRequest;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.tls.RefusedPeer;
import bulwark.web.ApiRefusal;
import bulwark.web.EdgeRefusal;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditedRoutesTest {
    private static final EdgeRefusal UNKNOWN = badKey("unknown", null);

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private NodeComposition node;

    @BeforeEach
    void open() {
        node = NodeComposition.open(Map.of("STIGMEM_TL_BACKEND", "off"), folder.resolve("a.db"), clock);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static EdgeRefusal badKey(String reason, @Nullable String keyId) {
        return new EdgeRefusal.BadCredentials("key", reason, keyId, "Invalid or expired API key", "Bearer");
    }

    private void refuse(String remote, EdgeRefusal refusal) {
        node.refusals().refused(null, "GET", "/v1/facts", remote, refusal);
    }

    private List<AuditRow> rows() {
        return rows("authentication_failed");
    }

    private List<AuditRow> rows(String type) {
        node.audit().flush();
        AuditLog.Query query = new AuditLog.Query("default", null, null, null, type, 0L, 5000);
        return node.store().read(tx -> node.audit().page(tx, query)).rows();
    }

    @Test
    void every_reason_of_a_failed_authentication_leaves_a_row() {
        refuse("10.0.0.1", new EdgeRefusal.NoCredentials(List.of("key"), List.of("Bearer")));
        refuse("10.0.0.1", UNKNOWN);
        refuse("10.0.0.1", badKey("revoked", "key-1"));
        refuse("10.0.0.1", badKey("expired", "key-2"));
        refuse("10.0.0.1", new EdgeRefusal.NotFound());
        refuse("10.0.0.1", new EdgeRefusal.NoCredentials(List.of("session", "token"), List.of()));
        refuse("10.0.0.1", new EdgeRefusal.BadCredentials("session", "expired", "s-1", "sign in again", null));
        assertThat(rows())
                .extracting(AuditRow::detail)
                .hasSize(6)
                .anyMatch(detail -> detail.contains("missing_session_or_token"))
                .anyMatch(detail -> detail.contains("expired_session") && detail.contains("s-1"))
                .allMatch(detail -> detail.contains("\"remote\":\"10.0.0.1\""))
                .anyMatch(detail -> detail.contains("missing_key"))
                .anyMatch(detail -> detail.contains("unknown_key"))
                .anyMatch(detail -> detail.contains("revoked_key") && detail.contains("key-1"))
                .anyMatch(detail -> detail.contains("expired_key") && detail.contains("key-2"));
        assertThat(node.metrics().scrape()).contains("stigmem_authentication_failed_total{reason=\"missing_key\"} 1");
    }

    @Test
    void a_refused_tls_peer_leaves_a_row_with_its_address_and_a_flood_is_bounded() {
        for (int i = 0; i < 150; i++) {
            node.refusals().refused(new RefusedPeer("untrusted", "10.0.0.3"));
        }
        node.refusals().refused(new RefusedPeer("no_certificate", "10.0.0.4"));
        clock.advance(Duration.ofMinutes(1));
        assertThat(rows("peer_refused"))
                .extracting(AuditRow::detail)
                .hasSize(102)
                .contains("{\"reason\":\"untrusted\",\"remote\":\"10.0.0.3\"}")
                .contains("{\"reason\":\"untrusted\",\"remote\":\"10.0.0.3\",\"suppressed\":50}")
                .contains("{\"reason\":\"no_certificate\",\"remote\":\"10.0.0.4\"}");
    }

    @Test
    void a_flood_of_what_a_known_caller_is_refused_on_an_event_loop_is_a_hundred_short_rows_and_a_count()
            throws InterruptedException {
        Principal caller = new Principal("agent:a", "default", Set.of("read"), "key-1");
        Route route = node.refusals().wrap(Route.authenticated("GET", "/v1/facts/{id}", "test", request -> {
            throw new ApiRefusal(ApiRefusal.Kind.MALFORMED, "header_malformed", "A header is malformed.");
        }));
        GivenRequest request =
                GivenRequest.of("GET", "/v1/facts/" + "x".repeat(8_000)).as(caller);
        Thread loop = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 500; i++) {
                assertThatThrownBy(() -> route.handler().handle(request)).isInstanceOf(ApiRefusal.class);
            }
        });
        loop.join();
        node.refusals().refused(caller, "GET", request.path(), "10.0.0.1", new EdgeRefusal.NotFound());
        clock.advance(Duration.ofMinutes(1));
        assertThat(rows("request_refused"))
                .hasSize(101)
                .allMatch(row -> row.detail().length() < 1_000);
        assertThat(rows("access_refused"))
                .hasSize(1)
                .allMatch(row -> row.detail().length() < 1_000);
    }

    @Test
    void a_flood_from_one_address_is_a_hundred_rows_and_a_count() {
        for (int i = 0; i < 5_000; i++) {
            refuse("10.0.0.1", UNKNOWN);
        }
        refuse("10.0.0.2", UNKNOWN);
        clock.advance(Duration.ofMinutes(1));
        List<AuditRow> rows = rows();
        assertThat(rows).hasSize(102);
        assertThat(rows)
                .extracting(AuditRow::detail)
                .contains("{\"reason\":\"unknown_key\",\"remote\":\"10.0.0.1\",\"suppressed\":4900}");
    }

    @Test
    void a_flood_from_ever_new_addresses_is_bounded_too() {
        for (int i = 0; i < 20_000; i++) {
            refuse("2001:db8::" + Integer.toHexString(i), UNKNOWN);
        }
        clock.advance(Duration.ofMinutes(1));
        List<AuditRow> rows = rows();
        long suppressed =
                rows.stream().filter(row -> row.detail().contains("suppressed")).count();
        assertThat(rows).hasSize(1_001);
        assertThat(suppressed).as("one row for all others").isEqualTo(1);
        assertThat(rows).extracting(AuditRow::detail).contains("{\"reason\":\"unknown_key\",\"suppressed\":19000}");
    }
}
