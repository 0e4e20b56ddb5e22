package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.AccessTables;
import bulwark.facts.FactsAuditTables;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.time.SettableClock;
import bulwark.web.ApiRefusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody can write the store and holds none of the node's keys. */
@Timeout(60)
class ForgedManifestTest {
    private static final String ISSUER = TestNode.URL + "/issuer";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(TestNode.START);

    private void plant(TestNode node, Manifest manifest) {
        node.store().write(tx -> {
            ManifestTable.store(tx, manifest, NodeIdentity.TENANT, "2026-03-01T00:00:00.000000+00:00");
            return manifest;
        });
    }

    private void refusedAtStart(String reason) {
        assertThatThrownBy(() -> TestNode.start(folder, clock))
                .isInstanceOf(KeyRefused.class)
                .hasMessageContaining("is not this node's own")
                .hasMessageContaining(reason);
    }

    @Test
    void a_planted_rotation_event_is_never_signed_by_the_node_key() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Manifest genuine = node.identity().published().issuer();
            Ed25519Signer intruder = node.signing().signer(node.signing().random32());
            List<RotationEvent> events = new ArrayList<>(genuine.rotationEvents());
            events.add(RotationEvent.sign(
                    intruder,
                    Base64Url.exactly(32, genuine.publicKey()).orElseThrow(),
                    genuine.keyId(),
                    clock.instant()));
            plant(
                    node,
                    new Manifest(
                            genuine.entityUri(),
                            genuine.entities(),
                            genuine.keyId(),
                            genuine.publicKey(),
                            genuine.issuedAt(),
                            genuine.expiresAt(),
                            events,
                            genuine.signature()));
            assertThatThrownBy(node.identity()::renew).isInstanceOf(KeyRefused.class);
            assertThat(node.identity().published().issuerKeys())
                    .as("what is served and believed stays the genuine one")
                    .extracting(TrustedKey::keyId)
                    .containsExactly(genuine.keyId());
        }
        refusedAtStart("self-signature");
    }

    @Test
    void a_manifest_that_the_intruder_signed_under_the_nodes_key_id_is_refused() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Manifest genuine = node.identity().published().issuer();
            Ed25519Signer intruder = node.signing().signer(node.signing().random32());
            Manifest unsigned = new Manifest(
                    ISSUER,
                    List.of(TestNode.URL, ISSUER, "stigmem://evil/issuer"),
                    genuine.keyId(),
                    Base64Url.text(intruder.publicKey()),
                    genuine.issuedAt(),
                    genuine.expiresAt(),
                    List.of(),
                    "");
            plant(
                    node,
                    new Manifest(
                            unsigned.entityUri(),
                            unsigned.entities(),
                            unsigned.keyId(),
                            unsigned.publicKey(),
                            unsigned.issuedAt(),
                            unsigned.expiresAt(),
                            List.of(),
                            Base64Url.text(intruder.sign(unsigned.signedBytes()))));
        }
        refusedAtStart("does not belong to public_key");
    }

    @Test
    void an_event_whose_signature_is_zero_is_refused_even_when_the_manifest_is_the_nodes() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Manifest genuine = node.identity().published().issuer();
            Ed25519Signer key = node.identity().keys().issuer().signer();
            Ed25519Signer intruder = node.signing().signer(node.signing().random32());
            RotationEvent planted = new RotationEvent(
                    genuine.keyId(),
                    genuine.publicKey(),
                    intruder.keyId(),
                    "2026-03-01T00:00:00.000000Z",
                    Base64Url.text(new byte[64]),
                    Base64Url.text(intruder.publicKey()));
            plant(
                    node,
                    Manifest.sign(
                            ISSUER,
                            genuine.entities(),
                            clock.instant(),
                            clock.instant().plus(Duration.ofDays(1)),
                            List.of(planted),
                            key));
        }
        refusedAtStart("is not signed by the key before it");
    }

    @Test
    void a_genuine_manifest_that_names_other_entities_is_refused() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Ed25519Signer key = node.identity().keys().issuer().signer();
            plant(
                    node,
                    Manifest.sign(
                            ISSUER,
                            List.of(TestNode.URL, ISSUER, "stigmem://evil/issuer"),
                            clock.instant(),
                            clock.instant().plus(Duration.ofDays(90)),
                            List.of(),
                            key));
        }
        refusedAtStart("does not speak for");
    }

    /** Of the node's own key, as one that was replaced by a newer one. */
    private Manifest another(TestNode node) {
        Manifest genuine = node.identity().published().issuer();
        return Manifest.sign(
                ISSUER,
                genuine.entities(),
                clock.instant(),
                clock.instant().plus(Duration.ofDays(90)),
                List.of(),
                node.identity().keys().issuer().signer());
    }

    @Test
    void a_row_that_was_edited_in_a_running_node_is_not_served() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Manifest genuine = node.identity().published().issuer();
            plant(node, another(node));
            assertThat(node.identity().served(ISSUER)).contains(genuine);

            node.store().write(tx -> {
                tx.statement("UPDATE federation_manifests SET manifest = 'no manifest'")
                        .executeUpdate();
                tx.statement("INSERT INTO federation_manifests (entity_uri, tenant_id, key_id, issued_at, expires_at,"
                                + " leaf_hash, manifest) VALUES ('stigmem://stranger', 'default', 'k', '2026-03-01',"
                                + " '2027-03-01', 'x', 'no manifest')")
                        .executeUpdate();
                return genuine;
            });
            assertThat(node.identity().served(ISSUER)).contains(genuine);
            assertThat(node.identity().served(TestNode.URL))
                    .contains(node.identity().published().node());
            assertThat(node.identity().served("stigmem://stranger"))
                    .as("nobody vouches for it, and it is not even read")
                    .isEmpty();
        }
    }

    private List<String> fsck(TestNode node) {
        return node.store().read(tx -> GuardedRows.check(tx, FactsAuditTables.FACT_AUDIT_LOG, AccessTables.ALL));
    }

    @Test
    void a_genuine_manifest_that_is_not_the_newest_is_refused_and_found() {
        try (TestNode node = TestNode.start(folder, clock)) {
            node.rotate(KeyKind.NODE);
            assertThat(fsck(node)).isEmpty();
            plant(node, another(node));
            assertThat(fsck(node)).singleElement().asString().contains("federation_manifests/" + ISSUER);
            assertThatThrownBy(node.identity()::renew).isInstanceOf(KeyRefused.class);
            assertThatThrownBy(() -> node.rotate(KeyKind.ISSUER))
                    .as("it is not signed over")
                    .isInstanceOf(ApiRefusal.class)
                    .hasMessageContaining("the audit log names another one");
        }
        refusedAtStart("the audit log names another one");
    }

    @Test
    void a_rotation_that_somebody_wrote_into_the_store_promotes_no_key() {
        try (TestNode node = TestNode.start(folder, clock)) {
            KeyRing ring = node.identity().keys().issuer();
            String announced = ring.announce(node.signing().random32()).id();
            KeyRotation planted = new KeyRotation(
                    KeyKind.ISSUER,
                    ISSUER,
                    ring.signer().keyId(),
                    announced,
                    "2026-03-01T00:00:00.000000Z",
                    "2099-01-01T00:00:00.000000Z");
            node.store().write(tx -> {
                ManifestTable.storeRotation(tx, planted);
                return planted;
            });
            assertThat(fsck(node)).singleElement().asString().contains("key_rotations/" + announced);
        }
        assertThatThrownBy(() -> TestNode.start(folder, clock))
                .isInstanceOf(KeyRefused.class)
                .hasMessageContaining("is not what the audit log says");
    }

    @Test
    void the_key_that_signs_cannot_be_distrusted_before_it_is_rotated() {
        try (TestNode node = TestNode.start(folder, clock)) {
            String current = node.identity().keys().issuer().signer().keyId();
            KeyDistrust distrust = new KeyDistrust(node.identity());
            assertThatThrownBy(() -> distrust.distrust(current, "test"))
                    .hasMessageContaining("rotate-key --kind issuer");
            assertThatThrownBy(() -> distrust.distrust("0123456789abcdef", "test"))
                    .hasMessageContaining("list-keys");
            assertThatThrownBy(() -> distrust.distrust(current, " ")).hasMessageContaining("reason must have");
        }
    }

    @Test
    void a_kill_between_distrust_and_its_publication_is_completed_by_the_next_start() {
        String former;
        try (TestNode node = TestNode.start(folder, clock)) {
            former = node.identity().keys().issuer().signer().keyId();
            node.rotate(KeyKind.ISSUER);
            node.identity().keys().issuer().distrust(former);
        }
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.identity().published().issuer().rotationEvents()).isEmpty();
            assertThat(node.identity().published().issuerKeys())
                    .extracting(TrustedKey::keyId)
                    .doesNotContain(former);
            assertThat(CanonicalJson.text(
                            Map.of("w", node.identity().published().wire())))
                    .doesNotContain(former);
            assertThat(Optional.ofNullable(node.identity()
                            .keys()
                            .issuer()
                            .byId(former)
                            .orElseThrow()
                            .trustedUntil()))
                    .isEmpty();
        }
    }
}
