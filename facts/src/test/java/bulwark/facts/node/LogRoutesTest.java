package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.log.LogReader;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.StrictBase64;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.evidence.tlog.TreeProof;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
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

/** What the owner of a node asks of its transparency log. */
@Timeout(120)
class LogRoutesTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "STIGMEM_PORT", "0",
            "STIGMEM_LOCAL_HTTP_PORT", "0",
            "STIGMEM_NODE_URL", "http://localhost",
            "STIGMEM_ADMIN_KEY", "an-admin-key-of-this-test-0123456789");
    private static final String STATEMENT =
            "{\"entry\":{\"kind\":\"dsse\",\"apiVersion\":\"0.0.2\",\"spec\":{\"dsseV002\":{\"x\":\"y\"}}}}";

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

    private Response post(String path, String body) {
        Configuration configuration = Configuration.readLenient(NodeSettings.schema(), SETTINGS, folder);
        try (LocalAdminClient owner = NodeAdmin.open(configuration, folder.resolve("stigmem.db"), Clock.systemUTC())) {
            return owner.post(path, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private JsonNode answer(String path, String body, int status) {
        Response answer = post(path, body);
        assertThat(answer.status())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(status);
        return StrictJson.parse(answer.body());
    }

    private static TlogCheckpoint verified(JsonNode answer) throws Exception {
        SignedNote note = SignedNote.parse(answer.path("checkpoint").stringValue());
        TlogCheckpoint tree = TlogCheckpoint.parse(note.text());
        for (JsonNode key : answer.path("keys")) {
            assertThat(NoteKey.parse(key.stringValue()).verify(note, tree, Signing.fastest()))
                    .isNotNull();
        }
        assertThat(answer.path("keys").size()).isEqualTo(2);
        return tree;
    }

    @Test
    void a_checkpoint_continues_the_one_that_somebody_remembers() throws Exception {
        TlogCheckpoint first = verified(answer("/local/log/checkpoint", "{}", 200));
        answer("/local/log/statement", STATEMENT, 201);
        JsonNode later = answer("/local/log/checkpoint", "{\"earlier_size\":" + first.size() + "}", 200);
        TlogCheckpoint tree = verified(later);
        List<byte[]> path = new ArrayList<>();
        later.path("consistency").forEach(hash -> path.add(StrictBase64.bytes(hash.stringValue())));
        assertThat(tree.size()).isGreaterThan(first.size());
        assertThat(TreeProof.isConsistent(first.size(), first.root(), tree.size(), tree.root(), path))
                .isTrue();
        answer("/local/log/checkpoint", "{\"earlier_size\":1000000}", 409);
    }

    @Test
    void each_record_of_the_log_is_proved() throws Exception {
        TlogCheckpoint tree = verified(answer("/local/log/checkpoint", "{}", 200));
        List<byte[]> leaves = new ArrayList<>();
        LogReader.forwards(
                folder.resolve("stigmem_tl.jsonl"), entry -> leaves.add(CanonicalJson.bytes(entry.payload())));
        for (int index = 0; index < tree.size(); index++) {
            JsonNode answer = answer("/local/log/proof", "{\"index\":" + index + "}", 200);
            assertThat(TlogProof.parse(answer.path("tlog_proof").stringValue()).proves(leaves.get(index)))
                    .isTrue();
        }
        answer("/local/log/proof", "{\"index\":1000000}", 404);
        assertThat(post("/local/log/proof", "{\"index\":-1}").status()).isBetween(400, 422);
    }

    @Test
    void a_statement_that_others_signed_is_kept_once_and_proved() throws Exception {
        JsonNode first = answer("/local/log/statement", STATEMENT, 201);
        JsonNode again = answer("/local/log/statement", STATEMENT, 201);
        TlogProof proof = TlogProof.parse(first.path("tlog_proof").stringValue());
        byte[] leaf = CanonicalJson.bytes(
                StrictJson.parse(STATEMENT.getBytes(StandardCharsets.UTF_8)).path("entry"));
        assertThat(proof.proves(leaf)).isTrue();
        assertThat(TlogProof.parse(again.path("tlog_proof").stringValue()).index())
                .isEqualTo(proof.index());
    }

    @Test
    void what_is_no_statement_is_refused_and_changes_nothing() throws Exception {
        answer("/local/log/checkpoint", "{}", 200);
        byte[] before = Files.readAllBytes(folder.resolve("stigmem_tl.jsonl"));
        for (String bad : List.of(
                "{}",
                "{\"entry\":1}",
                "{\"entry\":{\"kind\":\"bulwark.signed_heads\",\"apiVersion\":\"0.0.2\"}}",
                "{\"entry\":{\"kind\":\"dsse\",\"apiVersion\":\"0.0.2\",\"x\":\"" + "x".repeat(70_000) + "\"}}")) {
            assertThat(post("/local/log/statement", bad).status())
                    .as(bad.substring(0, Math.min(60, bad.length())))
                    .isBetween(400, 422);
        }
        assertThat(new String(Files.readAllBytes(folder.resolve("stigmem_tl.jsonl")), StandardCharsets.UTF_8))
                .startsWith(new String(before, StandardCharsets.UTF_8))
                .doesNotContain("apiVersion");
    }
}
