package bulwark.facts.export;

import bulwark.facts.identity.Manifest;
import bulwark.facts.identity.ManifestParser;
import bulwark.facts.identity.ManifestRefused;
import bulwark.facts.identity.ManifestRules;
import bulwark.facts.identity.RotationEvent;
import bulwark.kernel.evidence.export.ExportFooter;
import bulwark.kernel.evidence.export.ExportKeys;
import bulwark.kernel.evidence.export.ExportRefused;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
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

/** Node keys by id: one public key, or those of a manifest. */
public final class VerificationKeys implements ExportKeys {
    /** Clocks of two machines, and an export that was under way when its key was replaced. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private final Map<String, Key> byId;

    /** @param replaced when another key took over, null for one that signs or whose end nobody named */
    private record Key(Ed25519Verifier verifier, @Nullable Instant replaced) {
        boolean signed(ExportFooter footer) {
            Map<String, @Nullable Object> unsigned = new LinkedHashMap<>(footer.members());
            unsigned.remove("signature");
            return Base64Url.exactly(64, footer.text("signature"))
                    .filter(signature -> verifier.verify(CanonicalJson.bytes(unsigned), signature))
                    .isPresent();
        }

        boolean signedAt(Instant time) {
            return replaced == null || !time.isAfter(replaced.plus(CLOCK_TOLERANCE));
        }
    }

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

    @Override
    public @Nullable String fault(ExportFooter footer) {
        String keyId = footer.text("key_id");
        Key key = byId.get(keyId);
        if (key == null) {
            return "it is signed by key " + keyId + ", which is not a given one";
        }
        if (!key.signed(footer)) {
            return "the signature of the footer is wrong";
        }
        return key.signedAt(footer.createdAt())
                ? null
                : "it is dated " + footer.text("created_at") + ", when key " + keyId
                        + " had been replaced and signed no more";
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
