package bulwark.facts.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.Signing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a manifest must satisfy before it is believed. Pure; thread-safe. Source of the rules: Stigmem spec-10. */
public final class ManifestRules {
    private static final Duration MAX_VALIDITY = Duration.ofDays(730);

    private ManifestRules() {}

    /**
     * @param stored the manifest of the same entity that was believed before, or null
     * @throws ManifestRefused with a sentence
     */
    public static void check(Manifest manifest, @Nullable Manifest stored, Signing signing) {
        checkWindow(manifest);
        checkSelfSignature(manifest, signing);
        checkChain(manifest, signing);
        if (stored != null) {
            checkSuccession(manifest, stored);
        }
    }

    private static void checkWindow(Manifest manifest) {
        Instant issued = Instant.parse(manifest.issuedAt());
        Instant expires = manifest.expires();
        if (!expires.isAfter(issued)) {
            throw new ManifestRefused("expires_at must be after issued_at");
        }
        if (Duration.between(issued, expires).compareTo(MAX_VALIDITY) > 0) {
            throw new ManifestRefused("a manifest must not be valid for more than " + MAX_VALIDITY.toDays() + " days");
        }
    }

    private static void checkSelfSignature(Manifest manifest, Signing signing) {
        byte[] key = Base64Url.exactly(32, manifest.publicKey())
                .orElseThrow(() -> new ManifestRefused("public_key must be 32 bytes in base64url"));
        boolean good = Base64Url.exactly(64, manifest.signature())
                .map(signature -> signing.verify(key, manifest.signedBytes(), signature))
                .orElse(false);
        if (!good) {
            throw new ManifestRefused("self-signature verification failed");
        }
    }

    private static void checkChain(Manifest manifest, Signing signing) {
        Set<String> seen = new HashSet<>();
        @Nullable RotationEvent before = null;
        for (RotationEvent event : manifest.rotationEvents()) {
            if (before != null && !event.previousKeyId().equals(before.newKeyId())) {
                throw new ManifestRefused("rotation_events are not contiguous at key " + event.previousKeyId());
            }
            if ((before == null && !seen.add(event.previousKeyId())) || !seen.add(event.newKeyId())) {
                throw new ManifestRefused("rotation_events use key " + event.newKeyId() + " twice");
            }
            String previousKey = before != null ? before.newPublicKey() : event.previousPublicKey();
            boolean signed = Base64Url.exactly(32, previousKey)
                    .map(key -> event.signedBy(signing, key))
                    .orElse(false);
            if (!signed) {
                throw new ManifestRefused(
                        "the rotation to key " + event.newKeyId() + " is not signed by the key before it");
            }
            before = event;
        }
        if (before != null && !before.newPublicKey().equals(manifest.publicKey())) {
            throw new ManifestRefused("the last rotation does not lead to the manifest's key");
        }
    }

    private static void checkSuccession(Manifest manifest, Manifest stored) {
        if (manifest.publicKey().equals(stored.publicKey())) {
            return;
        }
        List<RotationEvent> events = manifest.rotationEvents();
        boolean leadsOn =
                events.stream().anyMatch(event -> event.previousKeyId().equals(stored.keyId()));
        if (!leadsOn) {
            throw new ManifestRefused(
                    "no rotation leads from the stored key " + stored.keyId() + " to " + manifest.keyId());
        }
    }
}
