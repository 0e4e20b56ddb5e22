package bulwark.gateway.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the data of one body in the bytes of a connection: by length, in chunks (RFC 9112 §7.1), or up to the connection's end. Chunk extensions are dropped. One for each
 * direction of a connection; not thread-safe.
 */
public final class BodyReader {
    /** What the next bytes are. */
    public enum Event {
        /** {@link #available} bytes of data begin at the buffer's reader index; take them all. */
        DATA,
        NEED_MORE,
        END,
        /** The framing of chunks is wrong; what follows cannot be told from another message. */
        MALFORMED
    }

    private enum State {
        LENGTH,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK_EXTENSION,
        CHUNK_LINE_FEED,
        CHUNK_DATA,
        CHUNK_DATA_END,
        CHUNK_DATA_LINE_FEED,
        TRAILERS,
        END
    }

    private static final int MAX_SIZE_DIGITS = 8;
    private static final int MAX_EXTENSION_BYTES = 1_024;
    private static final int MAX_TRAILER_BYTES = 8_192;

    private State state = State.END;
    private long remaining;
    private int digits;
    private int extensionBytes;
    private int available;
    private byte @Nullable [] trailers;
    private int trailerBytes;

    /** @param length not negative */
    public void beginLength(long length) {
        begin(length == 0 ? State.END : State.LENGTH);
        remaining = length;
    }

    public void beginUntilClose() {
        begin(State.UNTIL_CLOSE);
    }

    public void beginChunked() {
        begin(State.CHUNK_SIZE);
        extensionBytes = 0;
    }

    private void begin(State first) {
        state = first;
        remaining = 0;
        digits = 0;
        trailers = null;
        trailerBytes = 0;
    }

    public boolean hasEnded() {
        return state == State.END;
    }

    /** Whether the end of the connection is the end of this body. */
    public boolean endsWithConnection() {
        return state == State.UNTIL_CLOSE;
    }

    /** Ends a body of known length whose last byte was handed out: no further byte need come for that to be seen. */
    public boolean reachesLength() {
        if (state == State.LENGTH && remaining == 0) {
            state = State.END;
        }
        return state == State.END;
    }

    public int available() {
        return available;
    }

    /** Header lines after the last chunk, the blank line included, as sent; valid after the end; null when there are none. */
    public byte @Nullable [] trailers() {
        return trailerBytes <= 2 || trailers == null ? null : Arrays.copyOf(trailers, trailerBytes);
    }

    /** Reads framing until there is data or no more bytes. Not to be asked again after the end. */
    public Event next(ByteBuf in) {
        while (true) {
            switch (state) {
                case END -> {
                    return Event.END;
                }
                case LENGTH, CHUNK_DATA -> {
                    if (remaining > 0) {
                        return data(in, (int) Math.min(remaining, in.readableBytes()));
                    }
                    state = state == State.LENGTH ? State.END : State.CHUNK_DATA_END;
                }
                case UNTIL_CLOSE -> {
                    return data(in, in.readableBytes());
                }
                default -> {
                    if (!in.isReadable()) {
                        return Event.NEED_MORE;
                    }
                    if (!framing(in.readByte())) {
                        return Event.MALFORMED;
                    }
                }
            }
        }
    }

    private Event data(ByteBuf in, int count) {
        if (count == 0) {
            return Event.NEED_MORE;
        }
        remaining -= count;
        available = count;
        return Event.DATA;
    }

    /** @return false when the byte may not stand here */
    private boolean framing(byte c) {
        switch (state) {
            case CHUNK_SIZE -> {
                return size(c);
            }
            case CHUNK_EXTENSION -> {
                if (c == '\r') {
                    state = State.CHUNK_LINE_FEED;
                    return true;
                }
                return FieldSyntax.isText(c) && ++extensionBytes <= MAX_EXTENSION_BYTES;
            }
            case CHUNK_LINE_FEED -> {
                state = remaining == 0 ? State.TRAILERS : State.CHUNK_DATA;
                digits = 0;
                return c == '\n';
            }
            case CHUNK_DATA_END -> {
                state = State.CHUNK_DATA_LINE_FEED;
                return c == '\r';
            }
            case CHUNK_DATA_LINE_FEED -> {
                state = State.CHUNK_SIZE;
                return c == '\n';
            }
            default -> {
                return trailer(c);
            }
        }
    }

    private boolean size(byte c) {
        int digit = Character.digit(c, 16);
        if (digit >= 0) {
            remaining = remaining << 4 | digit;
            return ++digits <= MAX_SIZE_DIGITS;
        }
        if (digits == 0) {
            return false;
        }
        if (c == '\r') {
            state = State.CHUNK_LINE_FEED;
        } else if (c == ';') {
            state = State.CHUNK_EXTENSION;
        } else {
            return false;
        }
        return true;
    }

    private boolean trailer(byte c) {
        byte[] collected = trailers;
        if (collected == null) {
            collected = new byte[64];
        } else if (trailerBytes == collected.length) {
            if (trailerBytes >= MAX_TRAILER_BYTES) {
                return false;
            }
            collected = Arrays.copyOf(collected, collected.length * 2);
        }
        trailers = collected;
        collected[trailerBytes++] = c;
        if (c == '\n') {
            int n = trailerBytes;
            if (n < 2 || collected[n - 2] != '\r') {
                return false;
            }
            if (n == 2 || n >= 4 && collected[n - 3] == '\n') {
                state = State.END;
            }
        }
        return true;
    }
}
