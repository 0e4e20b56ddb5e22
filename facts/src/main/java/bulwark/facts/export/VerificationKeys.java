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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Public keys by id, from outside: what the files to be verified say about keys never counts. */
public final class VerificationKeys {
    private final Map<String, Ed25519Verifier> byId;

    private VerificationKeys(Map<String, Ed25519Verifier> byId) {
        this.byId = Map.copyOf(byId);
    }

    /**
     * @param argument a base64url public key, or the path of a manifest file whose current and former keys all count
     * @throws ExportRefused when it is neither
     */
    public static VerificationKeys of(String argument, Signing signing) {
        Map<String, Ed25519Verifier> keys = new LinkedHashMap<>();
        Optional<byte[]> key = Base64Url.exactly(32, argument);
        if (key.isPresent()) {
            add(keys, key.get(), signing);
        } else {
            addManifest(keys, read(argument), signing);
        }
        return new VerificationKeys(keys);
    }

    Optional<Ed25519Verifier> byId(String keyId) {
        return Optional.ofNullable(byId.get(keyId));
    }

    private static void addManifest(Map<String, Ed25519Verifier> keys, byte[] json, Signing signing) {
        try {
            Manifest manifest = ManifestParser.parse(json);
            ManifestRules.check(manifest, null, signing);
            Base64Url.exactly(32, manifest.publicKey()).ifPresent(key -> add(keys, key, signing));
            for (RotationEvent event : manifest.rotationEvents()) {
                Base64Url.exactly(32, event.previousPublicKey()).ifPresent(key -> add(keys, key, signing));
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

    private static void add(Map<String, Ed25519Verifier> keys, byte[] key, Signing signing) {
        keys.put(Digests.sha256Hex(key).substring(0, 16), signing.verifier(key));
    }
}
