package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueryParametersTest {
    private static QueryParameters query(String query) {
        Route route = Route.open("GET", "/list", request -> Response.noContent());
        Router.Match.Found found =
                (Router.Match.Found) Router.of(List.of(route)).match("GET", "/list");
        return QueryParameters.of(new HttpRequest(
                new HttpRequest.Origin("test", false, "127.0.0.1", null),
                "GET",
                new RequestTarget("/list", query),
                found,
                Headers.NONE,
                new byte[0],
                null,
                RequestMemory.unlimited()));
    }

    @Test
    void parameters_read_by_type() {
        QueryParameters query = query("limit=5&min=0.5&deep=Yes&q=a&q=b&order=asc");
        assertThat(query.wholeNumber("limit", 50, 1, 100)).isEqualTo(5);
        assertThat(query.wholeNumber("other", 50, 1, 100)).isEqualTo(50);
        assertThat(query.number("min", 0, 0, 1)).isEqualTo(.5);
        assertThat(query.flag("deep", false)).isTrue();
        assertThat(query.flag("other", true)).isTrue();
        assertThat(query.texts("q")).containsExactly("a", "b");
        assertThat(query.oneOf("order", Set.of("asc", "desc"))).contains("asc");
        query.check();
    }

    @Test
    void a_parameter_given_twice_where_one_value_is_expected_is_refused_by_name() {
        for (String read : List.of("text", "number", "flag", "word")) {
            QueryParameters query = query(read + "=1&" + read + "=2");
            assertThatThrownBy(() -> {
                        switch (read) {
                            case "text" -> query.optionalText(read);
                            case "number" -> query.wholeNumber(read, 1, 1, 5);
                            default -> query.flag(read, true);
                        }
                        query.check();
                    })
                    .isInstanceOf(FieldsRefused.class)
                    .hasMessageContaining(FieldError.GIVEN_TWICE)
                    .hasMessageContaining(read);
        }
    }

    @Test
    void faults_come_together_with_their_parameter() {
        QueryParameters query = query("limit=0&cursor=x&big=99999999999999999999&empty=&min=NaN&deep=maybe");
        query.wholeNumber("limit", 50, 1, 100);
        query.optionalWholeNumber("cursor", 0, Long.MAX_VALUE);
        query.wholeNumber("big", 0, 0, 100);
        query.wholeNumber("empty", 0, 0, 100);
        query.number("min", 0, 0, 1);
        query.flag("deep", false);
        query.text("entity");
        List<FieldError> errors =
                catchThrowableOfType(FieldsRefused.class, query::check).errors();
        assertThat(errors)
                .extracting(FieldError::code)
                .containsExactly(
                        FieldError.TOO_SMALL,
                        FieldError.NOT_INTEGER,
                        FieldError.TOO_LARGE,
                        FieldError.NOT_INTEGER,
                        FieldError.NOT_NUMBER,
                        FieldError.NOT_BOOLEAN,
                        FieldError.REQUIRED);
        assertThat(errors.getFirst().location()).containsExactly("query", "limit");
        assertThat(errors.getFirst().input()).isEqualTo("0");
    }

    @Test
    void words_are_checked_against_their_set() {
        QueryParameters query = query("order=up");
        assertThatThrownBy(() -> query.oneOf("order", Set.of("desc", "asc")))
                .isInstanceOfSatisfying(
                        ApiRefusal.class, refusal -> assertThat(refusal.kind()).isEqualTo(ApiRefusal.Kind.MALFORMED))
                .hasMessage("order must be one of {'asc', 'desc'}");
        assertThat(query.oneOf("absent", Set.of("asc"))).isEmpty();
    }
}
