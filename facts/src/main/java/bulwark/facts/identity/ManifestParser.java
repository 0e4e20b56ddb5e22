package bulwark.facts.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads manifests from their JSON form. Unknown members are ignored: the signature does not cover them. */
public final class ManifestParser {
    private static final int MAX_ENTITIES = 10_000;
    private static final int MAX_TEXT = 2048;

    private ManifestParser() {}

    /** @throws ManifestRefused with a sentence that names the member */
    public static Manifest parse(byte[] utf8) {
        try {
            return parse(StrictJson.parse(utf8));
        } catch (StrictJson.JsonRefused e) {
            throw new ManifestRefused(String.valueOf(e.getMessage()));
        }
    }

    /** @throws ManifestRefused with a sentence that names the member */
    public static Manifest parse(JsonNode node) {
        if (!node.isObject()) {
            throw new ManifestRefused("a manifest is a JSON object");
        }
        Manifest manifest = new Manifest(
                text(node, "entity_uri"),
                entities(node),
                text(node, "key_id"),
                text(node, "public_key"),
                time(node, "issued_at"),
                time(node, "expires_at"),
                events(node),
                text(node, "signature"));
        checkKeyId(manifest.keyId(), manifest.publicKey(), "public_key");
        return manifest;
    }

    private static List<String> entities(JsonNode node) {
        JsonNode array = node.path("entities");
        if (!array.isArray() || array.size() > MAX_ENTITIES) {
            throw new ManifestRefused("entities must be an array of at most " + MAX_ENTITIES + " strings");
        }
        List<String> entities = new ArrayList<>(array.size());
        for (JsonNode item : array.values()) {
            if (!item.isString()) {
                throw new ManifestRefused("entities must hold strings only");
            }
            entities.add(item.stringValue());
        }
        return entities;
    }

    private static List<RotationEvent> events(JsonNode node) {
        JsonNode array = node.path("rotation_events");
        if (array.isMissingNode()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw new ManifestRefused("rotation_events must be an array");
        }
        if (array.size() > Manifest.MAX_EVENTS) {
            throw new ManifestRefused("rotation_events must not exceed " + Manifest.MAX_EVENTS + " entries");
        }
        List<RotationEvent> events = new ArrayList<>(array.size());
        array.values().forEach(item -> events.add(event(item)));
        return events;
    }

    private static RotationEvent event(JsonNode node) {
        if (!node.isObject()) {
            throw new ManifestRefused("rotation_events must hold objects only");
        }
        RotationEvent event = new RotationEvent(
                text(node, "new_key_id"),
                text(node, "new_public_key"),
                text(node, "previous_key_id"),
                time(node, "rotated_at"),
                text(node, "signature"),
                node.has("previous_public_key") ? textOrEmpty(node, "previous_public_key") : "");
        checkKeyId(event.newKeyId(), event.newPublicKey(), "new_public_key");
        if (!event.previousPublicKey().isEmpty()) {
            checkKeyId(event.previousKeyId(), event.previousPublicKey(), "previous_public_key");
        }
        return event;
    }

    private static void checkKeyId(String keyId, String publicKey, String member) {
        byte[] raw = Base64Url.exactly(32, publicKey)
                .orElseThrow(() -> new ManifestRefused(member + " must be 32 bytes in base64url"));
        if (!Digests.sha256Hex(raw).substring(0, 16).equals(keyId)) {
            throw new ManifestRefused("key id " + keyId + " does not belong to " + member);
        }
    }

    private static String time(JsonNode node, String member) {
        String text = text(node, member);
        try {
            Instant.parse(text);
            return text;
        } catch (DateTimeException e) {
            throw new ManifestRefused(member + " must be an ISO 8601 time in UTC");
        }
    }

    private static String text(JsonNode node, String member) {
        String text = textOrEmpty(node, member);
        if (text.isEmpty()) {
            throw new ManifestRefused(member + " is required");
        }
        return text;
    }

    private static String textOrEmpty(JsonNode node, String member) {
        JsonNode value = node.path(member);
        if (value.isMissingNode()) {
            return "";
        }
        if (!value.isString() || value.stringValue().length() > MAX_TEXT) {
            throw new ManifestRefused(member + " must be a string of at most " + MAX_TEXT + " characters");
        }
        return value.stringValue();
    }
}
