package bulwark.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.facts.Refusal.Fault;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueryParametersTest {
    private final GivenRequest request = GivenRequest.of("GET", "/v1/facts");

    @Test
    void parameters_read_by_type() {
        QueryParameters query = QueryParameters.of(request.query("limit", "5")
                .query("min", "0.5")
                .query("deep", "Yes")
                .query("q", "a", "b")
                .query("scope", "team"));
        assertThat(query.wholeNumber("limit", 50, 1, 100)).isEqualTo(5);
        assertThat(query.wholeNumber("other", 50, 1, 100)).isEqualTo(50);
        assertThat(query.number("min", 0, 0, 1)).isEqualTo(.5);
        assertThat(query.flag("deep", false)).isTrue();
        assertThat(query.flag("other", true)).isTrue();
        assertThat(query.texts("q")).containsExactly("a", "b");
        assertThat(query.scope("scope")).contains(Scope.TEAM);
        query.check();
    }

    @Test
    void a_parameter_given_twice_where_one_value_is_expected_is_refused_by_name() {
        for (String read : List.of("text", "number", "flag", "scope")) {
            QueryParameters query = QueryParameters.of(request.query(read, "1", "2"));
            assertThatThrownBy(() -> {
                        switch (read) {
                            case "text" -> query.optionalText(read);
                            case "number" -> query.wholeNumber(read, 1, 1, 5);
                            default -> query.flag(read, true);
                        }
                        query.check();
                    })
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("repeated")
                    .hasMessageContaining(read);
        }
    }

    @Test
    void faults_come_together_with_their_parameter() {
        QueryParameters query = QueryParameters.of(request.query("limit", "0")
                .query("cursor", "x")
                .query("big", "99999999999999999999")
                .query("empty", "")
                .query("min", "NaN")
                .query("deep", "maybe")
                .query("q", "a\0b"));
        query.wholeNumber("limit", 50, 1, 100);
        query.optionalWholeNumber("cursor", 0, Long.MAX_VALUE);
        query.wholeNumber("big", 0, 0, 100);
        query.wholeNumber("empty", 0, 0, 100);
        query.number("min", 0, 0, 1);
        query.flag("deep", false);
        query.optionalText("q");
        query.text("entity");
        List<Fault> faults =
                catchThrowableOfType(Refusal.Invalid.class, query::check).faults();
        assertThat(faults)
                .extracting(Fault::type)
                .containsExactly(
                        "greater_than_equal",
                        "int_parsing",
                        "less_than_equal",
                        "int_parsing",
                        "float_parsing",
                        "bool_parsing",
                        "value_error",
                        "missing");
        assertThat(faults.getFirst().loc()).containsExactly("query", "limit");
        assertThat(faults.getFirst().input()).isEqualTo("0");
    }

    @Test
    void an_unknown_scope_is_a_bad_request_with_the_scopes_sorted() {
        QueryParameters query = QueryParameters.of(request.query("scope", "world"));
        assertThatThrownBy(() -> query.scope("scope"))
                .isInstanceOfSatisfying(
                        Refusal.Plain.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessage("scope must be one of {'company', 'local', 'public', 'team'}");
    }

    @Test
    void words_are_checked_against_their_set() {
        QueryParameters query = QueryParameters.of(request.query("order", "up"));
        assertThatThrownBy(() -> query.oneOf("order", Set.of("desc", "asc")))
                .hasMessage("order must be one of {'asc', 'desc'}");
        assertThat(query.oneOf("absent", Set.of("asc"))).isEmpty();
    }
}
