package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.log.LogAnchor;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NodeIdentityTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(TestNode.START);

    private TestNode start(Optional<SecretBytes> node, Optional<SecretBytes> issuer) {
        return TestNode.start(folder, clock, TestNode.URL, node, issuer);
    }

    private static SecretBytes seedText() {
        return TestNode.text(bulwark.kernel.signing.Signing.fastest().random32());
    }

    private void deleteRing() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("stigmem.db.keys"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void the_first_start_publishes_both_manifests_into_store_audit_and_log() throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            PublishedIdentity published = node.identity().published();
            assertThat(published.node().entityUri()).isEqualTo(TestNode.URL);
            assertThat(published.node().entities()).containsExactly(TestNode.URL, TestNode.URL + "/issuer");
            assertThat(published.issuer().entityUri()).isEqualTo(TestNode.URL + "/issuer");
            assertThat(published.issuer().keyId()).isNotEqualTo(published.node().keyId());
            ManifestRules.check(published.node(), null, node.signing());
            ManifestRules.check(published.issuer(), null, node.signing());
            assertThat(node.settle()).isTrue();
            assertThat(node.identity()
                            .submitter()
                            .find(published.node().logKey())
                            .map(LogAnchor::leafHash))
                    .contains(published.node().leafHash());
            assertThat(node.count("SELECT COUNT(*) FROM fact_audit_log WHERE event_type = 'manifest_publish'"))
                    .isEqualTo(2);
        }
        assertThat(Files.readAllLines(folder.resolve("tl.jsonl"))).hasSize(2);
    }

    @Test
    void a_second_start_publishes_nothing_and_keeps_the_keys() {
        String key;
        try (TestNode node = TestNode.start(folder, clock)) {
            key = node.identity().published().node().keyId();
        }
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.identity().published().node().keyId()).isEqualTo(key);
            assertThat(node.identity().warnings()).isEmpty();
            assertThat(node.count("SELECT COUNT(*) FROM federation_manifest_history"))
                    .isEqualTo(2);
        }
    }

    @Test
    void a_seed_in_the_environment_fills_an_empty_ring() {
        SecretBytes seed = seedText();
        try (TestNode node = start(Optional.of(seed), Optional.empty())) {
            byte[] raw =
                    Base64Url.exactly(32, seed.exposeText(SecretAccess.grant())).orElseThrow();
            assertThat(node.identity().published().node().keyId())
                    .isEqualTo(node.signing().signer(SecretBytes.of(raw)).keyId());
        }
    }

    @Test
    void an_unknown_seed_in_the_environment_refuses_the_start() {
        TestNode.start(folder, clock).close();
        assertThatThrownBy(() -> start(Optional.of(seedText()), Optional.empty()))
                .isInstanceOf(KeyRefused.class)
                .hasMessageContaining("STIGMEM_NODE_PRIVATE_KEY")
                .hasMessageContaining("rotate");
        TestNode.start(folder, clock).close();
    }

    @Test
    void a_seed_of_the_wrong_length_is_refused_by_its_length() {
        SecretBytes tooShort = SecretBytes.ofText(Base64Url.text(new byte[31]));
        assertThatThrownBy(() -> start(Optional.empty(), Optional.of(tooShort)))
                .isInstanceOf(KeyRefused.class)
                .hasMessage("STIGMEM_ISSUER_PRIVATE_KEY must decode to exactly 32 bytes; got 31");
    }

    @Test
    void a_retiring_seed_warns_inside_its_window_and_refuses_after_it() {
        SecretBytes seed = seedText();
        String newKey;
        try (TestNode node = start(Optional.of(seed), Optional.empty())) {
            newKey = node.rotate(KeyKind.NODE).newKeyId();
        }
        clock.advance(Duration.ofDays(89));
        try (TestNode node = start(Optional.of(seed), Optional.empty())) {
            assertThat(node.identity().warnings())
                    .anyMatch(line -> line.startsWith("SECURITY WARNING: STIGMEM_NODE_PRIVATE_KEY"));
            assertThat(node.identity().keys().node().signer().keyId()).isEqualTo(newKey);
        }
        clock.advance(Duration.ofDays(2));
        assertThatThrownBy(() -> start(Optional.of(seed), Optional.empty())).isInstanceOf(KeyRefused.class);
    }

    @Test
    void a_start_with_the_printed_seed_changes_nothing() {
        SecretBytes printed;
        try (TestNode node = TestNode.start(folder, clock)) {
            printed = node.rotate(KeyKind.NODE).seed();
        }
        try (TestNode node = start(Optional.of(printed), Optional.empty())) {
            assertThat(node.identity().warnings()).isEmpty();
        }
    }

    @Test
    void a_lost_key_ring_refuses_the_start_unless_the_seed_is_configured() throws IOException {
        SecretBytes seed = seedText();
        SecretBytes issuer = seedText();
        start(Optional.of(seed), Optional.of(issuer)).close();
        deleteRing();
        assertThatThrownBy(() -> start(Optional.empty(), Optional.of(issuer)))
                .isInstanceOf(KeyRefused.class)
                .hasMessageContaining("Restore the key ring");
        try (TestNode node = start(Optional.of(seed), Optional.of(issuer))) {
            assertThat(node.identity().published().node().rotationEvents()).isEmpty();
        }
    }

    @Test
    void a_new_node_url_gets_a_manifest_of_its_own() {
        TestNode.start(folder, clock).close();
        try (TestNode node =
                TestNode.start(folder, clock, "https://moved.example/", Optional.empty(), Optional.empty())) {
            assertThat(node.identity().published().node().entityUri()).isEqualTo("https://moved.example");
            assertThat(node.identity().manifest(TestNode.URL)).isPresent();
        }
    }

    @Test
    void a_manifest_near_its_end_is_published_anew_under_the_same_key() {
        try (TestNode node = TestNode.start(folder, clock)) {
            String key = node.identity().published().node().keyId();
            clock.advance(Duration.ofDays(340));
            node.identity().renew();
            assertThat(node.identity().published().node().keyId()).isEqualTo(key);
            assertThat(node.identity().published().node().expires())
                    .isAfter(clock.instant().plus(Duration.ofDays(364)));
        }
    }

    @Test
    void no_key_appears_in_anything_that_is_printed() {
        try (TestNode node = TestNode.start(folder, clock)) {
            List<String> warnings = node.identity().warnings();
            assertThat(warnings).noneMatch(line -> line.matches(".*[A-Za-z0-9_-]{43}.*"));
        }
    }
}
