package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What a wire vector expects of an answer: all the {@code expected_…} members of the vector format. */
record VectorExpectation(JsonNode vector) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static VectorExpectation of(JsonNode vector) {
        return new VectorExpectation(vector);
    }

    void check(int status, String body) {
        String shown = "status " + status + ", body " + body;
        if (vector.has("expected_status")) {
            assertThat(status)
                    .as(shown)
                    .isEqualTo(vector.path("expected_status").asInt());
        }
        if (vector.has("expected_status_in")) {
            assertThat(vector.path("expected_status_in").valueStream().map(JsonNode::asInt))
                    .as(shown)
                    .contains(status);
        }
        JsonNode json = body.isEmpty() ? JSON.nullNode() : JSON.readTree(body);
        checkBody(json, shown);
        checkShape(json, shown);
    }

    private void checkBody(JsonNode json, String shown) {
        if (vector.has("expected_body_contains")) {
            assertThat(contains(json, vector.path("expected_body_contains")))
                    .as(shown)
                    .isTrue();
        }
        vector.path("expected_body_has_keys")
                .forEach(key -> assertThat(json.has(key.asString()))
                        .as(key + " in " + shown)
                        .isTrue());
        vector.path("expected_nested")
                .properties()
                .forEach(expected -> assertThat(contains(at(json, expected.getKey()), expected.getValue()))
                        .as(expected + " in " + shown)
                        .isTrue());
        vector.path("expected_body_value_in")
                .properties()
                .forEach(expected ->
                        assertThat(expected.getValue().valueStream()).as(shown).contains(json.path(expected.getKey())));
        vector.path("expected_body_list_contains")
                .properties()
                .forEach(expected -> assertThat(json.path(expected.getKey()).valueStream())
                        .as(shown)
                        .contains(expected.getValue()));
    }

    private void checkShape(JsonNode json, String shown) {
        if (vector.has("expected_members_contain_role")) {
            assertThat(json.path("members").valueStream().map(member -> member.path("role")))
                    .as(shown)
                    .contains(vector.path("expected_members_contain_role"));
        }
        if (vector.path("expected_response_is_list").asBoolean(false)) {
            assertThat(json.isArray()).as(shown).isTrue();
        }
        vector.path("expected_field_length")
                .properties()
                .forEach(expected -> assertThat(
                                at(json, expected.getKey()).asString().length())
                        .as(shown)
                        .isEqualTo(expected.getValue().asInt()));
        vector.path("expected_field_starts_with")
                .properties()
                .forEach(expected -> assertThat(at(json, expected.getKey()).asString())
                        .as(shown)
                        .startsWith(expected.getValue().asString()));
        JsonNode first = json.path("facts").path(0);
        vector.path("expected_first_fact_has_keys")
                .forEach(key -> assertThat(first.has(key.asString())).as(shown).isTrue());
        vector.path("expected_first_fact_score_breakdown_keys")
                .forEach(key -> assertThat(first.path("score_breakdown").has(key.asString()))
                        .as(shown)
                        .isTrue());
    }

    private static JsonNode at(JsonNode json, String dotted) {
        JsonNode node = json;
        for (String step : dotted.split("\\.")) {
            node = node.path(step);
        }
        return node;
    }

    /** Recursive subset; of a list, each expected item matches some element, and an empty list only an empty one. */
    private static boolean contains(JsonNode actual, JsonNode expected) {
        if (expected.isObject()) {
            return expected.properties().stream()
                    .allMatch(member ->
                            actual.has(member.getKey()) && contains(actual.path(member.getKey()), member.getValue()));
        }
        if (expected.isArray()) {
            return expected.isEmpty()
                    ? actual.isEmpty()
                    : StreamSupport.stream(expected.spliterator(), false)
                            .allMatch(item -> actual.valueStream().anyMatch(element -> contains(element, item)));
        }
        return expected.isNumber() && actual.isNumber()
                ? expected.asDouble() == actual.asDouble()
                : expected.equals(actual);
    }
}
