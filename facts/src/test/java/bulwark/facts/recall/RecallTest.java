package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.kernel.signing.Digests;
import bulwark.web.ApiRefusal;
import bulwark.web.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class RecallTest {
    @TempDir
    Path folder;

    private RecallNode node;

    @BeforeEach
    void start() {
        node = new RecallNode(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void a_fact_is_found_by_its_entity_its_relation_and_its_value_in_the_very_next_call() {
        for (int i = 0; i < 50; i++) {
            String id = node.assertFact("user:person" + i, "memory:color" + i, "Verdigris number n" + i);
            for (String query : List.of("person" + i, "color" + i, "VERDIGRIS n" + i)) {
                assertThat(RecallNode.ids(node.recall(query))).contains(id);
            }
        }
    }

    @Test
    void the_answer_has_every_member_in_its_order() {
        node.assertFact("user:alice", "memory:role", "engineer");
        JsonNode answer = node.recall("engineer");
        assertThat(answer.propertyNames())
                .containsExactly(
                        "recall_id",
                        "query_hash",
                        "facts",
                        "content",
                        "instructions",
                        "total_scored",
                        "token_budget",
                        "tokens_used",
                        "truncated",
                        "tombstone_notices",
                        "chain_proof",
                        "nothing_known");
        assertThat(answer.get("query_hash").stringValue()).isEqualTo(Digests.sha256Hex("engineer"));
        JsonNode item = answer.get("facts").get(0);
        assertThat(item.propertyNames())
                .containsExactly("fact", "score", "score_breakdown", "hop_distance", "token_estimate", "from_card");
        assertThat(item.get("score_breakdown").propertyNames())
                .containsExactly("lexical", "semantic", "graph", "source_trust", "recency", "weighted_total");
        assertThat(answer.get("content")).isEqualTo(answer.get("facts"));
        assertThat(answer.get("chain_proof").isNull()).isTrue();
        assertThat(item.get("score").doubleValue()).isEqualTo(0.65);
        assertThat(item.get("token_estimate").intValue())
                .isEqualTo("user:alice memory:role engineer agent:alice".length() / 4);
    }

    @Test
    void the_legacy_format_leaves_out_the_channels_and_the_count_is_a_header() {
        node.assertFact("user:alice", "memory:role", "engineer");
        Map<String, Object> body = Map.of("query", "engineer", "scope", "company");
        Response response = node.call(RecallNode.ALICE, "POST", "/v1/recall?legacy_format=true", body, Map.of());
        assertThat(RecallNode.json(response).has("content")).isFalse();
        assertThat(RecallNode.json(response).has("instructions")).isFalse();
        assertThat(response.headers().all("X-Total-Count")).containsExactly("1");
    }

    @Test
    void full_verification_adds_a_chain_proof() {
        node.assertFact("user:alice", "memory:role", "engineer");
        Map<String, Object> body = Map.of("query", "engineer", "scope", "company");
        JsonNode answer = RecallNode.json(
                node.call(RecallNode.ALICE, "POST", "/v1/recall", body, Map.of("stigmem-verify", "Full")));
        assertThatThrownBy(() ->
                        node.call(RecallNode.ALICE, "POST", "/v1/recall", body, Map.of("Stigmem-Verify", "bogus")))
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        refusal -> assertThat(FactsFixture.status(refusal)).isEqualTo(400));
        assertThat(answer.get("chain_proof").get("checked_entries").intValue()).isEqualTo(1);
    }

    @Test
    void nothing_found_is_an_empty_answer() {
        node.assertFact("user:alice", "memory:role", "engineer");
        JsonNode answer = node.recall("zeppelin");
        assertThat(answer.get("facts")).isEmpty();
        assertThat(answer.get("total_scored").intValue()).isZero();
        assertThat(answer.get("truncated").booleanValue()).isFalse();
    }

    @Test
    void a_budget_of_one_token_is_empty_and_truncated() {
        node.assertFact("user:alice", "memory:role", "engineer");
        JsonNode answer =
                node.recall(RecallNode.ALICE, Map.of("query", "engineer", "scope", "company", "token_budget", 1));
        assertThat(answer.get("facts")).isEmpty();
        assertThat(answer.get("truncated").booleanValue()).isTrue();
    }

    @Test
    void matching_more_query_terms_scores_higher_than_repeating_one() {
        node.assertFact("user:a", "memory:note", "apple apple apple apple apple");
        String both = node.assertFact("user:b", "memory:note", "apple orchard in spring with many visitors around");
        assertThat(RecallNode.ids(node.recall("apple orchard"))).startsWith(both);
    }

    @Test
    void facts_of_the_neighbourhood_join_with_their_distance() {
        node.assertFact("stigmem://org/user/alice", "memory:role", "cartographer");
        node.assertRef("stigmem://org/user/alice", "rel:works_with", "stigmem://org/user/bob");
        String friend = node.assertFact("stigmem://org/user/bob", "memory:pet", "a tortoise");
        JsonNode answer = node.recall("cartographer");
        JsonNode found = null;
        for (JsonNode item : answer.get("facts")) {
            if (item.get("fact").get("id").stringValue().equals(friend)) {
                found = item;
            }
        }
        assertThat(found).isNotNull();
        assertThat(found.get("hop_distance").intValue()).isEqualTo(1);
        assertThat(found.get("score_breakdown").get("graph").doubleValue()).isEqualTo(0.5);
        Map<String, Object> alone = Map.of("query", "cartographer", "scope", "company", "include_neighbors", false);
        assertThat(RecallNode.ids(node.recall(RecallNode.ALICE, alone))).doesNotContain(friend);
    }

    @Test
    void facts_of_a_foreign_garden_are_excluded() {
        node.call(
                RecallNode.ALICE,
                "POST",
                "/v1/gardens",
                Map.of("slug", "roses", "name", "Roses", "scope", "company"),
                Map.of());
        String secret = node.assertFact(
                RecallNode.ALICE,
                Map.of(
                        "entity",
                        "user:alice",
                        "relation",
                        "memory:secret",
                        "value",
                        "honeysuckle",
                        "scope",
                        "company",
                        "garden_id",
                        "stigmem://localhost/garden/roses"));
        Map<String, Object> body = Map.of("query", "honeysuckle", "scope", "company");
        assertThat(RecallNode.ids(node.recall(RecallNode.ALICE, body))).containsExactly(secret);
        JsonNode stranger = node.recall(RecallNode.BOB, body);
        assertThat(stranger.get("facts")).isEmpty();
        assertThat(stranger.get("total_scored").intValue()).isZero();
    }

    @Test
    void facts_of_other_scopes_expired_and_retracted_facts_are_excluded() {
        Map<String, Object> fact =
                Map.of("entity", "user:x", "relation", "memory:k", "value", "marigold", "scope", "company");
        Map<String, Object> expiring = new java.util.LinkedHashMap<>(fact);
        expiring.put("relation", "memory:other");
        expiring.put("valid_until", "2026-03-01T01:00:00Z");
        String retracted = node.assertFact(RecallNode.ALICE, fact);
        String ending = node.assertFact(RecallNode.ALICE, expiring);
        assertThat(RecallNode.ids(node.recall("marigold"))).containsExactlyInAnyOrder(retracted, ending);
        assertThat(node.recall(RecallNode.ALICE, Map.of("query", "marigold", "scope", "team"))
                        .get("facts"))
                .isEmpty();

        Map<String, Object> retraction = new java.util.LinkedHashMap<>(fact);
        retraction.put("confidence", 0);
        node.assertFact(RecallNode.ALICE, retraction);
        assertThat(RecallNode.ids(node.recall("marigold"))).containsExactly(ending);
        node.clock.advance(Duration.ofHours(2));
        assertThat(RecallNode.ids(node.recall("marigold"))).isEmpty();
    }

    @Test
    void who_lost_a_contradiction_comes_last_at_a_tenth_of_its_score_and_who_won_keeps_its_place() {
        String lost = node.assertFact("user:x", "memory:capital", "Lyon mimosa");
        String won = node.assertFact("user:x", "memory:capital", "Paris mimosa");
        String sure =
                node.assertFact("user:y", "memory:capital", "Berlin mimosa with a much longer explanation behind");
        JsonNode answer = node.recall("mimosa conflict unresolved");
        assertThat(RecallNode.ids(answer)).containsExactly(won, sure, lost);
        assertThat(answer.get("facts").get(0).get("fact").get("contradicted").booleanValue())
                .isFalse();
        assertThat(answer.get("facts").get(2).get("fact").get("contradicted").booleanValue())
                .isTrue();
        assertThat(answer.get("facts").get(2).get("score").doubleValue()).isLessThan(0.07);
    }

    @Test
    void recall_is_deterministic() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            node.assertFact(
                    "user:p" + i % 40, "memory:t" + i, "word" + random.nextInt(10) + " word" + random.nextInt(10));
        }
        List<String> first = RecallNode.ids(node.recall("word1 word2 word3"));
        assertThat(first).isNotEmpty();
        for (int i = 0; i < 5; i++) {
            assertThat(RecallNode.ids(node.recall("word1 word2 word3"))).isEqualTo(first);
        }
    }

    @Test
    void hostile_queries_never_fail() {
        node.assertFact("user:alice", "memory:role", "engineer");
        List<String> queries = new ArrayList<>(List.of(
                "+(",
                "\"",
                "a AND",
                "NOT OR",
                "field:value",
                "[1 TO 2",
                "*",
                "???",
                "~0.8",
                "\\",
                "a^",
                "/re[g/",
                "{}",
                "\u0001\u0002\u001f",
                "\u202e",
                " ",
                "🙂🙃",
                "e\u0301".repeat(500),
                "a".repeat(300_000),
                "x ".repeat(100_000)));
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            StringBuilder query = new StringBuilder();
            for (int j = random.nextInt(40); j >= 0; j--) {
                int c = random.nextInt(8) == 0 ? random.nextInt(0x10000) : 1 + random.nextInt(126);
                query.appendCodePoint(Character.isSurrogate((char) c) ? 'x' : Math.max(1, c));
            }
            queries.add(query.toString());
        }
        for (String query : queries) {
            assertThat(node.recall(query).get("facts").isArray()).as(query).isTrue();
        }
    }

    @Test
    void a_tampered_fact_is_refused_not_returned() {
        String id = node.assertFact("user:alice", "memory:role", "engineer");
        node.index.awaitCurrent();
        tamper();
        assertThatThrownBy(() -> node.recall("engineer")).isInstanceOfSatisfying(ApiRefusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo("cid_mismatch");
            assertThat(refusal.members().toString()).contains(id);
        });
    }

    @Test
    void full_verification_reads_the_store_whatever_an_earlier_recall_remembered() {
        node.assertFact("user:alice", "memory:role", "engineer");
        String before = node.recall("engineer").get("facts").get(0).get("fact").toString();
        tamper();
        // What was checked once is answered as it was then, never as it was edited.
        assertThat(node.recall("engineer").get("facts").get(0).get("fact"))
                .asString()
                .isEqualTo(before);
        Map<String, Object> query = Map.of("query", "engineer", "scope", "company");
        assertThatThrownBy(() ->
                        node.call(RecallNode.ALICE, "POST", "/v1/recall", query, Map.of("Stigmem-Verify", "full")))
                .isInstanceOf(ApiRefusal.class);
    }

    @Test
    void a_contradiction_shows_in_the_next_recall() {
        node.assertFact("user:alice", "memory:role", "engineer");
        assertThat(contradicted("engineer")).isFalse();
        assertThat(contradicted("engineer")).isFalse();
        node.assertFact("user:alice", "memory:role", "director");
        assertThat(contradicted("engineer")).isTrue();
    }

    private boolean contradicted(String word) {
        return node.recall(word)
                .get("facts")
                .get(0)
                .get("fact")
                .get("contradicted")
                .booleanValue();
    }

    private void tamper() {
        node.store.write(tx -> tx.statement("DROP TRIGGER facts_no_update").executeUpdate());
        node.store.write(
                tx -> tx.statement("UPDATE facts SET value_v = 'director'").executeUpdate());
    }

    @Test
    void each_recall_leaves_a_row_without_the_words_of_the_query() {
        node.assertFact("user:alice", "memory:role", "engineer");
        JsonNode answer = node.recall("engineer");
        node.log.flush();
        String row = node.store.read(tx -> {
            try (var rows = tx.statement("SELECT id || query_hash || facts_returned FROM recall_audit_log")
                    .executeQuery()) {
                return rows.next() ? rows.getString(1) : "";
            }
        });
        assertThat(row).isEqualTo(answer.get("recall_id").stringValue() + Digests.sha256Hex("engineer") + "1");
        assertThat(node.metrics.scrape()).contains("stigmem_recall_ranker_duration_seconds_bucket");
    }
}
