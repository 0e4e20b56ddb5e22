package bulwark.app.stigmem;

import bulwark.app.rotate.LocalObserver;
import bulwark.doctor.client.ProbeClient;
import bulwark.facts.identity.KeyKind;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The node's own Ed25519 keys: the one that signs manifests and snapshots, or the one that signs tokens. The node changes over in one step of its own, with manifest, audit row and log entry; the manifest that
 * it publishes shows it. Its former key is trusted for 90 days at least, the longest life of a token.
 */
final class NodeKeyRotation implements RotationKind {
    private static final Duration MIN_WINDOW = Duration.ofDays(90);
    private static final String OLD = "old_key";

    private final Path store;
    private final KeyKind kind;
    private final Clock clock;

    NodeKeyRotation(Path store, KeyKind kind, Clock clock) {
        this.store = store;
        this.kind = kind;
        this.clock = clock;
    }

    @Override
    public String name() {
        return kind.wire() + "-key";
    }

    @Override
    public String description() {
        return "the fact node's key that signs "
                + (kind == KeyKind.NODE ? "manifests, exports and snapshots" : "tokens");
    }

    @Override
    public Optional<Expiry> expiry() throws IOException {
        if (!isRunning()) {
            return Optional.empty();
        }
        return current()
                .map(key -> Instant.parse(key.path("created").asString("")))
                .map(created -> new Expiry(
                        created, created.plus(kind.maxAge()), "Rotate it: ./bulwark rotate " + name() + "."));
    }

    /** The look opens a secret, or asks the owner's socket. */
    @Override
    public boolean isAgePublic() {
        return false;
    }

    @Override
    public Duration window() {
        return MIN_WINDOW;
    }

    @Override
    public Map<String, String> plan(String id) throws IOException {
        return Map.of(OLD, currentId());
    }

    /** All that could refuse the rotation is asked; the node makes the key when it changes over. */
    @Override
    public void announce(RotationRecord rotation) throws IOException {
        JsonNode ignored = post("/local/identity/rotate", request(rotation, true));
    }

    @Override
    public List<String> unconfirmed(RotationRecord rotation) throws IOException, InterruptedException {
        return published().equals(Optional.of(rotation.name(OLD)))
                ? List.of()
                : List.of("the fact node: its published manifest does not name the key " + rotation.name(OLD));
    }

    @Override
    public void promote(RotationRecord rotation) throws IOException {
        if (currentId().equals(rotation.name(OLD))) {
            // The answer holds the new seed, which the node keeps and nobody else needs.
            JsonNode ignored = post("/local/identity/rotate", request(rotation, false));
        }
    }

    private Map<String, Object> request(RotationRecord rotation, boolean dryRun) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("kind", kind.wire());
        body.put("dry_run", dryRun);
        body.put(
                "dual_trust_days",
                Math.max(MIN_WINDOW.toDays(), rotation.window().toDays()));
        return body;
    }

    @Override
    public List<String> notUsing(RotationRecord rotation) throws IOException, InterruptedException {
        String present = currentId();
        return !present.equals(rotation.name(OLD)) && published().equals(Optional.of(present))
                ? List.of()
                : List.of("the fact node: its published manifest does not name the new key");
    }

    /** The node ends the trust itself. */
    @Override
    public void retire(RotationRecord rotation) {}

    @Override
    public List<String> stillAccepting(RotationRecord rotation) throws IOException {
        String status = listed(rotation.name(OLD))
                .map(key -> key.path("status").asString(""))
                .orElse("retired");
        return status.equals("retired") || status.equals("distrusted")
                ? List.of()
                : List.of("the fact node: the key " + rotation.name(OLD) + " is " + status + " there");
    }

    @Override
    public void destroy(RotationRecord rotation) throws IOException {
        JsonNode ignored = post("/local/identity/delete-seed", Map.of("key_id", rotation.name(OLD)));
    }

    /** Nothing was made. */
    @Override
    public void withdraw(RotationRecord rotation) {}

    private boolean isRunning() throws IOException {
        return RunFile.ofRunning(store).isPresent();
    }

    private String currentId() throws IOException {
        return current()
                .map(key -> key.path("key_id").asString(""))
                .orElseThrow(() -> new IOException("the fact node has no " + kind.wire() + " key"));
    }

    private Optional<JsonNode> current() throws IOException {
        for (JsonNode key : post("/local/identity/keys", Map.of()).path("keys")) {
            if (key.path("kind").asString("").equals(kind.wire())
                    && key.path("status").asString("").equals("current")) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    private Optional<JsonNode> listed(String id) throws IOException {
        for (JsonNode key : post("/local/identity/keys", Map.of()).path("keys")) {
            if (key.path("key_id").asString("").equals(id)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /** Only of a running node: a stopped one has nobody who would see the change. */
    private JsonNode post(String path, Map<String, ? extends @Nullable Object> body) throws IOException {
        if (!isRunning()) {
            throw new IOException("the fact node of " + store + " is not running");
        }
        Path folder = java.util.Objects.requireNonNull(store.getParent());
        Configuration settings = Configuration.readLenient(NodeSettings.schema(), Map.of(), folder);
        try (LocalAdmin owner = LocalAdmin.of(store, settings, clock)) {
            return owner.post(path, body);
        } catch (CommandFailed refused) {
            throw new IOException("the fact node refuses: " + refused.getMessage(), refused);
        }
    }

    /** Id of the key that signed the manifest which anybody can fetch. */
    private Optional<String> published() throws IOException, InterruptedException {
        Optional<URI> address = RunFile.ofRunning(store)
                .map(running -> running.ports().getOrDefault("plain_port", 0))
                .filter(port -> port > 0)
                .map(port -> URI.create("http://localhost:" + port));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        try (ProbeClient client = LocalObserver.client(address.get())) {
            JsonNode proof = client.get(address.get(), "/.well-known/stigmem-manifest-proof.json", null)
                    .json();
            JsonNode own = kind == KeyKind.NODE ? proof : proof.path("issuer");
            return Optional.of(own.path("key_id").asString("")).filter(id -> !id.isEmpty());
        }
    }
}
