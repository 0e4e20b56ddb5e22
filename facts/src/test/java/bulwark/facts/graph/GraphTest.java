package bulwark.facts.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.recall.RecallNode;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class GraphTest {
    private static final String A = "stigmem://org/user/a";
    private static final String B = "stigmem://org/user/b";
    private static final String C = "stigmem://org/user/c";

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
    void edges_are_walked_both_ways_nearest_first_with_the_path() {
        node.assertRef(A, "rel:knows", B);
        node.assertRef(C, "rel:reports_to", B);
        JsonNode answer = neighbours("entity=" + A + "&scope=company&depth=2");
        assertThat(answer.propertyNames()).containsExactly("entity", "depth", "neighbors", "next_cursor", "total_hint");
        assertThat(entities(answer)).containsExactly(B, C);
        JsonNode far = answer.get("neighbors").get(1);
        assertThat(far.propertyNames())
                .containsExactly("entity", "relation", "hops", "confidence", "source_trust", "path");
        assertThat(far.get("hops").intValue()).isEqualTo(2);
        assertThat(far.get("relation").stringValue()).isEqualTo("rel:reports_to");
        assertThat(far.get("path").toString()).isEqualTo("[\"" + A + "\",\"" + B + "\"]");
        assertThat(entities(neighbours("entity=" + A + "&scope=company"))).containsExactly(B);
    }

    @Test
    void an_edge_that_lost_a_contradiction_says_so_and_can_be_left_out() {
        node.assertRef(A, "rel:boss", B);
        node.assertRef(A, "rel:boss", C);
        JsonNode all = neighbours("entity=" + A + "&scope=company").get("neighbors");
        assertThat(all.get(0).get("entity").stringValue()).isEqualTo(C);
        assertThat(all.get(0).has("contradicted")).isFalse();
        assertThat(all.get(1).get("contradicted").booleanValue()).isTrue();
        assertThat(entities(neighbours("entity=" + A + "&scope=company&include_contradicted=false")))
                .containsExactly(C);
    }

    @Test
    void a_cycle_ends_and_the_start_is_no_neighbour_of_itself() {
        node.assertRef(A, "rel:knows", B);
        node.assertRef(B, "rel:knows", C);
        node.assertRef(C, "rel:knows", A);
        assertThat(entities(neighbours("entity=" + A + "&scope=company&depth=3")))
                .containsExactlyInAnyOrder(B, C);
    }

    @Test
    void relations_are_filtered_exactly_or_by_prefix() {
        node.assertRef(A, "rel:knows", B);
        node.assertRef(A, "work:boss", C);
        assertThat(entities(neighbours("entity=" + A + "&scope=company&relation_filter=rel:knows")))
                .containsExactly(B);
        assertThat(entities(neighbours("entity=" + A + "&scope=company&relation_filter=work:*")))
                .containsExactly(C);
        assertThat(entities(neighbours("entity=" + A + "&scope=company&relation_filter=rel:know")))
                .isEmpty();
    }

    @Test
    void text_and_other_scopes_make_no_edge_but_a_urn_does() {
        node.assertFact(A, "memory:page", B);
        node.assertRef(A, "rel:page", "no-reference");
        node.assertRef(A, "rel:book", "urn:isbn:42");
        assertThat(entities(neighbours("entity=" + A + "&scope=company"))).containsExactly("urn:isbn:42");
        assertThat(entities(neighbours("entity=" + A + "&scope=team"))).isEmpty();
    }

    @Test
    void retracted_expired_and_doubtful_edges_are_not_followed() {
        node.assertFact(RecallNode.ALICE, ref(A, B, Map.of("confidence", 0.05)));
        node.assertFact(RecallNode.ALICE, ref(A, C, Map.of("valid_until", "2026-03-01T00:30:00Z")));
        assertThat(entities(neighbours("entity=" + A + "&scope=company"))).containsExactly(C);
        assertThat(entities(neighbours("entity=" + A + "&scope=company&min_confidence=0")))
                .containsExactly(C, B);
        node.clock.advance(Duration.ofHours(1));
        assertThat(entities(neighbours("entity=" + A + "&scope=company"))).isEmpty();
        node.assertFact(RecallNode.ALICE, ref(A, B, Map.of("confidence", 0)));
        assertThat(entities(neighbours("entity=" + A + "&scope=company&min_confidence=0")))
                .isEmpty();
    }

    @Test
    void edges_of_a_foreign_garden_are_invisible() {
        Map<String, Object> garden = Map.of("slug", "roses", "name", "Roses", "scope", "company");
        node.call(RecallNode.ALICE, "POST", "/v1/gardens", garden, Map.of());
        node.assertFact(RecallNode.ALICE, ref(A, B, Map.of("garden_id", "stigmem://localhost/garden/roses")));
        node.assertRef(B, "rel:knows", C);
        String query = "entity=" + A + "&scope=company&depth=3";
        assertThat(entities(neighbours(RecallNode.ALICE, query))).containsExactly(B, C);
        JsonNode stranger = neighbours(RecallNode.BOB, query);
        assertThat(entities(stranger)).isEmpty();
        assertThat(stranger.get("total_hint").intValue()).isZero();
    }

    @Test
    void pages_follow_each_other_without_gap_or_repetition() {
        for (int i = 0; i < 45; i++) {
            node.assertRef(A, "rel:knows", "stigmem://org/user/n" + i);
        }
        List<String> seen = new ArrayList<>();
        JsonNode page = neighbours("entity=" + A + "&scope=company");
        while (true) {
            seen.addAll(entities(page));
            assertThat(page.get("total_hint").intValue()).isEqualTo(45);
            if (page.get("next_cursor").isNull()) {
                break;
            }
            page = neighbours("entity=" + A + "&scope=company&cursor="
                    + page.get("next_cursor").stringValue());
        }
        assertThat(seen).hasSize(45).doesNotHaveDuplicates();
    }

    @Test
    void invalid_queries_are_refused_with_their_code() {
        assertThatThrownBy(() -> neighbours("entity=" + A + "&scope=company&depth=4"))
                .isInstanceOfSatisfying(
                        ApiRefusal.class, r -> assertThat(r.code()).isEqualTo("graph_depth_exceeded"));
        assertThatThrownBy(() -> neighbours("entity=" + A + "&scope=company&cursor=%21"))
                .isInstanceOfSatisfying(
                        ApiRefusal.class, r -> assertThat(r.code()).isEqualTo("invalid_cursor"));
        assertThatThrownBy(() -> neighbours("entity=" + A + "&scope=galaxy")).isInstanceOf(ApiRefusal.class);
        assertThatThrownBy(() -> neighbours("page_size=0&depth=0"))
                .isInstanceOfSatisfying(
                        FieldsRefused.class,
                        r -> assertThat(r.errors())
                                .extracting(FieldError::location)
                                .containsExactlyInAnyOrder(
                                        List.of("query", "entity"),
                                        List.of("query", "scope"),
                                        List.of("query", "page_size"),
                                        List.of("query", "depth")));
    }

    private static Map<String, Object> ref(String from, String to, Map<String, Object> more) {
        Map<String, Object> body = new LinkedHashMap<>(Map.of(
                "entity", from, "relation", "rel:knows", "value", Map.of("type", "ref", "v", to), "scope", "company"));
        body.putAll(more);
        return body;
    }

    private JsonNode neighbours(String query) {
        return neighbours(RecallNode.ALICE, query);
    }

    private JsonNode neighbours(Principal principal, String query) {
        return RecallNode.json(node.call(principal, "GET", "/v1/graph/neighbors?" + query, Map.of(), Map.of()));
    }

    private static List<String> entities(JsonNode answer) {
        List<String> entities = new ArrayList<>();
        answer.get("neighbors").forEach(n -> entities.add(n.get("entity").stringValue()));
        return entities;
    }
}
