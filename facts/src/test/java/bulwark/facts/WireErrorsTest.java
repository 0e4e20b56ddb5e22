package bulwark.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import bulwark.kernel.json.StrictJson;
import bulwark.web.ApiRefusal;
import bulwark.web.EdgeRefusal;
import bulwark.web.QueryParameters;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WireErrorsTest {
    private final WireErrors errors = new WireErrors();

    @Test
    void a_wrong_body_is_told_in_the_words_of_fastapi() {
        RequestBody body = body(
                "{\"t\":\"\",\"u\":\"abc\",\"n\":11,\"m\":-1,\"o\":\"1\",\"l\":[1],\"w\":1.5,\"b\":1,\"i\":\"x\"}");
        body.text("t", 1, 9);
        body.text("u", 0, 2);
        body.wholeNumber("n", 0, 0, 10);
        body.number("m", 0, 0.5, 1);
        body.object("o");
        body.texts("l");
        body.wholeNumber("w", 0, 0, 10);
        body.flag("b", false);
        body.wholeNumber("i", 0, 0, 10);
        body.number("i", 0, 0, 10);
        body.texts("b");
        body.invalid("b", "no such thing");
        body.error("literal_error", "b", "Input should be 'a'");
        body.text("gone");
        assertThat(told(catchThrowable(body::check)))
                .containsExactly(
                        "string_too_short: String should have at least 1 character {\"min_length\":1}",
                        "string_too_long: String should have at most 2 characters {\"max_length\":2}",
                        "less_than_equal: Input should be less than or equal to 10 {\"le\":10}",
                        "greater_than_equal: Input should be greater than or equal to 0.5 {\"ge\":0.5}",
                        "model_attributes_type: Input should be a valid dictionary or object to extract fields from",
                        "string_type: Input should be a valid string",
                        "int_from_float: Input should be a valid integer, got a number with a fractional part",
                        "bool_type: Input should be a valid boolean",
                        "int_type: Input should be a valid integer",
                        "float_type: Input should be a valid number",
                        "list_type: Input should be a valid list",
                        "value_error: Value error, no such thing {\"error\":{}}",
                        "literal_error: Input should be 'a'",
                        "missing: Field required");
    }

    @Test
    void a_wrong_query_is_told_in_the_words_of_fastapi() {
        QueryParameters query = QueryParameters.of(GivenRequest.of("GET", "/v1/facts")
                .query("limit", "x")
                .query("min", "NaN")
                .query("deep", "maybe")
                .query("since", "soon")
                .query("q", "1", "2"));
        query.wholeNumber("limit", 50, 1, 100);
        query.number("min", 0, 0, 1);
        query.flag("deep", false);
        query.instant("since");
        query.optionalText("q");
        assertThat(told(catchThrowable(query::check)))
                .containsExactly(
                        "int_parsing: Input should be a valid integer, unable to parse string as an integer",
                        "float_parsing: Input should be a valid number, unable to parse string as a number",
                        "bool_parsing: Input should be a valid boolean, unable to interpret input",
                        "datetime_parsing: Input should be a valid datetime: ISO 8601, for instance 2026-01-31T12:00:00Z",
                        "repeated: Parameter should be given once");
    }

    @Test
    void a_body_that_is_no_json_is_a_decode_error_with_its_place() {
        JsonNode detail = detail(catchThrowable(() -> body("{\"a\":"))).get(0);
        assertThat(detail.toString())
                .startsWith("{\"type\":\"json_invalid\",\"loc\":[\"body\",")
                .contains("\"msg\":\"JSON decode error\",\"input\":{},\"ctx\":{\"error\":\"");
        assertThat(told(catchThrowable(() -> body("{\"a\":1,\"a\":2}"))))
                .containsExactly("duplicate_key: The key is given twice");
    }

    @Test
    void a_refusal_shows_its_code_and_members_unless_the_protocol_has_the_sentence_alone() {
        Response coded = errors.render(
                new ApiRefusal(ApiRefusal.Kind.UNAVAILABLE, "a_new_code", "try later", Map.of("field", "f")), "id");
        assertThat(coded.status()).isEqualTo(503);
        assertThat(text(coded))
                .isEqualTo("{\"detail\":{\"code\":\"a_new_code\",\"message\":\"try later\",\"field\":\"f\"}}");
        Response plain =
                errors.render(new ApiRefusal(ApiRefusal.Kind.NOT_FOUND, "fact_not_found", "fact not found"), "id");
        assertThat(plain.status()).isEqualTo(404);
        assertThat(text(plain)).isEqualTo("{\"detail\":\"fact not found\"}");
    }

    @Test
    void a_query_past_its_budget_is_safe_to_repeat_or_to_be_narrowed() {
        Response late = errors.render(new EdgeRefusal.QueryTimedOut(10));
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.headers().all("Retry-After")).containsExactly("1");
        assertThat(text(late)).contains("\"code\":\"query_timed_out\"", "stopped after 10 seconds");
        Response broad = errors.render(new EdgeRefusal.QueryTooBroad());
        assertThat(broad.status()).isEqualTo(422);
        assertThat(text(broad)).contains("\"code\":\"query_too_broad\"", "narrow it");
    }

    @Test
    void an_unknown_scope_is_a_bad_request_with_the_scopes_sorted() {
        QueryParameters query =
                QueryParameters.of(GivenRequest.of("GET", "/v1/facts").query("scope", "world"));
        Response response = errors.render(catchThrowable(() -> query.oneOf("scope", Scope.NAMES)), "id");
        assertThat(response.status()).isEqualTo(400);
        assertThat(text(response))
                .isEqualTo("{\"detail\":\"scope must be one of {'company', 'local', 'public', 'team'}\"}");
        assertThat(Scope.NAMES).isEqualTo(Set.of("company", "local", "public", "team"));
    }

    private List<String> told(Throwable refusal) {
        return detail(refusal)
                .valueStream()
                .map(one -> one.get("type").stringValue() + ": "
                        + one.get("msg").stringValue() + (one.has("ctx") ? " " + one.get("ctx") : ""))
                .toList();
    }

    private JsonNode detail(Throwable refusal) {
        Response response = errors.render(refusal, "id");
        assertThat(response.status()).isEqualTo(422);
        return StrictJson.parse(response.body()).get("detail");
    }

    private static RequestBody body(String json) {
        return RequestBody.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
