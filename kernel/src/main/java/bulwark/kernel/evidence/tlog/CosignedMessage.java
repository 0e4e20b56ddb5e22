package bulwark.kernel.evidence.tlog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a cosigner signs of a checkpoint, and how time and signature stand in one line. Source of the forms: C2SP tlog-cosignature. */
final class CosignedMessage {
    private static final byte[] SUBTREE = "subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_NAME_BYTES = 255;

    private CosignedMessage() {}

    /** Of type 0x04. @param seconds since the epoch */
    static byte[] ofEd25519(String text, long seconds) {
        return ("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the structure has room for a name. */
    static boolean fits(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        return bytes > 0 && bytes <= MAX_NAME_BYTES;
    }

    /** Of type 0x06; extension lines are no part of it. @param cosigner a name that {@link #fits}, as the origin does */
    static byte[] ofMlDsa(String cosigner, TlogCheckpoint checkpoint, long seconds) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(SUBTREE);
        write(message, cosigner);
        message.writeBytes(number(seconds));
        write(message, checkpoint.origin());
        message.writeBytes(number(0));
        message.writeBytes(number(checkpoint.size()));
        message.writeBytes(checkpoint.root());
        return message.toByteArray();
    }

    private static void write(ByteArrayOutputStream message, String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        message.write(utf8.length);
        message.writeBytes(utf8);
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /** A {@code timestamped_signature}. */
    static byte[] timestamped(long seconds, byte[] signature) {
        return ByteBuffer.allocate(Long.BYTES + signature.length)
                .putLong(seconds)
                .put(signature)
                .array();
    }
}
