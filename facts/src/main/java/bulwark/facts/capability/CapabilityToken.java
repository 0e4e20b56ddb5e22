package bulwark.facts.capability;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A signed permission to do one verb on one object. Immutable. Format: Stigmem spec-06, with the member {@code key_id} added
 * (covered by the signature, as every member but the signature is).
 */
final class CapabilityToken {
    private static final List<String> REQUIRED =
            List.of("token_id", "issuer", "subject", "verb", "object", "issued_at", "expiry", "nonce", "signature");
    private static final int MAX_LENGTH = 16 * 1024;

    private final Map<String, @Nullable Object> members;

    private CapabilityToken(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    /** @param grant the members that the issuer chose; version and signature are added */
    static CapabilityToken sign(Map<String, String> grant, Ed25519Signer key) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(grant);
        members.put("token_version", 1);
        members.put("signature", Base64Url.text(key.sign(CanonicalJson.bytes(members))));
        return new CapabilityToken(members);
    }

    /** Empty for anything that is not a token of version 1 with every member. */
    static Optional<CapabilityToken> parse(String json) {
        if (json.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            Map<String, @Nullable Object> members =
                    PlainJson.object(StrictJson.parse(json.getBytes(StandardCharsets.UTF_8)));
            boolean complete = REQUIRED.stream().allMatch(name -> members.get(name) instanceof String)
                    && members.get("token_version") instanceof Number version
                    && version.equals(1L);
            CapabilityToken token = new CapabilityToken(members);
            return complete
                            && token.time("expiry").isPresent()
                            && token.time("issued_at").isPresent()
                    ? Optional.of(token)
                    : Optional.empty();
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A member that {@link #parse} found to be there, or empty text for one that is not. */
    String text(String member) {
        return members.get(member) instanceof String text ? text : "";
    }

    String id() {
        return text("token_id");
    }

    Instant expiry() {
        return time("expiry").orElseThrow();
    }

    byte[] signedBytes() {
        Map<String, @Nullable Object> unsigned = new LinkedHashMap<>(members);
        unsigned.remove("signature");
        return CanonicalJson.bytes(unsigned);
    }

    Optional<byte[]> signature() {
        return Base64Url.exactly(64, text("signature"));
    }

    /** Canonical text, as stored and handed out. */
    String json() {
        return CanonicalJson.text(members);
    }

    private Optional<Instant> time(String member) {
        try {
            return Optional.of(OffsetDateTime.parse(text(member)).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
