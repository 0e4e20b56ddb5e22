package bulwark.app.stigmem;

import bulwark.app.rotate.LocalObserver;
import bulwark.app.up.EnvironmentFile;
import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.client.ProbeClient;
import bulwark.facts.admin.AdminKeys;
import bulwark.kernel.config.DotEnv;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The admin key of a node under {@code up}: the new one works beside the old one until the end of a window, and stands in the owner-only {@code .env} from its promotion on. Everything is asked of
 * the running node; no key is printed.
 */
final class AdminKeyRotation implements RotationKind {
    static final String NAME = "admin-key";

    private static final Duration MAX_AGE = Duration.ofDays(90);
    private static final Duration WINDOW = Duration.ofDays(7);
    private static final String OLD = "old_keys";
    private static final String SETTING = "STIGMEM_ADMIN_KEY";

    private final Path folder;

    AdminKeyRotation(Path folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "the fact node's admin key in " + EnvironmentFile.in(folder);
    }

    private Path next() {
        return folder.resolve("admin-key-next");
    }

    private Path former() {
        return folder.resolve("admin-key-former");
    }

    @Override
    public Optional<Expiry> expiry() throws IOException, InterruptedException {
        if (!Files.exists(EnvironmentFile.in(folder)) || node().isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> created = listed(current()).values().stream()
                .map(key -> key.path("created_at").asString(""))
                .filter(text -> !text.isEmpty())
                .map(text -> java.time.OffsetDateTime.parse(text).toInstant())
                .max(Instant::compareTo);
        return created.map(at -> new Expiry(at, at.plus(MAX_AGE), "Rotate it: ./bulwark rotate " + NAME + "."));
    }

    /** The look opens a secret, or asks the owner's socket. */
    @Override
    public boolean isAgePublic() {
        return false;
    }

    @Override
    public Duration window() {
        return WINDOW;
    }

    /** Every key of the admin's entity gives way, as when it is issued anew. */
    @Override
    public Map<String, String> plan(String id) throws IOException, InterruptedException {
        return Map.of(OLD, String.join(",", listed(current()).keySet()));
    }

    @Override
    public void announce(RotationRecord rotation) throws IOException, InterruptedException {
        if (!Files.exists(next())) {
            byte[] fresh = Signing.fastest().random32().expose(SecretAccess.grant());
            write(next(), SecretBytes.ofText(HexFormat.of().formatHex(fresh)));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("raw_key", read(next()).exposeText(SecretAccess.grant()));
        body.put("entity_uri", AdminKeys.ENTITY);
        body.put("permissions", AdminKeys.permissions());
        body.put("description", description(rotation));
        ProbeAnswer answer = call("POST", "/v1/auth/keys", current(), body);
        if (answer.status() != 201 && answer.status() != 409) {
            throw new IOException("the fact node refuses the new admin key: " + answer.text());
        }
    }

    private static String description(RotationRecord rotation) {
        return "admin key of rotation " + rotation.id();
    }

    @Override
    public List<String> unconfirmed(RotationRecord rotation) throws IOException, InterruptedException {
        return status(read(next())) == 200 ? List.of() : List.of("the fact node: it does not accept the new admin key");
    }

    @Override
    public void promote(RotationRecord rotation) throws IOException {
        SecretBytes fresh = read(next());
        SecretBytes present = current();
        if (!present.equalsSecret(fresh)) {
            write(former(), present);
            replace(present, fresh);
        }
    }

    /** Copies of the key elsewhere cannot be seen: the window is for them. */
    @Override
    public List<String> notUsing(RotationRecord rotation) throws IOException, InterruptedException {
        return status(current()) == 200 ? List.of() : List.of("the fact node: it does not accept the key in .env");
    }

    @Override
    public void retire(RotationRecord rotation) throws IOException, InterruptedException {
        for (String id : rotation.name(OLD).split(",", -1)) {
            revoke(id, current());
        }
    }

    @Override
    public List<String> stillAccepting(RotationRecord rotation) throws IOException, InterruptedException {
        int status = status(read(former()));
        return status == 401
                ? List.of()
                : List.of("the fact node: it answers " + status + " to the former admin key, and not 401");
    }

    @Override
    public void destroy(RotationRecord rotation) throws IOException {
        OwnerOnlyFiles.delete(former());
        OwnerOnlyFiles.delete(next());
    }

    @Override
    public void withdraw(RotationRecord rotation) throws IOException, InterruptedException {
        for (Map.Entry<String, JsonNode> key : listed(current()).entrySet()) {
            if (key.getValue().path("description").asString("").equals(description(rotation))) {
                revoke(key.getKey(), current());
            }
        }
        OwnerOnlyFiles.delete(next());
    }

    private void revoke(String id, SecretBytes by) throws IOException, InterruptedException {
        ProbeAnswer answer = call("DELETE", "/v1/admin/api-keys/" + id, by, null);
        if (answer.status() != 204 && answer.status() != 404) {
            throw new IOException("the fact node does not revoke the key " + id + ": " + answer.text());
        }
    }

    /** Live keys of the admin's entity by id. */
    private Map<String, JsonNode> listed(SecretBytes key) throws IOException, InterruptedException {
        ProbeAnswer answer = call("GET", "/v1/admin/api-keys?entity_uri=" + AdminKeys.ENTITY, key, null);
        if (answer.status() != 200) {
            throw new IOException("the fact node does not list its keys to the key in " + EnvironmentFile.in(folder)
                    + ": " + answer.text());
        }
        Map<String, JsonNode> keys = new TreeMap<>();
        answer.json().forEach(each -> keys.put(each.path("id").asString(""), each));
        return keys;
    }

    private int status(SecretBytes key) throws IOException, InterruptedException {
        return node().isEmpty() ? 0 : call("GET", "/v1/me", key, null).status();
    }

    private Optional<URI> node() throws IOException {
        return RunFile.ofRunning(FactsPart.store(folder))
                .map(running -> running.ports().getOrDefault("plain_port", 0))
                .filter(port -> port > 0)
                .map(port -> URI.create("http://localhost:" + port));
    }

    private ProbeAnswer call(String method, String path, SecretBytes key, @Nullable Map<String, Object> body)
            throws IOException, InterruptedException {
        URI address = node().orElseThrow(() -> new IOException("the fact node of " + folder + " is not running"));
        try (ProbeClient client = LocalObserver.client(address)) {
            return body == null
                    ? client.ask(method, address, path, key)
                    : client.post(address, path, key, StrictJson.text(body));
        }
    }

    /** As the owner-only settings hold it. */
    private SecretBytes current() throws IOException {
        String raw = DotEnv.parse(Files.readString(EnvironmentFile.in(folder)))
                .values()
                .get(SETTING);
        if (raw == null) {
            throw new IOException(SETTING + " does not stand in " + EnvironmentFile.in(folder)
                    + ": only such a key is rotated; stigmem auth reissue-admin replaces another");
        }
        return SecretBytes.ofText(raw);
    }

    private void replace(SecretBytes old, SecretBytes fresh) throws IOException {
        String changed = Files.readAllLines(EnvironmentFile.in(folder)).stream()
                .map(line -> line.strip().startsWith(SETTING + "=")
                        ? line.replace(old.exposeText(SecretAccess.grant()), fresh.exposeText(SecretAccess.grant()))
                        : line)
                .collect(Collectors.joining("\n"));
        OwnerOnlyFiles.write(EnvironmentFile.in(folder), (changed + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static SecretBytes read(Path file) throws IOException {
        OwnerOnlyFiles.check(file);
        return SecretBytes.ofText(
                Files.readString(file, StandardCharsets.US_ASCII).strip());
    }

    private static void write(Path file, SecretBytes secret) throws IOException {
        OwnerOnlyFiles.write(file, secret.expose(SecretAccess.grant()));
    }
}
