package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The worked vectors of Stigmem's own functions, and what a manifest must not be. */
class ManifestTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final Ed25519Signer FIRST = SIGNING.signer(seed(0x00));
    private static final Ed25519Signer SECOND = SIGNING.signer(seed(0x20));
    private static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant ROTATED = Instant.parse("2026-02-01T00:00:00Z");
    private static final String NODE = "https://node.example";

    static SecretBytes seed(int from) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = (byte) (from + i);
        }
        return SecretBytes.of(bytes);
    }

    private static Manifest first() {
        return Manifest.sign(
                NODE,
                List.of(NODE, "stigmem://node.example/agent/a"),
                ISSUED,
                Instant.parse("2027-01-01T00:00:00Z"),
                List.of(),
                FIRST);
    }

    @Test
    void the_first_manifest_has_the_worked_signature() {
        assertThat(FIRST.keyId()).isEqualTo("56475aa75463474c");
        assertThat(first().signature())
                .isEqualTo("hdW89YMTQzF4ix6UluNEt1z1HE-gvOI_IFMdattvXIomdCiX0GdSJGALvQJsQKTNJ-Cdov6dHJtBu4EJzdx-Bg");
    }

    @Test
    void the_rotated_manifest_its_event_and_its_leaf_match_the_worked_vectors() {
        Manifest second = first().rotated(FIRST, SECOND, ROTATED);

        assertThat(second.expiresAt()).isEqualTo("2027-02-01T00:00:00.000000Z");
        assertThat(second.rotationEvents().getFirst().signature())
                .isEqualTo("avZK6zs1TbwPJwyjNxHSGuVS8V5rzs7dWs2Jsp15h-AKeYpekQNACbzlbrtMkjxFvojrNdWKO1K1wpbxnTwRBQ");
        assertThat(second.signature())
                .isEqualTo("Pvt3_dUOGXGwx__9s2Y72wIeez7kfAnRwQ2tlGtBUZNrQ6-rpKH6saBNppUTUADkjzwf2FSQ1yRHG0b41uqVBg");
        assertThat(second.leafHash()).isEqualTo("b67ecfa66ece9dabd812f08f15129e53ac63b0c39113305f8749cea1c30440b4");
        ManifestRules.check(second, first(), SIGNING);
    }

    @Test
    void the_rotation_log_entry_has_the_worked_signature() {
        KeyRotation rotation = new KeyRotation(
                KeyKind.NODE,
                NODE,
                FIRST.keyId(),
                SECOND.keyId(),
                "2026-02-01T00:00:00.000000Z",
                "2026-05-02T00:00:00.000000Z");

        assertThat(rotation.logEntry(43, FIRST))
                .containsEntry(
                        "rotation_sig",
                        "oZQizfkUdU-soxYVWQvfTPz3ldvNLJOk8qS-l_f6wBHWT6zd4F0ARQTF_q3eQelfVuWuWC-YbyLwZUVFvAzuAA")
                .containsEntry("event_type", "key_rotation")
                .containsEntry("manifest_log_index", 43L);
    }

    @Test
    void a_manifest_survives_its_json_form() {
        Manifest second = first().rotated(FIRST, SECOND, ROTATED);
        assertThat(ManifestParser.parse(CanonicalJson.bytes(second.members()))).isEqualTo(second);
    }

    @Test
    void the_issuer_manifest_is_a_further_member_that_the_node_key_binds() {
        Ed25519Signer issuerKey = SIGNING.signer(SIGNING.random32());
        Manifest issuer = Manifest.sign(
                NODE + "/issuer", List.of(NODE), ISSUED, ISSUED.plus(Manifest.VALIDITY), List.of(), issuerKey);
        PublishedIdentity published = PublishedIdentity.of(first(), issuer, FIRST, List.of());

        Map<String, @Nullable Object> wire = new LinkedHashMap<>(published.wire());
        @SuppressWarnings("unchecked")
        Map<String, Object> bound = new LinkedHashMap<>((Map<String, Object>) wire.remove("issuer_manifest"));
        byte[] binding =
                Base64Url.exactly(64, (String) bound.remove("node_signature")).orElseThrow();
        byte[] signature =
                Base64Url.exactly(64, (String) wire.remove("signature")).orElseThrow();
        assertThat(SIGNING.verify(FIRST.publicKey(), CanonicalJson.bytes(bound), binding))
                .isTrue();
        assertThat(SIGNING.verify(FIRST.publicKey(), CanonicalJson.bytes(wire), signature))
                .isTrue();
        assertThat(wire.keySet())
                .containsExactlyInAnyOrder(
                        "entities", "entity_uri", "expires_at", "issued_at", "key_id", "public_key", "rotation_events");
        assertThat(ManifestParser.parse(published.body())).isEqualTo(first());
    }

    @Test
    void a_key_id_that_is_not_of_the_public_key_is_refused() {
        String json = text(first()).replace("\"key_id\":\"56475aa75463474c\"", "\"key_id\":\"24f6ed6acbfe1009\"");
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(ManifestRefused.class)
                .hasMessageContaining("public_key");
    }

    @Test
    void an_edited_member_breaks_the_self_signature() {
        Manifest edited = parse(text(first()).replace("agent/a", "agent/b"));
        assertThatThrownBy(() -> ManifestRules.check(edited, null, SIGNING))
                .hasMessage("self-signature verification failed");
    }

    @Test
    void a_manifest_that_no_rotation_connects_to_the_stored_one_is_refused() {
        Manifest stranger =
                Manifest.sign(NODE, List.of(NODE), ISSUED, ISSUED.plus(Manifest.VALIDITY), List.of(), SECOND);
        assertThatThrownBy(() -> ManifestRules.check(stranger, first(), SIGNING))
                .hasMessageContaining("no rotation leads");
    }

    @Test
    void a_rotation_that_the_former_key_did_not_sign_is_refused() {
        Manifest forged = first().rotated(FIRST, SECOND, ROTATED);
        RotationEvent event = forged.rotationEvents().getFirst();
        RotationEvent bad = new RotationEvent(
                event.newKeyId(),
                event.newPublicKey(),
                event.previousKeyId(),
                "2026-02-02T00:00:00.000000Z",
                event.signature(),
                event.previousPublicKey());
        Manifest manifest =
                Manifest.sign(NODE, List.of(NODE), ROTATED, ROTATED.plus(Manifest.VALIDITY), List.of(bad), SECOND);
        assertThatThrownBy(() -> ManifestRules.check(manifest, first(), SIGNING))
                .hasMessageContaining("not signed by");
    }

    @Test
    void rotating_back_to_a_former_key_is_refused() {
        Manifest back = first().rotated(FIRST, SECOND, ROTATED).rotated(SECOND, FIRST, ROTATED.plusSeconds(1));
        assertThatThrownBy(() -> ManifestRules.check(back, null, SIGNING)).hasMessageContaining("twice");
    }

    @Test
    void more_than_two_years_of_validity_are_refused() {
        Manifest eternal =
                Manifest.sign(NODE, List.of(NODE), ISSUED, ISSUED.plus(Duration.ofDays(731)), List.of(), FIRST);
        assertThatThrownBy(() -> ManifestRules.check(eternal, null, SIGNING)).hasMessageContaining("730 days");
    }

    @Test
    void a_hundred_rotations_are_kept_and_the_oldest_gives_way() {
        Manifest manifest = first();
        Ed25519Signer key = FIRST;
        for (int i = 0; i < 102; i++) {
            Ed25519Signer next = SIGNING.signer(SIGNING.random32());
            manifest = manifest.rotated(key, next, ROTATED.plusSeconds(i));
            key = next;
        }
        assertThat(manifest.rotationEvents()).hasSize(100);
        ManifestRules.check(manifest, null, SIGNING);
    }

    @Test
    void damaged_manifests_are_refused_with_a_sentence() {
        byte[] good =
                CanonicalJson.bytes(first().rotated(FIRST, SECOND, ROTATED).members());
        Random random = new Random(104);
        List<byte[]> believed = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            byte[] bad = good.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                ManifestRules.check(ManifestParser.parse(bad), null, SIGNING);
                believed.add(bad);
            } catch (ManifestRefused e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(believed)
                .allSatisfy(json ->
                        assertThat(ManifestParser.parse(json).leafHash()).isEqualTo(Digests.sha256Hex(good)));
    }

    private static String text(Manifest manifest) {
        return CanonicalJson.text(manifest.members());
    }

    private static Manifest parse(String json) {
        return ManifestParser.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
