package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.AuditedStore.Layout;
import bulwark.kernel.storage.StoreRefused;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway as the program starts it, and the evidence that it leaves. */
@Timeout(120)
class GatewayEvidenceTest {
    @TempDir
    Path folder;

    @Test
    void a_refused_call_is_explained_by_the_id_that_its_answer_bears() throws Exception {
        String trace;
        try (Gateway gateway = start()) {
            HttpResponse<String> answer = get(gateway, "/orders/7?secret=value");
            assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
            trace = answer.headers().firstValue("X-Stoa-Trace-Id").orElseThrow();
        }
        List<RecordedDecision> records = query(trace);
        assertThat(records).hasSize(1);
        assertThat(String.join(" ", Explanation.of(records.getFirst())))
                .contains("GET /orders/7 with a query", "from 127.0.0.1", "refused the call")
                .doesNotContain("secret=value");
        assertThat(GatewayStore.fsck(state()).sentences()).isEmpty();
    }

    @Test
    void health_and_metrics_leave_no_record() throws Exception {
        try (Gateway gateway = start()) {
            for (String path : List.of("/health", "/ready", "/metrics")) {
                assertThat(get(gateway, path).statusCode()).isEqualTo(200);
            }
        }
        assertThat(query(null)).isEmpty();
    }

    @Test
    void a_journal_that_was_taken_away_refuses_the_next_start() throws Exception {
        try (Gateway gateway = start()) {
            get(gateway, "/orders");
        }
        try (Stream<Path> files = Files.list(Layout.journalFolder(GatewayStore.file(state())))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        assertThat(GatewayStore.fsck(state()).clean()).isFalse();
        assertThatThrownBy(this::start)
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("STOA_ACCEPT_EVIDENCE_LOSS=");
    }

    private Gateway start() {
        Configuration settings = Configuration.read(GatewaySettings.schema(), Map.of("STOA_PORT", "0"), folder);
        return Gateway.start(() -> settings, folder, Clock.systemUTC());
    }

    private static HttpResponse<String> get(Gateway gateway, String target) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + target))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private List<RecordedDecision> query(@org.jspecify.annotations.Nullable String id) throws Exception {
        return new EvidenceFolder(GatewayStore.file(state()))
                .query(new DecisionQuery(Instant.EPOCH, null, null, null, null, id, 100));
    }

    private Path state() {
        return folder.resolve("stoa-state");
    }
}
