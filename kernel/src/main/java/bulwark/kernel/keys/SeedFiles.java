package bulwark.kernel.keys;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/** The secrets of a ring: {@code <id>.seed}, base64url, 0600. */
final class SeedFiles {
    private static final int MAX_BYTES = 1024;

    private final Path directory;
    private final Signing signing;

    SeedFiles(Path directory, Signing signing) {
        this.directory = directory;
        this.signing = signing;
    }

    boolean exists(String id) {
        return Files.exists(file(id), LinkOption.NOFOLLOW_LINKS);
    }

    /** @throws KeyRefused when the file is absent, exposed or malformed, or its key is published or another than the entry's */
    Ed25519Signer signer(KeyEntry entry) throws IOException {
        Path file = file(entry.id());
        Ed25519Signer signer = signerOf(seed(entry), file.toString());
        if (!Arrays.equals(signer.publicKey(), entry.publicKey())) {
            throw new KeyRefused(
                    file + " does not belong to the public key in ring.json: restore both from one backup");
        }
        return signer;
    }

    /** HMAC-SHA256 of a purpose under the seed: 32 bytes that say nothing about it. */
    SecretBytes derive(KeyEntry entry, String purpose) throws IOException {
        return SecretBytes.of(signing.hmacSha256(seed(entry), purpose.getBytes(StandardCharsets.US_ASCII)));
    }

    private SecretBytes seed(KeyEntry entry) throws IOException {
        Path file = file(entry.id());
        if (!exists(entry.id())) {
            throw new KeyRefused(file + " is missing: restore it from a backup");
        }
        OwnerOnlyFiles.check(file);
        if (Files.size(file) > MAX_BYTES) {
            throw new KeyRefused(file + " is larger than a seed can be");
        }
        return Ed25519SeedText.parse(file.toString(), SecretBytes.of(Files.readAllBytes(file)));
    }

    /** @param name what holds the seed, for the sentence */
    Ed25519Signer signerOf(SecretBytes seed, String name) {
        if (seed.length() != Ed25519SeedText.LENGTH) {
            throw new KeyRefused(name + " must have exactly 32 bytes; got " + seed.length());
        }
        if (CompromisedSecrets.contains(seed)) {
            throw new KeyRefused(name + " was published and protects nothing: make a fresh one");
        }
        return signing.signer(seed);
    }

    void write(String id, SecretBytes seed) throws IOException {
        String text = Ed25519SeedText.text(seed).exposeText(SecretAccess.grant()) + "\n";
        OwnerOnlyFiles.write(file(id), text.getBytes(StandardCharsets.US_ASCII));
    }

    void delete(String id) throws IOException {
        OwnerOnlyFiles.delete(file(id));
    }

    private Path file(String id) {
        return directory.resolve(id + ".seed");
    }
}
