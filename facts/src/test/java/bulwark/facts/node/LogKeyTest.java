package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The log key of a running node is replaced and distrusted over the owner's socket. */
@Timeout(120)
class LogKeyTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "STIGMEM_PORT", "0",
            "STIGMEM_LOCAL_HTTP_PORT", "0",
            "STIGMEM_NODE_URL", "http://localhost",
            "STIGMEM_ADMIN_KEY", "an-admin-key-of-this-test-0123456789");

    @TempDir
    Path folder;

    private FactsNode node;

    @BeforeEach
    void start() throws Exception {
        node = FactsNode.start(SETTINGS, folder, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private Configuration configuration() {
        return Configuration.readLenient(NodeSettings.schema(), SETTINGS, folder);
    }

    private Response post(String path, String body) {
        try (LocalAdminClient owner =
                NodeAdmin.open(configuration(), folder.resolve("stigmem.db"), Clock.systemUTC())) {
            return owner.post(path, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private JsonNode rotate(boolean dryRun) {
        Response answer = post("/local/identity/rotate", "{\"kind\":\"log\",\"dry_run\":" + dryRun + "}");
        assertThat(answer.status()).isEqualTo(200);
        return StrictJson.parse(answer.body());
    }

    private Response distrust(String keyId) {
        return post("/local/identity/distrust", "{\"key_id\":\"" + keyId + "\",\"reason\":\"the disk was stolen\"}");
    }

    private List<String> statuses() {
        List<String> statuses = new ArrayList<>();
        for (JsonNode key :
                StrictJson.parse(post("/local/identity/keys", "{}").body()).path("keys")) {
            if (key.path("kind").stringValue("").equals("log")) {
                statuses.add(key.path("status").stringValue(""));
            }
        }
        return statuses;
    }

    private String log() throws Exception {
        return Files.readString(folder.resolve("stigmem_tl.jsonl"));
    }

    @Test
    void it_is_replaced_and_distrusted_while_the_node_runs_and_the_node_starts_on_what_both_keys_signed()
            throws Exception {
        assertThat(rotate(true).path("new_key_id").isNull()).isTrue();
        assertThat(statuses()).containsExactly("current");
        JsonNode rotated = rotate(false);
        assertThat(statuses()).containsExactly("retiring", "current");
        String old = rotated.path("old_key_id").stringValue("");
        assertThat(distrust(rotated.path("new_key_id").stringValue("")).status())
                .as("the one that signs")
                .isEqualTo(409);
        assertThat(distrust(old).status()).isEqualTo(200);
        assertThat(statuses()).containsExactly("distrusted", "current");
        assertThat(log()).contains("\"introduced\"", "\"distrusted\"");
        node.close();
        assertThat(NodeAtRest.fsck(configuration(), folder.resolve("stigmem.db"))
                        .sentences())
                .isEmpty();
        start();
        assertThat(log()).as("under the node key, for others").contains("\"key_distrust\"", "the disk was stolen");
    }
}
