package bulwark.gateway.secret;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The keys and certificates of a gateway that lie in files: those that settings name, and those that it made itself. Thread-safe. */
public final class KeyFiles {
    private static final Map<String, String> SETTINGS = Map.of(
            "tls_certificate", "STOA_TLS__CERT_FILE",
            "tls_key", "STOA_TLS__KEY_FILE",
            "upstream_client_certificate", "STOA_UPSTREAM__CLIENT_CERT_FILE",
            "upstream_client_key", "STOA_UPSTREAM__CLIENT_KEY_FILE",
            "redis_client_certificate", "STOA_REDIS__CLIENT_CERT_FILE",
            "redis_client_key", "STOA_REDIS__CLIENT_KEY_FILE");

    private final Map<String, Path> files = new TreeMap<>();
    private final Map<String, Path> rings = new TreeMap<>();

    /**
     * @param directory that relative paths of settings start from
     * @param own files that the gateway made, by name
     * @param rings by what they sign, folders of key rings
     */
    public KeyFiles(Configuration settings, Path directory, Map<String, Path> own, Map<String, Path> rings) {
        SETTINGS.forEach((name, setting) -> {
            if (settings.isSet(setting)) {
                files.put(name, directory.resolve(settings.text(setting)));
            }
        });
        files.putAll(own);
        this.rings.putAll(rings);
    }

    /** What each file holds now; one that cannot be read is left out. */
    public Map<String, SecretBytes> contents() {
        Map<String, SecretBytes> contents = new LinkedHashMap<>();
        files.forEach((name, file) -> {
            try {
                contents.put(name, SecretBytes.of(Files.readAllBytes(file)));
            } catch (IOException e) {
                // A file that is being replaced is there at the next look.
            }
        });
        return contents;
    }

    /** When the current key of each ring was made; rings without a key are left out. */
    public Map<String, Instant> made() {
        Map<String, Instant> made = new TreeMap<>();
        rings.forEach((name, folder) -> current(folder).ifPresent(entry -> made.put(name, entry.created())));
        return made;
    }

    private static Optional<KeyEntry> current(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        return KeyRing.publicEntries(folder).stream()
                .filter(entry -> entry.status() == KeyStatus.CURRENT)
                .findFirst();
    }
}
