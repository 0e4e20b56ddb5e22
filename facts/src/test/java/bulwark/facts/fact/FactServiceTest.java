package bulwark.facts.fact;

import static bulwark.facts.FactsFixture.TRUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import bulwark.kernel.access.Principal;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Stating, reading and listing facts. */
class FactServiceTest extends FactServiceTestBase {
    @Test
    void a_bare_value_and_no_source_are_filled_in_and_mentioned() {
        Answer answer = facts.post(
                "{\"entity\":\"stigmem://test/e1\",\"relation\":\"seq\",\"value\":\"7\",\"scope\":\"team\"}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().at("/value/type").stringValue()).isEqualTo("string");
        assertThat(answer.text("source")).isEqualTo("anon:trusted");
        assertThat(answer.json().get("warnings").toString())
                .contains("bare relation 'seq'")
                .contains("type 'string'")
                .contains("defaulted to the caller");
    }

    @Test
    void numbers_keep_their_notation() {
        String big = "123456789012345678901234567890";
        Map.of("42", "42", "42.0", "42.0", "1e21", "1e+21", "1e-7", "1e-07", big, big, "-0", "0", "-0.0", "-0.0")
                .forEach((given, stored) -> {
                    String id = say("{\"type\":\"number\",\"v\":" + given + "}").text("id");
                    JsonNode read = facts.get("/v1/facts/" + id).json();
                    assertThat(read.at("/value/v").decimalValue())
                            .isEqualByComparingTo(new java.math.BigDecimal(stored));
                    assertThat(read.get("cid").stringValue())
                            .isEqualTo(ContentId.of("user:a", "memory:x", "number", stored, "agent:t", 1.0, "local"));
                });
    }

    @Test
    void a_value_that_does_not_match_its_type_is_refused_by_name() {
        List<String> values = List.of(
                "{\"type\":\"number\",\"v\":\"abc\"}",
                "{\"type\":\"number\",\"v\":true}",
                "{\"type\":\"number\",\"v\":\"NaN\"}",
                "{\"type\":\"boolean\",\"v\":\"false\"}",
                "{\"type\":\"datetime\",\"v\":\"banana\"}",
                "{\"type\":\"datetime\",\"v\":\"2026-02-30T00:00:00Z\"}",
                "{\"type\":\"ref\",\"v\":\" \"}",
                "{\"type\":\"string\",\"v\":null}",
                "{\"type\":\"string\",\"v\":[1]}",
                "{\"type\":\"string\",\"v\":\"a\\u0000b\"}",
                "{\"type\":\"bytes\",\"v\":\"x\"}",
                "{\"type\":\"null\",\"v\":1}",
                "{\"v\":\"x\"}",
                "{\"type\":\"string\",\"v\":\"x\",\"interpret_as\":\"magic\"}",
                "[1]");
        for (String value : values) {
            Answer answer = say(value);
            assertThat(answer.status()).as(value).isEqualTo(422);
            assertThat(((FieldsRefused) answer.refusal()).errors().getFirst().location())
                    .startsWith("body", "value");
        }
        assertThat(say("{\"type\":\"number\",\"v\":1e999}").status()).isEqualTo(422);
        assertThat(facts.get("/v1/facts").json().get("total").intValue()).isZero();
    }

    @Test
    void an_origin_that_does_not_exist_is_refused_by_name() {
        String base = say("\"v\"").text("id");
        String cid = facts.get("/v1/facts/" + base).text("cid");
        String unknown = "00000000-0000-4000-8000-00000000dead";
        Map<String, List<Object>> refused = Map.of(
                "{\"fact_id\":\"" + unknown + "\"}",
                List.of("body", "derived_from", 1, "fact_id"),
                "{\"hash\":\"nonsense\"}",
                List.of("body", "derived_from", 1, "hash"),
                "{}",
                List.of("body", "derived_from", 1, "fact_id"),
                "{\"fact_id\":\"" + base + "\",\"hash\":\"sha256:" + "0".repeat(64) + "\"}",
                List.of("body", "derived_from", 1, "hash"));
        refused.forEach((origin, place) -> {
            Answer answer = say("\"s\"", ",\"derived_from\":[{\"fact_id\":\"" + base + "\"}," + origin + "]");
            assertThat(answer.status()).as(origin).isEqualTo(422);
            assertThat(((FieldsRefused) answer.refusal()).errors())
                    .singleElement()
                    .extracting(FieldError::location)
                    .isEqualTo(place);
        });
        assertThat(facts.get("/v1/facts").json().get("total").intValue()).isEqualTo(1);
        Answer whole = say("\"s\"", ",\"derived_from\":[{\"fact_id\":\"" + base + "\",\"hash\":\"" + cid + "\"}]");
        assertThat(whole.status()).isEqualTo(201);
        Answer elsewhere = say("\"t\"", ",\"derived_from\":[{\"hash\":\"sha256:" + "0".repeat(64) + "\"}]");
        assertThat(elsewhere.json().get("warnings").toString()).contains("derived_from.0.hash");
    }

    @Test
    void a_fact_in_a_garden_that_the_caller_may_not_read_is_an_unknown_origin() {
        facts.call(TRUSTED, "POST", "/v1/gardens", "{\"slug\":\"g\",\"name\":\"G\",\"scope\":\"local\"}");
        String closed =
                say("\"v\"", ",\"garden_id\":\"stigmem://testnode/garden/g\"").text("id");
        Principal stranger = FactsFixture.reader("agent:z", "read", "write");
        String body =
                "{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":\"s\",\"derived_from\":[{\"fact_id\":\""
                        + closed + "\"}]}";
        assertThat(facts.call(stranger, "POST", "/v1/facts", body).status()).isEqualTo(422);
        assertThat(facts.call(TRUSTED, "POST", "/v1/facts", body).status()).isEqualTo(201);
    }

    @Test
    void an_unknown_wish_for_verification_is_refused() {
        String id = say("\"v\"").text("id");
        for (String target : List.of("/v1/facts", "/v1/facts/" + id)) {
            for (String word : List.of("bogus", "ful", "", "full,full")) {
                Answer answer = facts.call(TRUSTED, "GET", target, "", Map.of("Stigmem-Verify", word));
                assertThat(answer.status()).as(word).isEqualTo(400);
                assertThat(answer.refusal().code()).isEqualTo("verify_unknown");
            }
            assertThat(facts.call(TRUSTED, "GET", target, "", Map.of("Stigmem-Verify", " Full"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void too_large_fields_are_refused() {
        assertThat(say("\"" + "ä".repeat(40_000) + "\"").status()).isEqualTo(422);
        assertThat(say("1", ",\"valid_until\":\"soon\"").status()).isEqualTo(422);
        assertThat(facts.post("{\"entity\":\"" + "e".repeat(2049) + "\",\"relation\":\"r:r\",\"value\":1}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void an_instruction_takes_its_own_permission() {
        String value = "{\"type\":\"text\",\"v\":\"do it\",\"interpret_as\":\"instruction\"}";
        Answer refused = say(value);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.refusal().code()).isEqualTo("instruction_write_required");
        Principal trusted = FactsFixture.reader("agent:boss", "write", "instruction:write");
        String body = "{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":" + value + "}";
        assertThat(facts.call(trusted, "POST", "/v1/facts", body).status()).isEqualTo(201);
    }

    @Test
    void asserting_an_identical_fact_is_idempotent() {
        String first = say("\"v\"").text("id");
        assertThat(say("\"v\"").text("id")).isEqualTo(first);
        String other = say("\"v\"", ",\"valid_until\":\"2030-01-01T00:00:00Z\"").text("id");
        assertThat(other).isNotEqualTo(first);
        String cid = facts.get("/v1/facts/" + other).text("cid");
        assertThat(facts.get("/v1/facts/" + cid.replace(":", "%3A")).text("id")).isEqualTo(other);
    }

    @Test
    void a_retracted_fact_can_be_asserted_again() {
        String first = say("\"v\"").text("id");
        String retraction = say("\"v\"", ",\"confidence\":0.0").text("id");
        assertThat(say("\"v\"", ",\"confidence\":0.0").text("id")).isEqualTo(retraction);
        assertThat(ids(facts.get("/v1/facts"))).containsExactly(retraction);
        assertThat(ids(facts.get("/v1/facts?include_expired=true"))).containsExactlyInAnyOrder(first, retraction);
        String again = say("\"v\"").text("id");
        assertThat(again).isNotEqualTo(first);
        assertThat(say("\"v\"", ",\"confidence\":0.0").text("id")).isNotEqualTo(retraction);
    }

    @Test
    void metrics_that_anybody_may_read_name_no_principal() {
        String body = "{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":1}";
        Principal somebody = FactsFixture.reader("agent:somebody", "read", "write");
        assertThat(facts.call(somebody, "POST", "/v1/facts", body).status()).isEqualTo(201);
        assertThat(facts.call(somebody, "GET", "/v1/facts", "").status()).isEqualTo(200);
        assertThat(facts.metrics.scrape())
                .contains("stigmem_fact_write_total{", "stigmem_fact_read_total{")
                .doesNotContain("somebody");
    }

    @Test
    void pages_are_complete_and_the_total_is_exact() {
        for (int i = 0; i < 25; i++) {
            facts.post("{\"entity\":\"user:p\",\"relation\":\"memory:n" + i + "\",\"value\":" + i + "}");
            if (i % 3 == 0) {
                facts.clock.advance(Duration.ofMillis(1));
            }
        }
        Set<String> seen = new HashSet<>();
        String cursor = "";
        int pages = 0;
        do {
            Answer page = facts.get("/v1/facts?entity=user:p&limit=7" + cursor);
            assertThat(page.headers().all("X-Total-Count")).containsExactly("25");
            Set<String> ids = ids(page);
            assertThat(seen).doesNotContainAnyElementsOf(ids);
            seen.addAll(ids);
            cursor = page.json().get("cursor").isNull() ? "" : "&cursor=" + page.text("cursor");
            pages++;
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(25);
        assertThat(pages).isEqualTo(4);
    }

    @Test
    void a_page_ends_by_its_bytes_before_its_rows_and_the_cursor_leads_through_all() {
        String text = "x".repeat(60_000);
        for (int i = 0; i < 40; i++) {
            facts.post("{\"entity\":\"user:big\",\"relation\":\"memory:n" + i + "\",\"value\":\"" + text + "\"}");
        }
        Set<String> seen = new HashSet<>();
        String cursor = "";
        int pages = 0;
        do {
            Answer page = facts.get("/v1/facts?entity=user:big&limit=500" + cursor);
            assertThat(page.headers().all("X-Total-Count")).containsExactly("40");
            Set<String> ids = ids(page);
            assertThat(ids).hasSizeBetween(1, 20);
            seen.addAll(ids);
            cursor = page.json().get("cursor").isNull() ? "" : "&cursor=" + page.text("cursor");
            pages++;
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(40);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void a_bad_parameter_is_named() {
        List<String> queries = List.of(
                "cursor=garbage",
                "cursor=00000000-0000-4000-8000-000000000001",
                "cursor=%00",
                "scope=universe",
                "after=soon");
        for (String query : queries) {
            Answer answer = facts.get("/v1/facts?" + query);
            assertThat(answer.status()).as(query).isIn(400, 422);
            assertThat(answer.refusal()).hasMessageContaining(query.substring(0, query.indexOf('=')));
        }
    }

    @Test
    void provenance_shows_what_exists() {
        Answer base = say("\"base\"");
        String derived = facts.post("{\"entity\":\"user:b\",\"relation\":\"memory:s\",\"value\":\"sum\",\"write_mode\":"
                        + "\"summarize_with_provenance\",\"derived_from\":[{\"fact_id\":\"" + base.text("id")
                        + "\"},{\"hash\":\"" + base.text("cid") + "\"},{\"hash\":\"sha256:" + "0".repeat(64) + "\"}]}")
                .text("id");
        JsonNode sources =
                facts.get("/v1/facts/" + derived + "/provenance").json().get("derived_from");
        assertThat(sources.get(0).get("exists").booleanValue()).isTrue();
        assertThat(sources.get(1).get("fact_id").stringValue()).isEqualTo(base.text("id"));
        assertThat(sources.get(2).get("exists").booleanValue()).isFalse();
    }

    @Test
    void the_event_loop_answers_only_what_is_cached() {
        String path = "/v1/facts/" + say("\"v\"").text("id");
        assertThat(facts.onLoop(TRUSTED, path)).isNull();
        String read = facts.get(path).json().toString();
        assertThat(new String(facts.onLoop(TRUSTED, path).body(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(read);
        say("\"w\"");
        assertThat(facts.onLoop(TRUSTED, path)).as("a sibling dropped it").isNull();
        Principal elsewhere = new Principal("agent:e", "other", Set.of("read"), null);
        facts.get(path);
        assertThat(facts.onLoop(elsewhere, path)).isNull();
        assertThat(facts.call(elsewhere, "GET", path, "").status()).isEqualTo(404);
    }

    @Test
    void each_call_writes_evidence_and_metrics() {
        String id = say("\"v\"").text("id");
        facts.get("/v1/facts/" + id);
        facts.audit.flush();
        String rows = facts.store.read(tx -> {
            try (var row = tx.statement(
                            "SELECT group_concat(event_type || ' ' || fact_id || ' ' || detail) FROM fact_audit_log")
                    .executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        });
        assertThat(rows).contains("fact_write " + id).contains("record_hash").contains("fact_read " + id);
        assertThat(facts.metrics.scrape())
                .contains("stigmem_fact_write_total{principal=\"" + facts.metrics.principal("anon:trusted")
                        + "\",tenant=\"default\"} 1")
                .contains("stigmem_fact_read_total{principal=\"" + facts.metrics.principal("anon:trusted")
                        + "\",tenant=\"default\"} 1");
    }
}
