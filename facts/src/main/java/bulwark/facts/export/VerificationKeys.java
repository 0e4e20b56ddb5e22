package bulwark.facts.export;

import bulwark.facts.identity.Base64Url;
import bulwark.facts.identity.Manifest;
import bulwark.facts.identity.ManifestParser;
import bulwark.facts.identity.ManifestRefused;
import bulwark.facts.identity.ManifestRules;
import bulwark.facts.identity.RotationEvent;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Verifier;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Public keys by id, from outside: what the files to be verified say about keys never counts. */
public final class VerificationKeys {
    /** Clocks of two machines, and an export that was under way when its key was replaced. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private final Map<String, Key> byId;

    /** @param replaced when another key took over, null for one that signs or whose end nobody named */
    private record Key(Ed25519Verifier verifier, @Nullable Instant replaced) {}

    private VerificationKeys(Map<String, Key> byId) {
        this.byId = Map.copyOf(byId);
    }

    /**
     * @param argument a base64url public key, or the path of a manifest file whose current and former keys all count
     * @throws ExportRefused when it is neither
     */
    public static VerificationKeys of(String argument, Signing signing) {
        Map<String, Key> keys = new LinkedHashMap<>();
        Optional<byte[]> key = Base64Url.exactly(32, argument);
        if (key.isPresent()) {
            add(keys, key.get(), null, signing);
        } else {
            addManifest(keys, read(argument), signing);
        }
        return new VerificationKeys(keys);
    }

    Optional<Ed25519Verifier> byId(String keyId) {
        return Optional.ofNullable(byId.get(keyId)).map(Key::verifier);
    }

    /** Whether this key still signed at that time; an unknown key never did. */
    boolean signedAt(String keyId, Instant time) {
        Key key = byId.get(keyId);
        return key != null && (key.replaced == null || !time.isAfter(key.replaced.plus(CLOCK_TOLERANCE)));
    }

    private static void addManifest(Map<String, Key> keys, byte[] json, Signing signing) {
        try {
            Manifest manifest = ManifestParser.parse(json);
            ManifestRules.check(manifest, null, signing);
            Base64Url.exactly(32, manifest.publicKey()).ifPresent(key -> add(keys, key, null, signing));
            for (RotationEvent event : manifest.rotationEvents()) {
                Instant replaced = Instant.parse(event.rotatedAt());
                Base64Url.exactly(32, event.previousPublicKey()).ifPresent(key -> add(keys, key, replaced, signing));
            }
        } catch (ManifestRefused e) {
            throw new ExportRefused("The key file is not a manifest to be believed: " + e.getMessage());
        }
    }

    private static byte[] read(String argument) {
        try {
            Path file = Path.of(argument);
            if (!Files.isRegularFile(file)) {
                throw neither();
            }
            return Files.readAllBytes(file);
        } catch (InvalidPathException e) {
            throw neither();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ExportRefused neither() {
        return new ExportRefused("--key takes a base64url public key of 32 bytes or the path of a manifest file.");
    }

    private static void add(Map<String, Key> keys, byte[] key, @Nullable Instant replaced, Signing signing) {
        keys.putIfAbsent(Digests.sha256Hex(key).substring(0, 16), new Key(signing.verifier(key), replaced));
    }
}
