package bulwark.gateway.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.opensearch.BulkIndex.Mode;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.SystemResolver;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class OpenSearchSinkTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics(OpenSearchSink.METRICS);
    private BulkIndex index;
    private Journal journal;

    @BeforeEach
    void start() throws Exception {
        index = new BulkIndex();
        journal = Journal.open(
                folder.resolve("journal"),
                new Journal.Options(16 << 10, 100_000),
                new SecureRandom(),
                Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        journal.close();
        index.close();
    }

    private void append(int from, int to) {
        for (int i = from; i < to; i++) {
            String json = "{\"v\":1,\"kind\":\"call\",\"at\":\"2026-11-27T12:00:00.000Z\",\"trace\":\"t" + i
                    + "\",\"tenant\":\"acme\",\"method\":\"GET\",\"path\":\"/a\",\"decision\":\"allow\",\"status\":200}";
            assertThat(journal.append(out -> out.raw(json.getBytes(StandardCharsets.UTF_8))))
                    .isTrue();
        }
        int expected = to;
        await().atMost(DEADLINE).until(() -> journal.records() >= expected - from);
    }

    private OpenSearchSink sink(List<IpPrefix> allowed) throws Exception {
        AddressGuard guard = new AddressGuard(
                new SystemResolver(), new AddressPolicy(allowed, Set.of(), Set.of(), "CIDRS", "HOSTS", ""));
        OpenSearchSettings settings = new OpenSearchSettings(
                TargetUrl.parse(index.url() + "/stoa-audit/_bulk"),
                () -> Optional.of(SecretBytes.ofText("audit:secret")));
        return OpenSearchSink.start(
                settings,
                GuardedFetch.withSystemTrust(guard, 8 << 20),
                new OpenSearchSink.Source(folder.resolve("journal"), "store-1", folder.resolve("position")),
                metrics);
    }

    private OpenSearchSink sink() throws Exception {
        return sink(List.of(IpPrefix.parse("127.0.0.1/32")));
    }

    private void awaitDocuments(int count) {
        await().atMost(DEADLINE).until(() -> index.documents.size() >= count);
    }

    @Test
    void every_record_arrives_once_in_bounded_requests_and_the_next_start_goes_on_behind_it() throws Exception {
        append(0, 20_000);
        try (OpenSearchSink sink = sink()) {
            awaitDocuments(20_000);
            append(20_000, 20_100);
            awaitDocuments(20_100);
            await().atMost(DEADLINE).until(() -> metrics.scrape().contains("stoa_audit_spool_records 0.0"));
            assertThat(sink).isNotNull();
        }
        assertThat(index.documents).hasSize(20_100);
        assertThat(index.largest.get()).isLessThan(24 << 20);
        assertThat(index.authorizations).containsOnly("Basic YXVkaXQ6c2VjcmV0");
        assertThat(index.documents.values())
                .extracting(document -> document.path("correlation_id").asString(""))
                .doesNotHaveDuplicates();
        int before = index.requests.get();
        append(20_100, 20_101);
        try (OpenSearchSink again = sink()) {
            awaitDocuments(20_101);
            assertThat(again).isNotNull();
        }
        assertThat(index.requests.get() - before).isLessThan(5);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"LOSE_ANSWER", "UNAVAILABLE", "BUSY", "SILENT", "NONSENSE"})
    void what_fails_is_sent_again_and_nothing_is_lost_or_doubled(Mode mode) throws Exception {
        index.mode(mode);
        append(0, 500);
        try (OpenSearchSink sink = sink()) {
            await().atMost(DEADLINE).until(() -> metrics.scrape().contains("stoa_opensearch_failures_total 1.0"));
            assertThat(metrics.scrape()).contains("stoa_audit_spool_records 500.0");
            append(500, 600);
            index.mode(Mode.TAKE);
            awaitDocuments(600);
            await().atMost(DEADLINE).until(() -> metrics.scrape().contains("stoa_audit_spool_records 0.0"));
            assertThat(sink).isNotNull();
        }
        assertThat(index.documents.values())
                .extracting(document -> document.path("correlation_id").asString(""))
                .hasSize(600)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_lost_position_sends_everything_again_and_doubles_nothing() throws Exception {
        append(0, 300);
        try (OpenSearchSink sink = sink()) {
            awaitDocuments(300);
            await().atMost(DEADLINE).until(() -> Files.exists(folder.resolve("position")));
            assertThat(sink).isNotNull();
        }
        Files.writeString(folder.resolve("position"), "what is this");
        append(300, 301);
        try (OpenSearchSink again = sink()) {
            awaitDocuments(301);
            await().atMost(DEADLINE)
                    .until(() -> metrics.scrape().contains("stoa_opensearch_records_total{outcome=\"present\"}"));
            assertThat(again).isNotNull();
        }
        assertThat(index.documents).hasSize(301);
    }

    @Test
    void a_record_that_the_mapping_does_not_take_arrives_as_text_and_holds_nothing_up() throws Exception {
        index.mode(Mode.OTHER_MAPPING);
        append(0, 10);
        try (OpenSearchSink sink = sink()) {
            awaitDocuments(10);
            assertThat(sink).isNotNull();
        }
        assertThat(index.documents.values())
                .allSatisfy(
                        document -> assertThat(document.has("record_base64")).isTrue());
    }

    @Test
    void the_address_guard_is_asked_for_each_connection() throws Exception {
        append(0, 10);
        try (OpenSearchSink sink = sink(List.of())) {
            await().atMost(DEADLINE).until(() -> metrics.scrape().contains("stoa_opensearch_failures_total 2.0"));
            assertThat(sink).isNotNull();
        }
        assertThat(index.requests.get()).isZero();
    }
}
