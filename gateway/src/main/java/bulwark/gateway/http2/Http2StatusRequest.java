package bulwark.gateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** One GET over a new connection in HTTP/2 (RFC 9113), of whose answer the status counts and nothing else. Blocks. */
public final class Http2StatusRequest {
    private static final int STREAM = 1;
    private static final int MAX_FRAME_BYTES = 16_384;
    /** Of frames before the status. */
    private static final int MAX_BYTES = 256 << 10;

    private static final int ACK = 0x1;
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;
    private static final int PRIORITY_BYTES = 5;
    /** That the upstream pushes nothing (RFC 9113 §6.5.2). */
    private static final byte[] SETTINGS = {0, 2, 0, 0, 0, 0};

    private final InputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true);
    private int taken;

    private Http2StatusRequest(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    private record Frame(int type, int flags, int stream, byte[] payload) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    /**
     * @param authority host and port as in a URL
     * @return 200 to 599
     * @throws IOException when there is no such answer
     */
    public static int status(InputStream in, OutputStream out, boolean tls, String authority, String path)
            throws IOException {
        Http2StatusRequest request = new Http2StatusRequest(in, out);
        try {
            request.send(tls ? "https" : "http", authority, path);
            return request.finalStatus();
        } catch (Http2Exception e) {
            throw new IOException("the answer is no HTTP/2", e);
        }
    }

    private void send(String scheme, String authority, String path) throws IOException, Http2Exception {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("GET")
                .scheme(scheme)
                .authority(authority)
                .path(path)
                .add("user-agent", "stoa-health");
        ByteBuf block = Unpooled.buffer();
        new DefaultHttp2HeadersEncoder().encodeHeaders(STREAM, headers, block);
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        byte[] hello = new byte[preface.readableBytes()];
        preface.readBytes(hello);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(hello);
        all.writeBytes(frame(Http2FrameTypes.SETTINGS, 0, 0, SETTINGS));
        all.writeBytes(frame(Http2FrameTypes.HEADERS, END_STREAM | END_HEADERS, STREAM, bytes));
        out.write(all.toByteArray());
        out.flush();
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Of the answer; those of interim ones (1xx) are passed over. */
    private int finalStatus() throws IOException, Http2Exception {
        while (true) {
            Frame frame = read();
            switch (frame.type) {
                case Http2FrameTypes.SETTINGS -> acknowledge(frame, new byte[0]);
                case Http2FrameTypes.PING -> acknowledge(frame, frame.payload);
                case Http2FrameTypes.GO_AWAY -> throw new IOException("the upstream ends the connection");
                case Http2FrameTypes.RST_STREAM -> throw new IOException("the upstream ends the request");
                case Http2FrameTypes.HEADERS -> {
                    int status = status(block(frame));
                    if (status >= 200) {
                        return status;
                    }
                }
                default -> {
                    // Window updates, and what comes in later versions: nothing of it concerns a status.
                }
            }
        }
    }

    private void acknowledge(Frame frame, byte[] payload) throws IOException {
        if (!frame.has(ACK)) {
            out.write(frame(frame.type, ACK, 0, payload));
            out.flush();
        }
    }

    /** The whole header block that begins with this frame. */
    private byte[] block(Frame first) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        int start = (first.has(PADDED) ? 1 : 0) + (first.has(PRIORITY) ? PRIORITY_BYTES : 0);
        int end = first.payload.length - (first.has(PADDED) && first.payload.length > 0 ? first.payload[0] & 0xff : 0);
        if (first.stream != STREAM || start > end) {
            throw new IOException("the upstream sends a head that is none");
        }
        block.write(first.payload, start, end - start);
        Frame last = first;
        while (!last.has(END_HEADERS)) {
            last = read();
            if (last.type != Http2FrameTypes.CONTINUATION || last.stream != STREAM) {
                throw new IOException("the upstream breaks off a head");
            }
            block.writeBytes(last.payload);
        }
        return block.toByteArray();
    }

    private int status(byte[] block) throws IOException, Http2Exception {
        CharSequence status =
                decoder.decodeHeaders(STREAM, Unpooled.wrappedBuffer(block)).status();
        if (status == null || !status.toString().matches("[1-5]\\d\\d")) {
            throw new IOException("the upstream sends no status");
        }
        return Integer.parseInt(status.toString());
    }

    private Frame read() throws IOException {
        ByteBuffer head = ByteBuffer.wrap(exactly(9));
        int length = (head.get() & 0xff) << 16 | head.getShort() & 0xffff;
        byte type = head.get();
        byte flags = head.get();
        int stream = head.getInt() & Integer.MAX_VALUE;
        taken += length;
        if (length > MAX_FRAME_BYTES || taken > MAX_BYTES) {
            throw new IOException("the upstream sends too much before a status");
        }
        return new Frame(type, flags, stream, exactly(length));
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the upstream ends the connection");
        }
        return bytes;
    }
}
