package bulwark.kernel.secrets;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/** Bytes that never print. Immutable; compared in constant time. */
public final class SecretBytes {
    private final byte[] bytes;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static SecretBytes of(byte[] bytes) {
        return new SecretBytes(bytes.clone());
    }

    public static SecretBytes ofText(String text) {
        return new SecretBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return bytes.length;
    }

    /** A copy of the bytes. */
    public byte[] expose(SecretAccess access) {
        Objects.requireNonNull(access, "access");
        return bytes.clone();
    }

    public String exposeText(SecretAccess access) {
        Objects.requireNonNull(access, "access");
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public boolean equalsSecret(SecretBytes other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
