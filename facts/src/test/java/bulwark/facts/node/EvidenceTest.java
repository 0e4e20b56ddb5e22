package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import bulwark.facts.identity.NodeKeys;
import bulwark.facts.snapshot.RestoreAcceptance;
import bulwark.facts.snapshot.SnapshotRestore;
import bulwark.facts.snapshot.SnapshotTrust;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.FolderImage;
import bulwark.web.LocalAdminClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole node whose store or log was changed by somebody without a key: it does not become ready, or its health turns red. */
@Timeout(120)
class EvidenceTest {
    private static final String ADMIN = "an-admin-key-of-this-test-0123456789";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private final Map<String, String> settings = new HashMap<>(Map.of(
            "STIGMEM_PORT", "0",
            "STIGMEM_LOCAL_HTTP_PORT", "0",
            "STIGMEM_NODE_URL", "http://localhost",
            "STIGMEM_ADMIN_KEY", ADMIN));
    private FactsNode node;

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
            node = null;
        }
    }

    private void start() throws IOException {
        node = FactsNode.start(settings, folder, Clock.systemUTC());
    }

    private void aNodeWithHistory() throws Exception {
        start();
        for (int i = 0; i < 3; i++) {
            assertThat(say(i)).isEqualTo(201);
        }
        stop();
        assertThat(fsck()).isEmpty();
    }

    private int say(int i) throws Exception {
        return send("POST", "/v1/facts", "{\"entity\":\"user:a" + i + "\",\"relation\":\"memory:x\",\"value\":\"v\"}")
                .statusCode();
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + path))
                .header("Authorization", "Bearer " + ADMIN)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private Configuration configuration() {
        return Configuration.readLenient(NodeSettings.schema(), settings, folder);
    }

    private List<String> fsck() {
        return NodeAtRest.fsck(configuration(), folder.resolve("stigmem.db")).sentences();
    }

    private Path log() {
        return folder.resolve("stigmem_tl.jsonl");
    }

    private void plant(String... edits) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("stigmem.db"));
                Statement sql = raw.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 5000");
            for (String edit : edits) {
                sql.execute(edit);
            }
        }
    }

    @Test
    void a_node_whose_log_was_deleted_does_not_start_and_says_what_to_do() throws Exception {
        aNodeWithHistory();
        Files.delete(log());
        assertThatThrownBy(this::start)
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining(log().toString())
                .hasMessageContaining("STIGMEM_ACCEPT_EVIDENCE_LOSS=");
        assertThat(fsck()).anyMatch(sentence -> sentence.contains("cut, replaced or deleted"));
    }

    @Test
    void a_node_whose_log_lost_its_last_line_does_not_start() throws Exception {
        aNodeWithHistory();
        List<String> lines = Files.readAllLines(log());
        Files.write(log(), lines.subList(0, lines.size() - 1));
        assertThatThrownBy(this::start).isInstanceOf(StoreRefused.class);
        assertThat(fsck()).isNotEmpty();
    }

    @Test
    void one_row_in_the_store_switches_no_comparison_off() throws Exception {
        aNodeWithHistory();
        plant(
                "DROP TRIGGER fact_audit_log_no_delete",
                "DELETE FROM fact_audit_log WHERE seq > 2",
                "INSERT INTO fact_log_origin VALUES ('default', " + Files.size(log()) + ", 'now')");
        assertThatThrownBy(this::start).isInstanceOf(StoreRefused.class).hasMessageContaining("fact_audit_log: row");
        assertThat(fsck()).anyMatch(sentence -> sentence.contains("fact_audit_log: row"));
    }

    @Test
    void a_rollback_of_the_whole_folder_is_refused_because_of_the_head_path() throws Exception {
        settings.put("STIGMEM_HEAD_PATH", elsewhere.resolve("newest.json").toString());
        aNodeWithHistory();
        Path backup = Files.createDirectory(elsewhere.resolve("backup"));
        FolderImage.copyTree(folder, backup);
        start();
        assertThat(say(9)).isEqualTo(201);
        stop();
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .filter(path -> !path.equals(folder))
                    .forEach(path -> path.toFile().delete());
        }
        FolderImage.copyTree(backup, folder);
        assertThatThrownBy(this::start)
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("was signed and written into it");
    }

    @Test
    void admin_work_without_any_fact_is_signed_within_ten_seconds() throws Exception {
        start();
        send("GET", "/v1/me", "");
        send("POST", "/v1/auth/keys", "{\"entity_uri\":\"agent:b\",\"permissions\":[\"read\"]}");
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            String lines = Files.readString(log());
            return lines.contains("bulwark.signed_heads") && lines.contains("\"fact_audit_log\"");
        });
    }

    @Test
    void after_the_last_audit_row_was_deleted_writes_are_refused_and_health_is_red() throws Exception {
        start();
        assertThat(say(1)).isEqualTo(201);
        assertThat(send("GET", "/healthz", "").statusCode()).isEqualTo(200);
        plant(
                "DROP TRIGGER fact_audit_log_no_delete",
                "DELETE FROM fact_audit_log WHERE seq = (SELECT max(seq) FROM fact_audit_log)");
        await().atMost(Duration.ofSeconds(30)).until(() -> say(2) == 503);
        assertThat(say(3)).isEqualTo(503);
        HttpResponse<String> health = send("GET", "/healthz", "");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains("evidence_failed");
    }

    @Test
    void the_owner_goes_on_after_a_loss_with_the_printed_word_and_the_audit_log_says_so() throws Exception {
        aNodeWithHistory();
        Files.delete(log());
        String refusal = String.valueOf(catchThrowable(this::start).getMessage());
        Matcher word =
                Pattern.compile("STIGMEM_ACCEPT_EVIDENCE_LOSS=([0-9a-f]{12})").matcher(refusal);
        assertThat(word.find()).as(refusal).isTrue();
        settings.put("STIGMEM_ACCEPT_EVIDENCE_LOSS", word.group(1));
        start();
        assertThat(say(5)).isEqualTo(201);
        stop();
        settings.remove("STIGMEM_ACCEPT_EVIDENCE_LOSS");
        assertThat(fsck()).isEmpty();
        start();
        assertThat(Files.readString(log())).contains("loss_accepted");
    }

    @Test
    void a_restore_over_a_lost_store_knows_which_api_keys_were_revoked_since_the_snapshot() throws Exception {
        start();
        String minted = send("POST", "/v1/admin/api-keys", "{\"entity_uri\":\"agent:b\",\"permissions\":[\"read\"]}")
                .body();
        String id = minted.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1");
        Path archive = elsewhere.resolve("s.tar.gz");
        Path store = folder.resolve("stigmem.db");
        try (LocalAdminClient owner = NodeAdmin.open(configuration(), store, Clock.systemUTC())) {
            owner.post("/local/snapshot/create", ("{\"out\":\"" + archive + "\"}").getBytes(StandardCharsets.UTF_8));
        }
        assertThat(send("DELETE", "/v1/admin/api-keys/" + id, "").statusCode()).isEqualTo(204);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(log()).contains("api_key_revocation"));
        stop();
        Files.delete(store);
        List<String> revocations = Files.readAllLines(log()).stream()
                .filter(line -> line.contains("api_key_revocation"))
                .toList();
        Path known = Files.write(elsewhere.resolve("log.jsonl"), revocations);
        Signing signing = Signing.fastest();
        SnapshotRestore restore = new SnapshotRestore(signing, FactsSchema.MIGRATIONS, Clock.systemUTC());
        SnapshotTrust trust = SnapshotTrust.ofKeys(Set.of())
                .and(NodeKeys.open(store, signing, Clock.systemUTC()).node());
        assertThatThrownBy(() -> restore.restore(archive, store, trust, known, RestoreAcceptance.nothing(), line -> {}))
                .hasMessageContaining("API key " + id + " of agent:b")
                .hasMessageContaining("according to the log");
    }

    @Test
    void a_node_starts_on_a_restored_snapshot_and_the_log_says_what_was_given_up() throws Exception {
        start();
        assertThat(say(1)).isEqualTo(201);
        Path archive = elsewhere.resolve("s.tar.gz");
        Path store = folder.resolve("stigmem.db");
        try (LocalAdminClient owner = NodeAdmin.open(configuration(), store, Clock.systemUTC())) {
            owner.post("/local/snapshot/create", ("{\"out\":\"" + archive + "\"}").getBytes(StandardCharsets.UTF_8));
        }
        send("POST", "/v1/auth/keys", "{\"entity_uri\":\"agent:b\",\"permissions\":[\"read\"]}");
        stop();
        Signing signing = Signing.fastest();
        SnapshotRestore restore = new SnapshotRestore(signing, FactsSchema.MIGRATIONS, Clock.systemUTC());
        SnapshotTrust trust = SnapshotTrust.ofKeys(Set.of())
                .and(NodeKeys.open(store, signing, Clock.systemUTC()).node());
        String refusal = String.valueOf(catchThrowable(
                        () -> restore.restore(archive, store, trust, log(), RestoreAcceptance.nothing(), line -> {}))
                .getMessage());
        Matcher rows = Pattern.compile("--lose-audit-rows (\\d+)").matcher(refusal);
        assertThat(rows.find()).as(refusal).isTrue();
        List<String> said = new ArrayList<>();
        RestoreAcceptance accepted =
                new RestoreAcceptance(null, Long.valueOf(rows.group(1)), false, null, false, false);
        restore.restore(archive, store, trust, log(), accepted, said::add);
        assertThatThrownBy(this::start).as("not without a word").isInstanceOf(StoreRefused.class);
        NodeAtRest.recordRestore(configuration(), store, said, Clock.systemUTC());
        assertThat(fsck()).isEmpty();
        start();
        assertThat(say(2)).isEqualTo(201);
        assertThat(Files.readString(log()))
                .contains("loss_accepted", "audit row(s) of the present store would be lost");
    }
}
