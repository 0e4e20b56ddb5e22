package bulwark.seats.signer;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One JSON document each way: four bytes of length, big-endian, and the bytes. */
final class SignerFrames {
    /** Of a request or an answer. */
    static final int MAX_BYTES = 65_536;

    private SignerFrames() {}

    static void write(SocketChannel channel, byte[] json) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + json.length)
                .putInt(json.length)
                .put(json)
                .flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /** @throws IOException when the other side ends early, or announces more than a document can have */
    static byte[] read(SocketChannel channel) throws IOException {
        int length = fill(channel, Integer.BYTES).getInt();
        if (length < 1 || length > MAX_BYTES) {
            throw new IOException("a document has 1 to " + MAX_BYTES + " bytes");
        }
        return fill(channel, length).array();
    }

    private static ByteBuffer fill(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the other side ended in the middle of a document");
            }
        }
        return buffer.flip();
    }
}
