package bulwark.facts.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.time.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A signed statement of which key speaks for an entity, and how it came to be that key. Immutable. Format: Stigmem spec-10;
 * read foreign ones through {@link ManifestParser}, judge them with {@link ManifestRules}.
 *
 * @param publicKey base64url
 * @param issuedAt Zulu form with six digits
 * @param signature base64url, by {@code publicKey}, over all other members
 */
public record Manifest(
        String entityUri,
        List<String> entities,
        String keyId,
        String publicKey,
        String issuedAt,
        String expiresAt,
        List<RotationEvent> rotationEvents,
        String signature) {

    /** Validity of what this node publishes about itself. */
    static final Duration VALIDITY = Duration.ofDays(365);

    static final int MAX_EVENTS = 100;

    public Manifest {
        entities = List.copyOf(entities);
        rotationEvents = List.copyOf(rotationEvents);
    }

    static Manifest sign(
            String entityUri,
            List<String> entities,
            Instant issued,
            Instant expires,
            List<RotationEvent> events,
            Ed25519Signer key) {
        Manifest unsigned = new Manifest(
                entityUri,
                entities,
                key.keyId(),
                Base64Url.text(key.publicKey()),
                Timestamps.zulu(issued),
                Timestamps.zulu(expires),
                events,
                "");
        return unsigned.with(Base64Url.text(key.sign(unsigned.signedBytes())));
    }

    /** The manifest that follows this one when {@code next} takes over; the oldest event gives way past the hundredth. */
    Manifest rotated(Ed25519Signer previous, Ed25519Signer next, Instant now) {
        List<RotationEvent> events = new ArrayList<>(rotationEvents);
        events.add(RotationEvent.sign(previous, next.publicKey(), next.keyId(), now));
        List<RotationEvent> kept = events.subList(Math.max(0, events.size() - MAX_EVENTS), events.size());
        return sign(entityUri, entities, now, now.plus(VALIDITY), kept, next);
    }

    /** The events after the last one that retires this key: whoever believes only them never hears of the key. */
    List<RotationEvent> eventsAfter(String retiredKeyId) {
        for (int i = rotationEvents.size() - 1; i >= 0; i--) {
            if (rotationEvents.get(i).previousKeyId().equals(retiredKeyId)) {
                return rotationEvents.subList(i + 1, rotationEvents.size());
            }
        }
        return rotationEvents;
    }

    /** The key under which it goes into the transparency log. */
    public String logKey() {
        return "manifest:" + leafHash();
    }

    /** What the top-level signature covers: every member but itself. */
    byte[] signedBytes() {
        return CanonicalJson.bytes(unsignedMembers());
    }

    /** Complete, with the signature. */
    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = unsignedMembers();
        members.put("signature", signature);
        return members;
    }

    /** The leaf that stands for it in a transparency log. */
    String leafHash() {
        return Digests.sha256Hex(CanonicalJson.bytes(members()));
    }

    Instant expires() {
        return Instant.parse(expiresAt);
    }

    private Map<String, @Nullable Object> unsignedMembers() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("entity_uri", entityUri);
        members.put("entities", entities);
        members.put("key_id", keyId);
        members.put("public_key", publicKey);
        members.put("issued_at", issuedAt);
        members.put("expires_at", expiresAt);
        members.put(
                "rotation_events",
                rotationEvents.stream().map(RotationEvent::members).toList());
        return members;
    }

    private Manifest with(String newSignature) {
        return new Manifest(entityUri, entities, keyId, publicKey, issuedAt, expiresAt, rotationEvents, newSignature);
    }
}
