package bulwark.facts.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.StoreInUse;
import bulwark.kernel.storage.StoreRefused;
import bulwark.kernel.time.SettableClock;
import bulwark.testkit.FolderImage;
import bulwark.web.LocalAdminClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever can write the file edits what decides access: fsck finds it, and the node does not honour it. */
@Timeout(60)
class AccessTamperTest {
    private static final String READER = "a-reader-key-of-this-test-0123456789";
    private static final String REVOKED = "a-revoked-key-of-this-test-0123456789";
    private static final String PLANTED = "a-planted-key-of-this-test-0123456789";
    private static final String ADMIN = "an-admin-key-of-this-test-0123456789";

    @TempDir
    static Path filled;

    @TempDir
    Path folder;

    @TempDir
    Path crashed;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private FactsNode node;
    private static String readerId;

    @BeforeAll
    static void fill() throws Exception {
        FactsNode node = start(filled);
        HttpResponse<String> minted = send(
                node,
                ADMIN,
                "POST",
                "/v1/auth/keys",
                "{\"entity_uri\":\"agent:reader\",\"permissions\":[\"read\"],\"raw_key\":\"" + READER + "\"}");
        assertThat(minted.statusCode()).as(minted.body()).isEqualTo(201);
        readerId = text(minted.body(), "id");
        String id = text(
                send(
                                node,
                                ADMIN,
                                "POST",
                                "/v1/auth/keys",
                                "{\"entity_uri\":\"agent:former\",\"permissions\":[\"read\"],\"raw_key\":\"" + REVOKED
                                        + "\"}")
                        .body(),
                "id");
        assertThat(send(node, ADMIN, "DELETE", "/v1/auth/keys/" + id, "").statusCode())
                .isEqualTo(204);
        send(node, ADMIN, "POST", "/v1/gardens", "{\"slug\":\"rose\",\"name\":\"Rose\",\"scope\":\"team\"}");
        send(
                node,
                ADMIN,
                "POST",
                "/v1/facts",
                "{\"entity\":\"user:a\",\"relation\":\"memory:secret\",\"value\":\"s\","
                        + "\"scope\":\"team\",\"garden_id\":\"stigmem://localhost/garden/rose\"}");
        send(
                node,
                ADMIN,
                "POST",
                "/v1/facts",
                "{\"entity\":\"user:a\",\"relation\":\"rel:knows\",\"value\":{\"type\":\"ref\",\"v\":\"stigmem://org/user/b\"}}");
        node.close();
    }

