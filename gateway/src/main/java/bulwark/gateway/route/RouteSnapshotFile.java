package bulwark.gateway.route;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The last good routes and policies in one signed file, {@code routes.snapshot}: {@code {"statement": {"generation", "routes", "policies"}, "key_id", "signature"}}. The signature is Ed25519 over the line {@code bulwark
 * gateway routes}, a line feed, and the canonical JSON of the statement; its key is in the ring {@code snapshot.keys} of the state folder. Thread-safe.
 */
public final class RouteSnapshotFile {
    private static final String PURPOSE = "bulwark gateway routes\n";
    private static final long MAX_BYTES = 64 << 20;

    private final Path file;
    private final KeyRing ring;
    private final Signing signing;

    private RouteSnapshotFile(Path file, KeyRing ring, Signing signing) {
        this.file = file;
        this.ring = ring;
        this.signing = signing;
    }

    /** Makes the first key where there is none. @throws bulwark.kernel.secrets.KeyRefused when the ring must not be used */
    public static RouteSnapshotFile open(Path stateFolder, Signing signing, Clock clock) {
        KeyRing ring = KeyRing.open(stateFolder.resolve("snapshot.keys"), signing, clock);
        if (ring.current().isEmpty()) {
            ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);
        }
        return new RouteSnapshotFile(stateFolder.resolve("routes.snapshot"), ring, signing);
    }

    /** What was signed. */
    public record Content(long generation, List<ApiRoute> routes, List<ApiPolicy> policies) {}

    /** Replaces the file as a whole, durably. */
    void write(Content content) throws IOException {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("generation", content.generation());
        statement.put("routes", content.routes().stream().map(RouteJson::fields).toList());
        statement.put(
                "policies", content.policies().stream().map(PolicyJson::fields).toList());
        Ed25519Signer signer = ring.signer();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("statement", statement);
        document.put("key_id", signer.keyId());
        document.put("signature", Base64Url.text(signer.sign(message(CanonicalJson.bytes(statement)))));
        byte[] bytes = StrictJson.write(document);
        if (bytes.length > MAX_BYTES) {
            throw new IOException(file + " would be larger than " + MAX_BYTES + " bytes; remove routes or policies");
        }
        OwnerOnlyFiles.write(file, bytes);
    }

    /**
     * Empty when there is no file.
     *
     * @throws bulwark.kernel.process.FileRefused when others than its owner can touch it
     * @throws RoutesRefused when the file is too large, is not what one of the keys signed, or when one of its routes is faulty: half of a snapshot is never used
     */
    public Optional<Content> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            OwnerOnlyFiles.check(file);
            if (Files.size(file) > MAX_BYTES) {
                throw refused("is larger than " + MAX_BYTES + " bytes");
            }
            return Optional.of(parse(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    private Content parse(byte[] bytes) {
        JsonNode document;
        try {
            document = StrictJson.parse(bytes);
        } catch (StrictJson.JsonRefused e) {
            throw refused("is damaged: " + e.getMessage());
        }
        JsonNode statement = document.path("statement");
        JsonNode keyId = document.path("key_id");
        JsonNode signature = document.path("signature");
        if (!statement.isObject() || !keyId.isString() || !signature.isString()) {
            throw refused("is damaged: statement, key_id or signature is missing");
        }
        KeyEntry key = ring.trusted().stream()
                .filter(entry -> entry.id().equals(keyId.stringValue()))
                .findFirst()
                .orElseThrow(() -> refused("is signed by a key that snapshot.keys does not trust"));
        byte[] made = Base64Url.bytes(signature.stringValue()).orElse(new byte[0]);
        if (!signing.verify(key.publicKey(), message(CanonicalJson.bytes(statement)), made)) {
            throw refused("carries a signature that does not verify");
        }
        return content(statement);
    }

    private Content content(JsonNode statement) {
        List<String> faults = new ArrayList<>();
        JsonFields fields = JsonFields.of(statement, "", faults);
        long generation = fields.wholeNumber("generation", 1, Long.MAX_VALUE, 0);
        List<ApiRoute> routes = new ArrayList<>();
        int index = 0;
        for (JsonNode route : statement.path("routes")) {
            routes.add(RouteJson.read(route, "routes[" + index++ + "].", faults));
        }
        List<ApiPolicy> policies = new ArrayList<>();
        index = 0;
        for (JsonNode policy : statement.path("policies")) {
            policies.add(PolicyJson.read(policy, "policies[" + index++ + "].", faults));
        }
        if (!faults.isEmpty()) {
            throw new RoutesRefused(
                    faults.stream().map(fault -> file + ": " + fault).toList());
        }
        return new Content(generation, routes, policies);
    }

    private RoutesRefused refused(String fault) {
        return new RoutesRefused(List.of(
                file + " " + fault + "; restore it from a backup, or delete it to go on with what the store holds."));
    }

    private static byte[] message(byte[] statement) {
        byte[] purpose = PURPOSE.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] message = new byte[purpose.length + statement.length];
        System.arraycopy(purpose, 0, message, 0, purpose.length);
        System.arraycopy(statement, 0, message, purpose.length, statement.length);
        return message;
    }
}
