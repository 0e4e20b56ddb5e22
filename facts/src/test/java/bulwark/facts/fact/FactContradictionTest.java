package bulwark.facts.fact;

import static bulwark.facts.FactsFixture.TRUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** When facts contradict each other, and how that ends. */
class FactContradictionTest extends FactServiceTestBase {
    @Test
    void different_values_conflict_and_equal_or_ended_ones_do_not() {
        String first = say("\"a\"").text("id");
        assertThat(facts.post(
                                "{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"source\":\"agent:other\",\"value\":\"a\"}")
                        .json()
                        .get("contradicted")
                        .booleanValue())
                .isFalse();
        assertThat(facts.get("/v1/facts/" + first).json().get("contradicted").booleanValue())
                .isFalse();
        Answer second = say("\"b\"");
        assertThat(second.json().get("contradicted").booleanValue()).isTrue();
        assertThat(facts.get("/v1/facts/" + first).json().get("contradicted").booleanValue())
                .as("the cached sibling is dropped")
                .isTrue();
        assertThat(ids(facts.get("/v1/facts?entity=user:a"))).containsExactly(second.text("id"));
        assertThat(facts.get("/v1/facts?entity=user:a&include_contradicted=true")
                        .json()
                        .get("total")
                        .intValue())
                .isEqualTo(3);
        assertThat(ids(facts.get("/v1/facts?entity=user:a&contradiction=latest")))
                .containsExactly(second.text("id"));
        say("\"b\"", ",\"confidence\":0");
        assertThat(facts.get("/v1/facts/" + first).json().get("contradicted").booleanValue())
                .as("a retraction ends the contradiction")
                .isFalse();
    }

    @Test
    void a_contradiction_ends_when_one_side_expires() {
        String first = say("\"a\"").text("id");
        say("\"b\"", ",\"valid_until\":\"2026-05-01T13:00:00Z\"");
        assertThat(facts.get("/v1/facts/" + first).json().get("contradicted").booleanValue())
                .isTrue();
        facts.clock.advance(Duration.ofHours(2));
        assertThat(facts.get("/v1/facts/" + first).json().get("contradicted").booleanValue())
                .isFalse();
        assertThat(ids(facts.get("/v1/facts?entity=user:a"))).containsExactly(first);
    }

    @Test
    void a_resolution_makes_the_winner_visible() {
        String first = say("\"a\"").text("id");
        String second = say("\"b\"").text("id");
        JsonNode conflict = facts.get("/v1/conflicts").json().at("/conflicts/0");
        assertThat(Set.of(
                        conflict.at("/fact_a/id").stringValue(),
                        conflict.at("/fact_b/id").stringValue()))
                .isEqualTo(Set.of(first, second));
        String resolve = "/v1/conflicts/" + conflict.get("conflict_id").stringValue() + "/resolve";
        assertThat(facts.call(TRUSTED, "POST", resolve, "{}").status()).isEqualTo(422);
        assertThat(facts.call(TRUSTED, "POST", resolve, "{\"winning_fact_id\":\"x\"}")
                        .status())
                .isEqualTo(422);
        Answer resolved = facts.call(TRUSTED, "POST", resolve, "{\"winning_fact_id\":\"" + first + "\"}");
        assertThat(resolved.text("conflict_status")).isEqualTo("resolved");
        assertThat(ids(facts.get("/v1/facts?entity=user:a"))).containsExactly(first);
        assertThat(facts.call(TRUSTED, "POST", resolve, "{\"winning_fact_id\":\"" + first + "\"}")
                        .status())
                .isEqualTo(409);
        assertThat(facts.call(TRUSTED, "POST", "/v1/conflicts/none/resolve", "{\"new_value\":1}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_new_value_replaces_both_sides() {
        say("\"a\"");
        say("\"b\"");
        String id =
                facts.get("/v1/conflicts").json().at("/conflicts/0/conflict_id").stringValue();
        assertThat(facts.call(TRUSTED, "POST", "/v1/conflicts/" + id + "/resolve", "{\"new_value\":\"c\"}")
                        .status())
                .isEqualTo(200);
        JsonNode visible = facts.get("/v1/facts?entity=user:a").json();
        assertThat(visible.get("total").intValue()).isEqualTo(1);
        assertThat(visible.at("/facts/0/value/v").stringValue()).isEqualTo("c");
        assertThat(facts.fsck()).isEmpty();
    }

    @Test
    void resolving_an_unknown_conflict_is_404() {
        assertThat(facts.get("/v1/facts?as_of=2026-01-01").refusal().code()).isEqualTo("time_travel_plugin_not_loaded");
        assertThat(facts.get("/v1/facts/sha256%3Azz").refusal().code()).isEqualTo("cid_malformed");
        assertThat(facts.get("/v1/facts/none").refusal()).hasMessage("fact not found");
        Answer long_ = facts.call(TRUSTED, "GET", "/v1/facts", "", Map.of("Stigmem-Session", "s".repeat(129)));
        assertThat(long_.refusal().code()).isEqualTo("session_id_too_long");
        assertThat(say("1", ",\"attestation\":{\"key_id\":\"k\",\"signature\":\"s\"}")
                        .refusal())
                .hasMessageStartingWith("attestation key not found");
    }
}
