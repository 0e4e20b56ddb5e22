package bulwark.facts.fact;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One node, and a caller who states facts. */
abstract class FactServiceTestBase {
    @TempDir
    Path directory;

    FactsFixture facts;

    @BeforeEach
    void open() {
        facts = new FactsFixture(directory);
    }

    @AfterEach
    void close() {
        facts.close();
    }

    Answer say(String value) {
        return say(value, "");
    }

    Answer say(String value, String more) {
        return facts.post("{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"source\":\"agent:t\",\"value\":" + value
                + more + "}");
    }

    static Set<String> ids(Answer list) {
        Set<String> ids = new HashSet<>();
        for (JsonNode fact : list.json().get("facts")) {
            ids.add(fact.get("id").stringValue());
        }
        return ids;
    }
}
