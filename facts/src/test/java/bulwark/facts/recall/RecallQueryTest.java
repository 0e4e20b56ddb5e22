package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.facts.Scope;
import bulwark.web.ApiRefusal;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecallQueryTest {
    @Test
    void everything_but_the_query_has_a_default() {
        assertThat(parse("{\"query\":\"x\"}"))
                .isEqualTo(new RecallQuery("x", Scope.LOCAL, 4000, 2, RecallQuery.Weights.DEFAULT, 0.1, true, 100));
    }

    @Test
    void a_weight_that_is_left_out_keeps_its_default() {
        assertThat(parse("{\"query\":\"x\",\"weights\":{\"lexical\":1,\"graph\":0}}")
                        .weights())
                .isEqualTo(new RecallQuery.Weights(1, 0.35, 0, 0.10, 0.05));
    }

    @Test
    void each_wrong_field_is_named() {
        assertThatThrownBy(() -> parse("{\"query\":\"\",\"token_budget\":0,\"depth\":4,\"limit\":501,"
                        + "\"min_confidence\":2,\"include_neighbors\":\"yes\",\"weights\":{\"recency\":-1}}"))
                .isInstanceOfSatisfying(
                        FieldsRefused.class,
                        refusal -> assertThat(refusal.errors())
                                .extracting(FieldError::location)
                                .containsExactlyInAnyOrder(
                                        List.of("body", "query"),
                                        List.of("body", "token_budget"),
                                        List.of("body", "depth"),
                                        List.of("body", "limit"),
                                        List.of("body", "min_confidence"),
                                        List.of("body", "include_neighbors"),
                                        List.of("body", "weights", "recency")));
    }

    @Test
    void an_unknown_scope_is_refused_in_the_documented_words() {
        assertThatThrownBy(() -> parse("{\"query\":\"x\",\"scope\":\"galaxy\"}"))
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        refusal -> assertThat(FactsFixture.status(refusal)).isEqualTo(400))
                .hasMessage("invalid_scope: must be one of ['company', 'local', 'public', 'team']");
    }

    @Test
    void as_of_queries_are_refused() {
        assertThatThrownBy(() -> parse("{\"query\":\"x\",\"as_of\":\"2025-01-01T00:00:00Z\"}"))
                .isInstanceOfSatisfying(ApiRefusal.class, refusal -> {
                    assertThat(FactsFixture.status(refusal)).isEqualTo(501);
                    assertThat(refusal.code()).isEqualTo("time_travel_plugin_not_loaded");
                });
    }

    private static RecallQuery parse(String json) {
        return RecallQuery.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
