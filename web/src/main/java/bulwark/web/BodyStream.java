package bulwark.web;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The body of one answer on its way to a reader who may be slow. An answer of up to {@link #PIECE_BYTES} is collected and gets a
 * length; a longer one goes out in chunks, and the next piece is collected when the socket has taken the last. For one virtual thread.
 */
final class BodyStream extends OutputStream {
    /** The most that one answer holds of its body. */
    static final int PIECE_BYTES = 64 * 1024;

    private static final int FIRST_BYTES = 8 * 1024;

    private final ResponseWriter writer;
    private final Response answer;
    private final Runnable beforeWaiting;
    private byte[] piece = new byte[FIRST_BYTES];
    private int length;
    private boolean begun;

    private BodyStream(ResponseWriter writer, Response answer, Runnable beforeWaiting) {
        this.writer = writer;
        this.answer = answer;
        this.beforeWaiting = beforeWaiting;
    }

    /**
     * Writes the body of a streamed answer, and waits for its reader.
     *
     * @param beforeWaiting called once, before the first wait
     * @return a complete answer that is still to be sent; null when the answer is out, or the connection was given up
     */
    static @Nullable Response send(ResponseWriter writer, Response answer, BodyWriter body, Runnable beforeWaiting) {
        BodyStream stream = new BodyStream(writer, answer, beforeWaiting);
        try {
            writer.memory().take(PIECE_BYTES);
            body.write(stream);
            if (!stream.begun) {
                return answer.withBody(Arrays.copyOf(stream.piece, stream.length));
            }
            stream.flushPiece();
            writer.endStream(true, null);
        } catch (IOException | RuntimeException | Error e) {
            if (!stream.begun) {
                return writer.failed(e);
            }
            writer.endStream(false, e);
        }
        return null;
    }

    @Override
    public void write(int b) throws IOException {
        makeRoom();
        piece[length++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        int at = from;
        int end = from + count;
        while (at < end) {
            makeRoom();
            int some = Math.min(end - at, piece.length - length);
            System.arraycopy(bytes, at, piece, length, some);
            at += some;
            length += some;
        }
    }

    private void makeRoom() throws IOException {
        if (length < piece.length) {
            return;
        }
        if (length < PIECE_BYTES) {
            piece = Arrays.copyOf(piece, Math.min(2 * length, PIECE_BYTES));
        } else {
            flushPiece();
        }
    }

    private void flushPiece() throws IOException {
        if (!begun) {
            begun = true;
            beforeWaiting.run();
        }
        if (length > 0) {
            writer.sendPiece(answer, length == piece.length ? piece : Arrays.copyOf(piece, length));
            piece = new byte[PIECE_BYTES];
            length = 0;
        }
    }
}
