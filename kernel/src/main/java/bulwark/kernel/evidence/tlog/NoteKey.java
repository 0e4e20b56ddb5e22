package bulwark.kernel.evidence.tlog;

import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.MlDsa44;
import bulwark.kernel.signing.Signing;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public half of a key that signs notes. Source of its text and of its id: C2SP signed-note, "verifier keys". Equal when name, type and
 * key are. Immutable, thread-safe.
 */
public final class NoteKey {
    private static final Pattern TEXT = Pattern.compile("([^+]+)\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]+)");
    /** Beyond it no time of a machine lies: the year 9999. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    private final String name;
    private final Type type;
    private final byte[] publicKey;
    private final String id;

    /** What a line of a key is. */
    public enum Type {
        /** A log's plain signature over the text. */
        ED25519(1, 32, 64, "Ed25519"),
        /** A cosignature with its time. */
        COSIGNATURE(4, 32, Long.BYTES + 64, "Ed25519 with time"),
        /** A cosignature with its time, over the tree and both names. */
        ML_DSA_44(6, MlDsa44.PUBLIC_KEY_BYTES, Long.BYTES + MlDsa44.SIGNATURE_BYTES, "ML-DSA-44");

        private final int code;
        private final int keyBytes;
        private final int lineBytes;
        private final String word;

        Type(int code, int keyBytes, int lineBytes, String word) {
            this.code = code;
            this.keyBytes = keyBytes;
            this.lineBytes = lineBytes;
            this.word = word;
        }

        /** For people. */
        public String word() {
            return word;
        }
    }

    /** @throws IllegalArgumentException when no key has this name or length */
    public NoteKey(String name, Type type, byte[] publicKey) {
        if (!isName(name) || publicKey.length != type.keyBytes) {
            throw new IllegalArgumentException("a key of notes has a name without spaces, of at most 255 bytes, and "
                    + type.keyBytes + " bytes, not the name " + name + " and " + publicKey.length);
        }
        this.name = name;
        this.type = type;
        this.publicKey = publicKey.clone();
        this.id = Digests.sha256Hex(identified()).substring(0, 8);
    }

    private static boolean isName(String name) {
        return SignedNote.isName(name) && CosignedMessage.fits(name);
    }

    private byte[] identified() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        bytes.write('\n');
        bytes.write(type.code);
        bytes.writeBytes(publicKey);
        return bytes.toByteArray();
    }

    /** Reads the text of a key. @throws NoteRefused with what is wrong */
    public static NoteKey parse(String text) throws NoteRefused {
        Matcher parts = TEXT.matcher(text);
        byte[] typed = parts.matches() ? StrictBase64.bytes(parts.group(3)) : null;
        if (typed == null || typed.length == 0 || !isName(parts.group(1))) {
            throw new NoteRefused("a key is not of the form NAME+ID+KEY");
        }
        for (Type type : Type.values()) {
            if (type.code == typed[0]) {
                if (typed.length != 1 + type.keyBytes) {
                    throw new NoteRefused("the key " + parts.group(1) + " has another length than its type");
                }
                NoteKey key = new NoteKey(parts.group(1), type, Arrays.copyOfRange(typed, 1, typed.length));
                if (!key.id.equals(parts.group(2))) {
                    throw new NoteRefused("the key " + key.name + " has the id " + key.id + ", not " + parts.group(2));
                }
                return key;
            }
        }
        throw new NoteRefused("the key " + parts.group(1) + " is of a type that this program does not know");
    }

    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    /** Eight hex digits; two keys may share one. */
    public String id() {
        return id;
    }

    /** The 32 bytes of which the id is the beginning: what a Sigstore bundle names a log by. */
    public byte[] longId() {
        return Digests.sha256(identified());
    }

    /** A copy. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** As policies hold it: {@code NAME+ID+KEY}. */
    public String text() {
        byte[] typed = new byte[1 + publicKey.length];
        typed[0] = (byte) type.code;
        System.arraycopy(publicKey, 0, typed, 1, publicKey.length);
        return name + "+" + id + "+" + StrictBase64.text(typed);
    }

    SignedNote.Line line(byte[] signature) {
        return new SignedNote.Line(name, id, signature);
    }

    public boolean made(SignedNote.Line line) {
        return line.name().equals(name) && line.keyId().equals(id);
    }

    /** A signature that is good. @param time which a cosignature names, else null */
    public record Verified(NoteKey key, @Nullable Instant time) {}

    /**
     * @return null when no line is of this key
     * @throws NoteRefused when a line names this key and is not its signature
     */
    public @Nullable Verified verify(SignedNote note, TlogCheckpoint checkpoint, Signing signing) throws NoteRefused {
        Verified verified = null;
        for (SignedNote.Line line : note.lines()) {
            if (made(line)) {
                verified = verify(line.signature(), note.text(), checkpoint, signing);
            }
        }
        return verified;
    }

    private Verified verify(byte[] line, String text, TlogCheckpoint checkpoint, Signing signing) throws NoteRefused {
        if (line.length == type.lineBytes) {
            if (type == Type.ED25519) {
                if (signing.verify(publicKey, text.getBytes(StandardCharsets.UTF_8), line)) {
                    return new Verified(this, null);
                }
            } else {
                long seconds = ByteBuffer.wrap(line).getLong();
                byte[] signature = Arrays.copyOfRange(line, Long.BYTES, line.length);
                if (seconds >= 0
                        && seconds <= MAX_SECONDS
                        && isCosigned(text, checkpoint, seconds, signature, signing)) {
                    return new Verified(this, Instant.ofEpochSecond(seconds));
                }
            }
        }
        throw new NoteRefused("the signature line of the key " + name + " (" + id + ") does not verify");
    }

    private boolean isCosigned(
            String text, TlogCheckpoint checkpoint, long seconds, byte[] signature, Signing signing) {
        return type == Type.COSIGNATURE
                ? signing.verify(publicKey, CosignedMessage.ofEd25519(text, seconds), signature)
                : CosignedMessage.fits(checkpoint.origin())
                        && MlDsa44.verify(publicKey, CosignedMessage.ofMlDsa(name, checkpoint, seconds), signature);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NoteKey key
                && key.name.equals(name)
                && key.type == type
                && Arrays.equals(key.publicKey, publicKey);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, Arrays.hashCode(publicKey));
    }

    @Override
    public String toString() {
        return name + "+" + id;
    }
}
