package bulwark.facts.admin;

import static bulwark.facts.admin.AdminFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.GivenRequest;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.json.StrictJson;
import bulwark.web.FieldsRefused;
import bulwark.web.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(30)
class AuditRoutesTest {
    /** A node publishes its two manifests when it starts. */
    private static final int ROWS_OF_THE_START = 2;

    @TempDir
    Path directory;

    private AdminFixture node;

    @BeforeEach
    void open() {
        node = new AdminFixture(directory);
        for (int i = 0; i < 5; i++) {
            write(i < 3 ? "fact_write" : "quota_breach", i == 0 ? "agent:a" : "agent:b");
            node.clock.advance(Duration.ofSeconds(1));
        }
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void an_entry_has_the_members_of_the_wire_in_order() {
        JsonNode page = page(request().query("limit", "1").query("cursor", String.valueOf(ROWS_OF_THE_START)));
        assertThat(page.propertyNames()).containsExactly("entries", "total", "next_cursor");
        JsonNode entry = page.get("entries").get(0);
        assertThat(entry.propertyNames())
                .containsExactly(
                        "seq",
                        "id",
                        "event_type",
                        "entity_uri",
                        "oidc_sub",
                        "fact_id",
                        "source",
                        "attested_key_id",
                        "ts",
                        "tenant_id",
                        "detail");
        assertThat(entry.get("fact_id").stringValue()).isEqualTo("fact-1");
        assertThat(entry.get("ts").stringValue()).isEqualTo("2026-01-01T00:00:00.000000+00:00");
        JsonNode detail = StrictJson.parse(entry.get("detail").stringValue().getBytes(StandardCharsets.UTF_8));
        assertThat(detail.get("n").intValue()).isEqualTo(1);
    }

    @Test
    void a_cursor_walks_every_row_once() {
        JsonNode first = page(request().query("limit", "3").query("cursor", String.valueOf(ROWS_OF_THE_START)));
        assertThat(first.get("entries")).hasSize(3);
        assertThat(first.get("total").intValue()).isEqualTo(ROWS_OF_THE_START + 5);
        String cursor = first.get("next_cursor").toString();
        JsonNode second = page(request().query("limit", "3").query("cursor", cursor));
        assertThat(second.get("entries")).hasSize(2);
        assertThat(second.get("next_cursor").isNull()).isTrue();
    }

    @Test
    void a_walk_that_begins_without_a_cursor_sees_every_row_once() {
        JsonNode newest = page(request().query("limit", "3"));
        assertThat(newest.get("entries").get(2).get("seq").intValue()).isEqualTo(ROWS_OF_THE_START + 5);
        JsonNode older = page(request()
                .query("limit", "4")
                .query("cursor", newest.get("next_cursor").toString()));
        assertThat(older.get("entries")).hasSize(ROWS_OF_THE_START + 2);
        assertThat(older.get("entries").get(0).get("seq").intValue()).isEqualTo(1);
        assertThat(older.get("next_cursor").isNull()).isTrue();
    }

    @Test
    void a_page_that_is_cut_by_its_bytes_leads_on_in_both_directions() {
        String text = "x".repeat(20_000);
        for (int i = 0; i < 150; i++) {
            node.store.write(tx -> node.audit.append(
                    tx, new AuditEvent("fact_write", "agent:c", "default", "fact-1", null, Map.of("text", text))));
        }
        List<Long> all =
                LongStream.rangeClosed(1, ROWS_OF_THE_START + 5 + 150).boxed().toList();
        assertThat(walk("0")).isEqualTo(all);
        assertThat(walk(null)).isEqualTo(all);
    }

    /** Rows of all pages, ascending; each page is cut, and ascending in itself. */
    private List<Long> walk(@Nullable String from) {
        List<Long> seen = new ArrayList<>();
        String cursor = from;
        int pages = 0;
        do {
            GivenRequest request = request().query("limit", "1000");
            JsonNode page = page(cursor == null ? request : request.query("cursor", cursor));
            List<Long> seqs = new ArrayList<>();
            page.get("entries").forEach(entry -> seqs.add(entry.get("seq").longValue()));
            assertThat(seqs).isSorted().hasSizeLessThan(120);
            boolean backward = from == null;
            seen.addAll(backward ? 0 : seen.size(), seqs);
            cursor = page.get("next_cursor").isNull()
                    ? null
                    : page.get("next_cursor").toString();
            pages++;
        } while (cursor != null);
        assertThat(pages).isGreaterThan(2);
        return seen;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-01T00:00:03",
                "2026-01-01T00:00:03Z",
                "2026-01-01T00:00:03+00:00",
                "2026-01-01T02:00:03+02:00",
                "2026-01-01T02:00:03 02:00",
                "2026-01-01T02:00:03.000+0200",
                "2026-01-01 00:00:03"
            })
    void every_spelling_of_an_instant_selects_the_same_rows(String instant) {
        assertThat(page(request().query("since", instant)).get("total").intValue())
                .isEqualTo(2);
        assertThat(page(request().query("until", instant)).get("total").intValue())
                .isEqualTo(ROWS_OF_THE_START + 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"since", "until"})
    void what_is_no_instant_is_refused_by_name(String parameter) {
        for (String text : new String[] {"nonsense", "", "2026", "2026-02-30T00:00:00Z"}) {
            assertThatThrownBy(() -> page(request().query(parameter, text)))
                    .isInstanceOf(FieldsRefused.class)
                    .hasMessageContaining(parameter);
        }
    }

    @Test
    void filters_combine() {
        JsonNode breaches = page(request().query("event_type", "quota_breach").query("limit", "1"));
        assertThat(breaches.get("entries")).hasSize(1);
        assertThat(breaches.get("total").intValue()).isEqualTo(2);
        assertThat(page(request().query("principal", "agent:a")).get("entries")).hasSize(1);
        assertThat(page(request().query("since", "2026-01-01T00:00:03")).get("entries"))
                .hasSize(2);
        assertThat(page(request().query("until", "2025-12-31")).get("entries")).isEmpty();
    }

    @Test
    void another_tenant_sees_nothing() {
        GivenRequest other = request();
        var stranger = new bulwark.kernel.access.Principal("agent:z", "other", java.util.Set.of("audit.read"), null);
        assertThat(page(new GivenRequest(
                                other.method(), other.path(), Map.of(), Map.of(), Headers.NONE, new byte[0], stranger))
                        .get("entries"))
                .isEmpty();
    }

    @Test
    void limits_are_checked() {
        for (String limit : new String[] {"0", "1001", "ten"}) {
            assertThatThrownBy(() -> page(request().query("limit", limit))).isInstanceOf(FieldsRefused.class);
        }
    }

    private void write(String type, String principal) {
        node.store.write(tx ->
                node.audit.append(tx, new AuditEvent(type, principal, "default", "fact-1", null, Map.of("n", 1))));
    }

    private JsonNode page(GivenRequest request) {
        return json(node.call(request));
    }

    private static GivenRequest request() {
        return GivenRequest.of("GET", "/v1/admin/audit").as("agent:siem", "audit.read");
    }
}
