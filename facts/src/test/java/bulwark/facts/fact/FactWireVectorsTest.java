package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.kernel.json.StrictJson;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The published wire vectors, at the handlers; over HTTP they run with the node. */
class FactWireVectorsTest {
    @TempDir
    Path directory;

    @Test
    void asserting() throws IOException {
        run("01_fact_assert.json");
    }

    @Test
    void querying() throws IOException {
        run("01_fact_assert.json", "02_fact_query.json");
    }

    @Test
    void gardens() throws IOException {
        run("04_gardens.json");
    }

    @Test
    void garden_facts_match_the_wire_vectors() throws IOException {
        run("05_garden_facts.json");
    }

    private void run(String... files) throws IOException {
        try (FactsFixture facts = new FactsFixture(directory)) {
            for (String file : files) {
                Path path = SharedMaterial.require("vectors/stigmem-v1.0/" + file);
                JsonNode document = StrictJson.parse(Files.readAllBytes(path));
                if (document.has("seed_fact")) {
                    facts.post(text(document.get("seed_fact")));
                }
                for (JsonNode vector : document.get("vectors")) {
                    check(facts, vector);
                }
            }
        }
    }

    private static void check(FactsFixture facts, JsonNode vector) {
        String id = vector.get("id").stringValue();
        String body = vector.path("body").isObject() ? text(vector.get("body")) : "";
        FactsFixture.Answer answer = facts.call(
                FactsFixture.TRUSTED,
                vector.get("method").stringValue(),
                vector.get("path").stringValue(),
                body);
        if (vector.has("expected_status")) {
            assertThat(answer.status())
                    .as(id)
                    .isEqualTo(vector.get("expected_status").intValue());
        }
        for (JsonNode key : vector.path("expected_body_has_keys")) {
            assertThat(answer.json().has(key.stringValue())).as(id + " " + key).isTrue();
        }
        for (Map.Entry<String, JsonNode> member :
                vector.path("expected_body_contains").properties()) {
            assertContains(id, answer.json().get(member.getKey()), member.getValue());
        }
        for (Map.Entry<String, JsonNode> member : vector.path("expected_nested").properties()) {
            String[] steps = member.getKey().split("\\.");
            assertThat(text(answer.json().get(steps[0]).get(steps[1]))).as(id).isEqualTo(text(member.getValue()));
        }
        if (vector.has("expected_response_is_list")) {
            assertThat(answer.json().isArray()).as(id).isTrue();
        }
        if (vector.has("expected_members_contain_role")) {
            assertThat(text(answer.json().get("members"))).contains("\"role\":\"admin\"");
        }
    }

    private static void assertContains(String id, JsonNode actual, JsonNode wanted) {
        if (wanted.isObject()) {
            for (Map.Entry<String, JsonNode> member : wanted.properties()) {
                assertContains(id, actual.get(member.getKey()), member.getValue());
            }
        } else if (wanted.isArray() && !wanted.isEmpty()) {
            assertThat(actual.size()).as(id).isGreaterThanOrEqualTo(wanted.size());
            assertContains(id, actual.get(0), wanted.get(0));
        } else {
            assertThat(text(actual)).as(id).isEqualTo(text(wanted));
        }
    }

    private static String text(JsonNode node) {
        return StrictJson.text(node);
    }
}