    @BeforeEach
    void copy() throws IOException {
        FolderImage.copyTree(filled, folder);
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
            node = null;
        }
    }

    @Test
    void an_untouched_node_is_clean_and_looking_changes_nothing() {
        Map<String, String> before = FolderImage.of(folder);
        Fsck.Report report = fsck(folder);
        assertThat(report.sentences()).isEmpty();
        assertThat(report.checked()).hasSizeGreaterThanOrEqualTo(8);
        assertThat(FolderImage.of(folder)).isEqualTo(before);
    }

    @Test
    void a_node_that_crashed_with_work_in_its_outbox_is_looked_at_without_a_change() throws Exception {
        node = start();
        send(ADMIN, "POST", "/v1/facts", "{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":\"v\"}");
        plant(
                folder,
                "INSERT INTO outbox (kind, dedupe_key, payload, created_at) VALUES ('of nobody', 'x', '{}', 'x')");
        FolderImage.copy(folder, crashed);
        stop();
        assertThat(crashed.resolve("stigmem.db-wal")).isNotEmptyFile();
        Map<String, String> before = FolderImage.of(crashed);

        fsck(crashed);

        assertThat(FolderImage.of(crashed)).isEqualTo(before);
    }

    @Test
    void a_running_node_is_asked_over_its_own_socket() throws Exception {
        node = start();
        assertThat(send(ADMIN, "GET", "/v1/me", "").statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> fsck(folder)).isInstanceOf(StoreInUse.class);
        try (LocalAdminClient owner = NodeAdmin.open(settings(), store(), Clock.systemUTC())) {
            byte[] answer = owner.post("/local/fsck", "{}".getBytes(UTF_8)).body();
            assertThat(new String(answer, UTF_8)).contains("\"problems\":[]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE api_keys SET scopes = 'public'",
                "UPDATE api_keys SET permissions = 'admin,read,write' WHERE entity_uri = 'agent:reader'",
                "UPDATE api_keys SET expires_at = '2099-01-01T00:00:00Z' WHERE entity_uri = 'agent:reader'",
                "UPDATE api_keys SET entity_uri = 'agent:admin' WHERE entity_uri = 'agent:reader'",
                "UPDATE api_keys SET revoked_at = NULL",
                "UPDATE api_keys SET argon2id = (SELECT argon2id FROM api_keys WHERE entity_uri = 'agent:reader'),"
                        + " lookup = 'x' WHERE entity_uri = 'agent:admin'",
                "UPDATE api_keys SET created_at = '2098-01-01T00:00:00+00:00' WHERE entity_uri = 'agent:reader'",
                "DELETE FROM api_keys WHERE entity_uri = 'agent:former'",
                "INSERT INTO api_keys (id, lookup, argon2id, entity_uri, permissions, description, tenant_id, created_at, expires_at,"
                        + " revoked_at) SELECT 'planted', 'l', argon2id, 'agent:admin', 'admin', NULL, tenant_id, created_at,"
                        + " NULL, NULL FROM api_keys WHERE entity_uri = 'agent:reader'",
                "UPDATE api_keys SET bound_to = 'stigmem://evil.example/x' WHERE entity_uri = 'agent:reader'",
                "INSERT INTO garden_members SELECT id, 'agent:reader', 'admin', 'x', 'x' FROM gardens",
                "DELETE FROM garden_members",
                "UPDATE garden_members SET role = 'reader'",
                "UPDATE gardens SET scope = 'public'",
                "UPDATE gardens SET deleted_at = 'x'",
                "UPDATE edges SET object = 'stigmem://evil'",
                "UPDATE edges SET expires_at = 1",
                "DELETE FROM edges",
                "INSERT INTO edges SELECT 99, 'x', tenant_id, scope, subject, relation, object, confidence, garden_id,"
                        + " expires_at FROM edges",
                "DROP TRIGGER fact_audit_log_no_update",
                "DROP TRIGGER facts_no_delete",
                "CREATE TRIGGER planted AFTER INSERT ON facts BEGIN DELETE FROM garden_members; END",
                "DROP INDEX fact_audit_log_guarded"
            })
    void every_edit_of_what_decides_access_is_found(String edit) throws SQLException {
        plant(folder, edit);
        assertThat(fsck(folder).sentences()).isNotEmpty();
    }

    @Test
    void a_key_whose_permissions_were_raised_is_refused() throws Exception {
        plant(folder, "UPDATE api_keys SET permissions = 'admin,read,write' WHERE id = '" + readerId + "'");
        node = start();
        assertThat(send(READER, "GET", "/v1/me", "").statusCode()).isEqualTo(401);
        assertThat(send(ADMIN, "GET", "/v1/me", "").statusCode()).isEqualTo(200);
        await().until(() -> !audited("integrity_finding%api_keys/" + readerId).equals("0"));
    }

    @Test
    void a_revoked_key_whose_revocation_was_taken_away_stays_dead() throws Exception {
        plant(folder, "UPDATE api_keys SET revoked_at = NULL");
        node = start();
        assertThat(send(REVOKED, "GET", "/v1/me", "").statusCode()).isEqualTo(401);
    }

    @Test
    void a_member_that_nobody_added_reads_nothing() throws Exception {
        plant(
                folder,
                "INSERT INTO garden_members SELECT id, 'agent:reader', 'admin', 'x', 'x' FROM gardens",
                "UPDATE garden_version SET version = version + 1");
        node = start();
        assertThat(send(READER, "GET", "/v1/facts?relation=memory:secret", "").body())
                .contains("\"total\":0");
        assertThat(send(READER, "GET", "/v1/gardens", "").body()).doesNotContain("rose");
        assertThat(send(ADMIN, "GET", "/v1/facts?relation=memory:secret", "").body())
                .contains("\"total\":1");
        assertThat(send(ADMIN, "GET", "/v1/gardens/rose", "").body())
                .contains("agent:admin")
                .doesNotContain("agent:reader");
    }

    @ParameterizedTest
    @CsvSource({"0, 200", "1, 401"})
    void a_store_from_before_digests_gets_them_once_and_only_for_rows_that_its_audit_explains(int raised, int status)
            throws Exception {
        withoutDigests();
        if (raised == 1) {
            plant(folder, "UPDATE api_keys SET permissions = 'admin,read,write' WHERE id = '" + readerId + "'");
        }
        node = startAfterRefusal();
        assertThat(send(READER, "GET", "/v1/me", "").statusCode()).isEqualTo(status);
        assertThat(send(ADMIN, "GET", "/v1/facts?relation=memory:secret", "").body())
                .contains("\"total\":1");
        stop();
        assertThat(fsck(folder).findings())
                .filteredOn(finding -> finding.check().startsWith("API keys"))
                .hasSize(raised);
        String before = audited("access_baseline");
        start().close();
        assertThat(audited("access_baseline")).isEqualTo(before);
    }

    /** A key that another node of the same admin made, with the digest that its audit log has of it. */
    private String[] keyFromElsewhere() throws Exception {
        FolderImage.copyTree(filled, crashed);
        FactsNode other = start(crashed);
        String body =
                "{\"entity_uri\":\"agent:x\",\"permissions\":[\"admin\",\"read\"],\"raw_key\":\"" + PLANTED + "\"}";
        String id = text(send(other, ADMIN, "POST", "/v1/auth/keys", body).body(), "id");
        other.close();
        return new String[] {
            "DROP TRIGGER fact_audit_log_no_update",
            "ATTACH DATABASE '" + crashed.resolve("stigmem.db") + "' AS other",
            "INSERT INTO main.api_keys SELECT * FROM other.api_keys WHERE id = '" + id + "'",
            "UPDATE main.fact_audit_log SET detail = json_set(detail, '$.row_digests.\"api_keys/" + id + "\"',"
                    + " (SELECT json_extract(detail, '$.row_digests.\"api_keys/" + id + "\"') FROM other.fact_audit_log"
                    + " WHERE instr(detail, '" + id + "') > 0 ORDER BY seq LIMIT 1))"
                    + " WHERE seq = (SELECT min(seq) FROM main.fact_audit_log WHERE instr(detail, '\"row_digests\":{') > 0)"
        };
    }

    private static String[] revocationTakenAway() {
        String name =
                "'$.row_digests.\"api_keys/' || (SELECT id FROM api_keys WHERE entity_uri = 'agent:former') || '\"'";
        String rows = " FROM fact_audit_log WHERE json_extract(detail, " + name + ") IS NOT NULL";
        return new String[] {
            "DROP TRIGGER fact_audit_log_no_update",
            "UPDATE api_keys SET revoked_at = NULL",
            "UPDATE fact_audit_log SET detail = json_set(detail, " + name + ", (SELECT json_extract(detail, " + name
                    + ")" + rows + " ORDER BY seq LIMIT 1)) WHERE seq = (SELECT max(seq)" + rows + ")"
        };
    }

    @Test
    void a_key_and_its_digest_planted_into_an_old_audit_row_open_nothing_and_the_next_start_refuses() throws Exception {
        String[] edits = keyFromElsewhere();
        node = start();
        plant(folder, edits);
        assertThat(send(PLANTED, "GET", "/v1/me", "").statusCode()).isEqualTo(401);
        assertThat(send(ADMIN, "GET", "/v1/me", "").statusCode()).isEqualTo(200);
        stop();
        assertThatThrownBy(this::start).hasMessageContaining("of fact_audit_log was changed after it was written");
    }

    @Test
    void a_revocation_taken_out_of_its_audit_row_revives_no_key_and_the_next_start_refuses() throws Exception {
        node = start();
        plant(folder, revocationTakenAway());
        assertThat(send(REVOKED, "GET", "/v1/me", "").statusCode()).isEqualTo(401);
        stop();
        assertThatThrownBy(this::start).hasMessageContaining("of fact_audit_log was changed after it was written");
    }

    @Test
    void an_index_that_lacks_the_revocation_revives_no_key() throws Exception {
        String index =
                "CREATE INDEX fact_audit_log_guarded ON fact_audit_log (seq) WHERE instr(detail, '\"row_digests\":{') > 0";
        plant(
                folder,
                "UPDATE api_keys SET revoked_at = NULL",
                "DROP INDEX fact_audit_log_guarded",
                index + " AND instr(detail, 'api_key_revoke') = 0",
                "PRAGMA writable_schema = 1",
                "UPDATE sqlite_master SET sql = '" + index.replace("'", "''")
                        + "' WHERE name = 'fact_audit_log_guarded'");
        node = start();
        assertThat(send(REVOKED, "GET", "/v1/me", "").statusCode()).isEqualTo(401);
    }

    /** As the program wrote its audit rows before. The chain is broken by this edit, which is another check's matter. */
    private void withoutDigests() throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + store());
                Statement sql = raw.createStatement()) {
            sql.execute("DROP TRIGGER fact_audit_log_no_update");
            sql.execute("UPDATE fact_audit_log SET detail = json_remove(detail, '$.row_digests')");
        }
    }

    private String audited(String words) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + store());
                Statement sql = raw.createStatement();
                var rows = sql.executeQuery(
                        "SELECT count(*) FROM fact_audit_log WHERE event_type || detail LIKE '%" + words + "%'")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private Path store() {
        return folder.resolve("stigmem.db");
    }

    private Configuration settings() {
        return Configuration.readLenient(NodeSettings.schema(), Map.of(), folder);
    }

    private Fsck.Report fsck(Path where) {
        return NodeAtRest.fsck(settings(), where.resolve("stigmem.db"));
    }

    /** With the word that the refused start prints. */
    private FactsNode startAfterRefusal() throws IOException {
        try {
            return start();
        } catch (StoreRefused refused) {
            var word = Pattern.compile("STIGMEM_ACCEPT_EVIDENCE_LOSS=(\\w+)").matcher(refused.getMessage());
            assertThat(word.find()).isTrue();
            return start(folder, Map.of("STIGMEM_ACCEPT_EVIDENCE_LOSS", word.group(1)));
        }
    }

    private FactsNode start() throws IOException {
        return start(folder);
    }

    private static FactsNode start(Path folder) throws IOException {
        return start(folder, Map.of());
    }

    private static FactsNode start(Path folder, Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(more);
        settings.putAll(Map.of(
                "STIGMEM_PORT", "0",
                "STIGMEM_LOCAL_HTTP_PORT", "0",
                "STIGMEM_NODE_URL", "http://localhost",
                "STIGMEM_AUTH_REQUIRED", "true",
                "STIGMEM_ADMIN_KEY", ADMIN));
        return FactsNode.start(settings, folder, new SettableClock(Instant.now()));
    }

    private HttpResponse<String> send(String key, String method, String path, String body) throws Exception {
        return send(node, key, method, path, body);
    }

    private static HttpResponse<String> send(FactsNode node, String key, String method, String path, String body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String text(String json, String field) {
        return json.replaceAll(".*\"" + field + "\":\"([^\"]*)\".*", "$1");
    }

    private static void plant(Path where, String... edits) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + where.resolve("stigmem.db"));
                Statement sql = raw.createStatement()) {
            for (String edit : List.of(edits)) {
                sql.execute(edit);
            }
        }
    }
}
