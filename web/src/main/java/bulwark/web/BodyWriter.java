package bulwark.web;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes the body of an answer piece by piece, so that it never lies in memory as a whole. Runs once, on a virtual thread, after the
 * handler. A write waits while the reader is slow: hold no transaction and no lock across one.
 */
@FunctionalInterface
public interface BodyWriter {
    /**
     * What it throws before {@link BodyStream#PIECE_BYTES} were written is rendered as if the handler had thrown it; later the
     * connection is closed, which tells the reader that the answer is not complete.
     *
     * @throws IOException from the stream, when the reader has gone
     */
    void write(OutputStream out) throws IOException;
}
