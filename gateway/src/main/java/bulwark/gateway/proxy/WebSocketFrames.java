package bulwark.gateway.proxy;

import io.netty.buffer.ByteBuf;

/** Follows the frames of a WebSocket (RFC 6455 §5.2) in one direction, to know where one ends and a frame of our own may stand. Looks at lengths alone. Not thread-safe. */
final class WebSocketFrames {
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    /** Close, going away (1001). */
    static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

    private int headerBytes;
    private int lengthBytes;
    private boolean masked;
    private long length;
    private long payload;

    /** @param data its readable bytes are looked at and stay */
    void follow(ByteBuf data) {
        int at = data.readerIndex();
        int end = data.writerIndex();
        while (at < end) {
            if (payload > 0) {
                long skipped = Math.min(payload, end - at);
                payload -= skipped;
                at += (int) skipped;
            } else {
                header(data.getByte(at++) & 0xff);
            }
        }
    }

    private void header(int b) {
        int index = headerBytes++;
        if (index == 0) {
            return; // opcode
        }
        if (index == 1) {
            masked = (b & MASKED) != 0;
            int first = b & LENGTH;
            lengthBytes = first == LENGTH_16 ? 2 : first == LENGTH_64 ? 8 : 0;
            length = lengthBytes == 0 ? first : 0;
        } else if (index < 2 + lengthBytes) {
            length = length << 8 | b;
        }
        if (headerBytes == 2 + lengthBytes + (masked ? 4 : 0)) {
            headerBytes = 0;
            payload = Math.max(0, length);
        }
    }

    /** Whether the last frame is whole. */
    boolean isAtBoundary() {
        return headerBytes == 0 && payload == 0;
    }
}
