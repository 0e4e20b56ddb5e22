package bulwark.kernel.keys;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code ring.json}: the entries of a ring, without secrets. Absent means empty. */
final class RingFile {
    private static final int VERSION = 1;

    private final Path file;

    RingFile(Path directory) {
        file = directory.resolve("ring.json");
    }

    List<KeyEntry> read() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        OwnerOnlyFiles.check(file);
        try {
            JsonNode ring = StrictJson.parse(Files.readAllBytes(file));
            if (ring.required("version").intValue() != VERSION) {
                throw damaged();
            }
            List<KeyEntry> entries = new ArrayList<>();
            for (JsonNode key : ring.required("keys")) {
                entries.add(entry(key));
            }
            return entries;
        } catch (JsonRefused | tools.jackson.core.JacksonException | IllegalArgumentException | DateTimeException e) {
            throw damaged();
        }
    }

    void write(List<KeyEntry> entries) throws IOException {
        List<Map<String, @Nullable Object>> keys = new ArrayList<>();
        for (KeyEntry entry : entries) {
            Map<String, @Nullable Object> key = new LinkedHashMap<>();
            key.put("id", entry.id());
            key.put("status", entry.status().name());
            key.put("public_key", Base64Url.text(entry.publicKey()));
            key.put("created", entry.created().toString());
            Instant trustedUntil = entry.trustedUntil();
            key.put("trusted_until", trustedUntil == null ? null : trustedUntil.toString());
            Instant replaced = entry.replaced();
            if (replaced != null) {
                key.put("replaced", replaced.toString());
            }
            keys.add(key);
        }
        Map<String, Object> ring = new LinkedHashMap<>();
        ring.put("version", VERSION);
        ring.put("keys", keys);
        OwnerOnlyFiles.write(file, StrictJson.write(ring));
    }

    private KeyEntry entry(JsonNode key) {
        byte[] publicKey =
                Base64Url.bytes(key.required("public_key").stringValue()).orElseThrow(this::damaged);
        String id = key.required("id").stringValue();
        if (!id.equals(Digests.sha256Hex(publicKey).substring(0, 16))) {
            throw new KeyRefused(
                    file + " names a public key that does not have the id " + id + ": restore the file from a backup");
        }
        JsonNode trustedUntil = key.required("trusted_until");
        return new KeyEntry(
                id,
                KeyStatus.valueOf(key.required("status").stringValue()),
                publicKey,
                Instant.parse(key.required("created").stringValue()),
                trustedUntil.isNull() ? null : Instant.parse(trustedUntil.stringValue()),
                key.path("replaced").isString()
                        ? Instant.parse(key.path("replaced").stringValue())
                        : null);
    }

    private KeyRefused damaged() {
        return new KeyRefused(file + " is damaged: restore it from a backup");
    }
}
