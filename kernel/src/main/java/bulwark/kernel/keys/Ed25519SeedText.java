package bulwark.kernel.keys;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;

/** The text form of an Ed25519 seed: base64url of 32 bytes, padding optional when read, absent when written. */
public final class Ed25519SeedText {
    /** Bytes of a seed. */
    public static final int LENGTH = 32;

    private Ed25519SeedText() {}

    /**
     * @param name what holds the text, for the sentence: a variable or a file
     * @throws KeyRefused when the text is not base64url or has another length
     */
    public static SecretBytes parse(String name, SecretBytes text) {
        byte[] bytes = Base64Url.bytes(text.exposeText(SecretAccess.grant()).strip())
                .orElseThrow(() -> new KeyRefused(name + " is not base64url text: make a fresh seed of 32 bytes"));
        if (bytes.length != LENGTH) {
            throw new KeyRefused(name + " must decode to exactly 32 bytes; got " + bytes.length);
        }
        return SecretBytes.of(bytes);
    }

    public static SecretBytes text(SecretBytes seed) {
        return SecretBytes.ofText(Base64Url.text(seed.expose(SecretAccess.grant())));
    }
}
