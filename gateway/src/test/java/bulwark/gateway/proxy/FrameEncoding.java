package bulwark.gateway.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames of HTTP/2 and their header lists as bytes (RFC 9113, RFC 7541), right or wrong. The lists are literals of HPACK, so that any bytes can stand in them. */
final class FrameEncoding {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int INTERNAL_ERROR = 2;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    private FrameEncoding() {}

    static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Literals without indexing. @param list names and values in turn, of ISO 8859-1 */
    static byte[] list(String... list) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < list.length; i += 2) {
            block.write(0);
            string(block, list[i]);
            string(block, list[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int rest = bytes.length;
        if (rest < 127) {
            block.write(rest);
        } else {
            block.write(127);
            for (rest -= 127; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /** The four pseudo-headers, then these. */
    static String[] request(String method, String path, String... fields) {
        List<String> list = new ArrayList<>(
                List.of(":method", method, ":scheme", "https", ":authority", "gateway.test", ":path", path));
        list.addAll(List.of(fields));
        return list.toArray(String[]::new);
    }
}
