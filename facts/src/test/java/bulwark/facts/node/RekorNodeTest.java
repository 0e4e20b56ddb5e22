package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.FolderImage;
import bulwark.testkit.RekorServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose transparency log is a Rekor service of its own, whose key is named. */
@Timeout(120)
class RekorNodeTest {
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
            "STIGMEM_ADMIN_KEY", ADMIN,
            "STIGMEM_TL_BACKEND", "rekor",
            "STIGMEM_FACT_CHAIN_CHECKPOINT_INTERVAL", "1"));
    private RekorServer service;
    private FactsNode node;

    @BeforeEach
    void serviceAndKey() throws Exception {
        service = new RekorServer(Clock.systemUTC().instant().getEpochSecond());
        Path key = Files.writeString(elsewhere.resolve("rekor.pem"), service.publicKeyPem());
        settings.put("STIGMEM_TL_REKOR_URL", "http://127.0.0.1:" + service.port());
        settings.put("STIGMEM_TL_REKOR_PUBLIC_KEY", key.toString());
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
            node = null;
        }
        service.close();
    }

    private void aNodeWithHistory() throws Exception {
        node = FactsNode.start(settings, folder, Clock.systemUTC());
        HttpRequest fact = HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + "/v1/facts"))
                .header("Authorization", "Bearer " + ADMIN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":\"v\"}"))
                .build();
        assertThat(CLIENT.send(fact, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(201);
        // The manifest and the checkpoint of this fact.
        await().atMost(Duration.ofSeconds(60)).until(() -> service.size() >= 2);
        node.close();
        node = null;
    }

    private Fsck.Report fsck() {
        Configuration configuration = Configuration.readLenient(NodeSettings.schema(), settings, folder);
        return NodeAtRest.fsck(configuration, folder.resolve("stigmem.db"));
    }

    @Test
    void fsck_reads_back_and_verifies_what_stands_in_the_service_and_changes_nothing() throws Exception {
        aNodeWithHistory();
        Map<String, String> before = FolderImage.of(folder);

        Fsck.Report report = fsck();

        assertThat(report.sentences()).isEmpty();
        assertThat(report.checked())
                .contains(
                        "entries of the Rekor service that the store keeps",
                        "the newest signed heads, read back from the Rekor service",
                        "manifests and key rotations, read back from the Rekor service");
        assertThat(FolderImage.of(folder)).isEqualTo(before);
    }

    @Test
    void a_service_that_lost_entries_is_named_by_fsck_and_refuses_the_start() throws Exception {
        aNodeWithHistory();
        service.loseEntries();

        assertThat(fsck().sentences())
                .anyMatch(found -> found.contains("asked for leaf") && found.contains("lost or replaced entries"))
                .anyMatch(found -> found.contains("asked for the payload"));
        assertThatThrownBy(() -> FactsNode.start(settings, folder, Clock.systemUTC()))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("lost or replaced entries")
                .hasMessageContaining("STIGMEM_ACCEPT_EVIDENCE_LOSS=");
    }

    @Test
    void a_service_that_does_not_answer_is_a_problem_of_fsck_and_keeps_no_node_from_starting() throws Exception {
        aNodeWithHistory();
        service.close();

        assertThat(fsck().sentences())
                .anyMatch(found -> found.startsWith(
                                "the newest signed heads, read back from the Rekor service could" + " not be checked")
                        && found.contains("cannot be reached"));
        node = FactsNode.start(settings, folder, Clock.systemUTC());
        assertThat(node.port()).isPositive();
    }

    @Test
    void another_key_than_the_services_makes_every_entry_a_problem() throws Exception {
        aNodeWithHistory();
        Files.writeString(Path.of(settings.get("STIGMEM_TL_REKOR_PUBLIC_KEY")), RekorServer.pem(RekorServer.newKey()));

        List<String> problems = fsck().sentences();

        assertThat(problems)
                .anyMatch(found -> found.startsWith("what the Rekor service answered to checkpoint chaincp_"))
                .anyMatch(found -> found.contains("asked for leaf"))
                .allMatch(found -> found.contains("(STIGMEM_TL_REKOR_PUBLIC_KEY)"));
    }

    @Test
    void a_file_without_a_key_refuses_the_start_by_the_name_of_its_setting() throws Exception {
        Files.writeString(Path.of(settings.get("STIGMEM_TL_REKOR_PUBLIC_KEY")), "none");

        assertThatThrownBy(() -> FactsNode.start(settings, folder, Clock.systemUTC()))
                .isInstanceOf(KeyRefused.class)
                .hasMessageContaining("STIGMEM_TL_REKOR_PUBLIC_KEY");
    }
}
