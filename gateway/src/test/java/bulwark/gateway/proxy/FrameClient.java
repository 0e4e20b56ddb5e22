package bulwark.gateway.proxy;

import static bulwark.gateway.proxy.FrameEncoding.ACK;
import static bulwark.gateway.proxy.FrameEncoding.CONTINUATION;
import static bulwark.gateway.proxy.FrameEncoding.DATA;
import static bulwark.gateway.proxy.FrameEncoding.END_HEADERS;
import static bulwark.gateway.proxy.FrameEncoding.END_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.GOAWAY;
import static bulwark.gateway.proxy.FrameEncoding.HEADERS;
import static bulwark.gateway.proxy.FrameEncoding.PING;
import static bulwark.gateway.proxy.FrameEncoding.RST_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.SETTINGS;
import static bulwark.gateway.proxy.FrameEncoding.WINDOW_UPDATE;
import static bulwark.gateway.proxy.FrameEncoding.frame;
import static bulwark.gateway.proxy.FrameEncoding.list;
import static bulwark.gateway.proxy.FrameEncoding.number;
import static bulwark.gateway.proxy.FrameEncoding.request;

import bulwark.gateway.proxy.WireClient.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP/2 frame by frame, right or wrong, as the test wants it. */
final class FrameClient implements AutoCloseable {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int READ_TIMEOUT_MILLIS = 20_000;
    private static final int WINDOW_BYTES = 1 << 30;

    /** What came for one stream so far. */
    static final class Received {
        private final List<String> interim = new ArrayList<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final List<String> trailers = new ArrayList<>();
        private @Nullable Answer head;
        private boolean ended;
        private boolean endedWithHead;
        private int reset = -1;
        private int window = 65_535;
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true);
    private final Map<Integer, Received> streams = new HashMap<>();
    private int nextStream = 1;
    private int connectionWindow = 65_535;
    private int goAway = -1;
    private int goAwayStream = -1;
    private boolean opensWindows = true;

    /** With a settings frame that opens every window wide. */
    FrameClient(Socket connected) {
        this(connected, WINDOW_BYTES);
    }

    /** @param window of each stream, in bytes; below the usual one none is opened further */
    FrameClient(Socket connected, int window) {
        socket = connected;
        try {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            out.write(PREFACE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        opensWindows = window == WINDOW_BYTES;
        send(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array());
        if (opensWindows) {
            send(WINDOW_UPDATE, 0, 0, number(WINDOW_BYTES));
        }
    }

    static FrameClient secure(int port) {
        return new FrameClient(TestAuthority.connect(port, "h2"));
    }

    // Sending.

    FrameClient send(int type, int flags, int stream, byte[] payload) {
        if (!trySend(type, flags, stream, payload)) {
            throw new AssertionError("the other side has closed the connection");
        }
        return this;
    }

    /** So that the gateway notices soon that nothing is read. */
    void receivesLittle() {
        try {
            socket.setReceiveBufferSize(4_096);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False when the other side has gone away. */
    boolean trySend(int type, int flags, int stream, byte[] payload) {
        return trySend(frame(type, flags, stream, payload));
    }

    /** Of any number of frames. */
    boolean trySend(byte[] frames) {
        try {
            out.write(frames);
            out.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Opens the next stream. @return its id */
    int open(boolean end, String... list) {
        int stream = nextStream;
        nextStream += 2;
        byte[] block = list(list);
        int first = Math.min(block.length, 16_384);
        boolean whole = first == block.length;
        send(HEADERS, (end ? END_STREAM : 0) | (whole ? END_HEADERS : 0), stream, Arrays.copyOf(block, first));
        for (int at = first; at < block.length; at += 16_384) {
            int to = Math.min(block.length, at + 16_384);
            send(CONTINUATION, to == block.length ? END_HEADERS : 0, stream, Arrays.copyOfRange(block, at, to));
        }
        return stream;
    }

    /** A request with a whole body, in one write, so that no answer comes between the two. @return its stream */
    int openWithBody(String latin1, String... list) {
        int stream = nextStream;
        nextStream += 2;
        byte[] head = frame(HEADERS, END_HEADERS, stream, list(list));
        byte[] data = frame(DATA, END_STREAM, stream, latin1.getBytes(StandardCharsets.ISO_8859_1));
        if (!trySend(ByteBuffer.allocate(head.length + data.length)
                .put(head)
                .put(data)
                .array())) {
            throw new AssertionError("the other side has closed the connection");
        }
        return stream;
    }

    /** A request without a body. @return its stream */
    int get(String path, String... fields) {
        return open(true, request("GET", path, fields));
    }

    /** Within the windows of the other side; reads on until they open. */
    FrameClient data(int stream, String latin1, boolean end) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        if (sendWithin(stream, bytes, end, Duration.ofMillis(READ_TIMEOUT_MILLIS)) < bytes.length) {
            throw new AssertionError("no window opened in time");
        }
        return this;
    }

    /** Sends zeros as far as the other side's windows allow, and waits so long for a window to open. @return how many bytes */
    int sendWhileAllowed(int stream, int bytes, Duration patience) {
        return sendWithin(stream, new byte[bytes], true, patience);
    }

    private int sendWithin(int stream, byte[] bytes, boolean end, Duration patience) {
        Received received = received(stream);
        int at = 0;
        while (at < bytes.length || bytes.length == 0 && end) {
            int allowed = Math.min(Math.min(connectionWindow, received.window), Math.min(16_384, bytes.length - at));
            if (allowed > 0 || bytes.length == 0) {
                boolean last = end && at + allowed == bytes.length;
                send(DATA, last ? END_STREAM : 0, stream, Arrays.copyOfRange(bytes, at, at + allowed));
                connectionWindow -= allowed;
                received.window -= allowed;
                at += allowed;
                if (last) {
                    return at;
                }
            } else if (!readWithin(patience)) {
                return at;
            }
        }
        return at;
    }

    private boolean readWithin(Duration patience) {
        try {
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            take(ReceivedFrame.read(in));
            return true;
        } catch (SocketTimeoutException late) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            try {
                socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    FrameClient reset(int stream, int code) {
        return send(RST_STREAM, 0, stream, number(code));
    }

    // Receiving.

    /** The next frame, or null at the end of the connection; settings, pings and windows are answered. */
    @Nullable
    ReceivedFrame next() {
        try {
            ReceivedFrame frame = ReceivedFrame.read(in);
            take(frame);
            return frame;
        } catch (SocketTimeoutException late) {
            throw new AssertionError("no frame came in time", late);
        } catch (IOException end) {
            return null;
        }
    }

    private void take(ReceivedFrame frame) {
        Received received = streams.computeIfAbsent(frame.stream(), id -> new Received());
        switch (frame.type()) {
            case SETTINGS -> {
                if (frame.flags() != ACK) {
                    trySend(SETTINGS, ACK, 0, new byte[0]);
                }
            }
            case PING -> {
                if (frame.flags() != ACK) {
                    trySend(PING, ACK, 0, frame.payload());
                }
            }
            case HEADERS -> headers(received, frame);
            case DATA -> {
                received.body.writeBytes(frame.payload());
                received.ended |= (frame.flags() & END_STREAM) != 0;
                if (opensWindows && frame.payload().length > 0 && !received.ended) {
                    trySend(WINDOW_UPDATE, 0, 0, number(frame.payload().length));
                    trySend(WINDOW_UPDATE, 0, frame.stream(), number(frame.payload().length));
                }
            }
            case WINDOW_UPDATE -> {
                if (frame.stream() == 0) {
                    connectionWindow += frame.number();
                } else {
                    received.window += frame.number();
                }
            }
            case RST_STREAM -> received.reset = frame.number();
            case GOAWAY -> {
                goAwayStream = frame.number();
                goAway = ByteBuffer.wrap(frame.payload()).getInt(4);
            }
            default -> {}
        }
    }

    private void headers(Received received, ReceivedFrame frame) {
        if ((frame.flags() & END_HEADERS) == 0) {
            throw new AssertionError("this client reads no continuations");
        }
        ByteBuf block = Unpooled.wrappedBuffer(frame.payload());
        Http2Headers list;
        try {
            list = decoder.decodeHeaders(frame.stream(), block);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        List<String> lines = new ArrayList<>();
        list.forEach(field -> {
            if (field.getKey().charAt(0) != ':') {
                lines.add(field.getKey() + ": " + field.getValue());
            }
        });
        CharSequence status = list.status();
        if (status == null) {
            received.trailers.addAll(lines);
        } else if (status.charAt(0) == '1') {
            received.interim.add(status.toString());
        } else {
            received.endedWithHead = (frame.flags() & END_STREAM) != 0;
            received.head = new Answer("HTTP/2.0 " + status, lines, "");
        }
        received.ended |= (frame.flags() & END_STREAM) != 0;
    }

    private Received received(int stream) {
        return streams.computeIfAbsent(stream, id -> new Received());
    }

    /** Status and headers of the stream's answer. */
    Answer head(int stream) {
        Received received = received(stream);
        while (received.head == null) {
            if (received.reset >= 0 || next() == null) {
                throw new AssertionError(
                        "stream " + stream + " was reset with " + received.reset + ", connection " + goAway);
            }
        }
        return received.head;
    }

    /** The stream's whole answer, trailers in brackets after the body. */
    Answer answer(int stream) {
        Answer head = head(stream);
        Received received = received(stream);
        while (!received.ended) {
            if (received.reset >= 0 || next() == null) {
                throw new AssertionError("the answer of stream " + stream + " was torn with " + received.reset);
            }
        }
        StringBuilder body = new StringBuilder(received.body.toString(StandardCharsets.ISO_8859_1));
        received.trailers.forEach(line -> body.append('[').append(line).append(']'));
        return head.withBody(body.toString());
    }

    /** Whether the list of the answer's headers was its last frame. */
    boolean endedWithHead(int stream) {
        return received(stream).endedWithHead;
    }

    /** As much of the stream's body as this, or more. */
    String body(int stream, int bytes) {
        Received received = received(stream);
        while (received.body.size() < bytes) {
            if (next() == null) {
                throw new AssertionError(
                        "the connection ended with " + goAway + " after " + received.body.size() + " bytes");
            }
        }
        return received.body.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads up to the first answer before the final one. */
    List<String> interim(int stream) {
        Received received = received(stream);
        while (received.interim.isEmpty()) {
            if (received.head != null || next() == null) {
                throw new AssertionError("no interim answer came");
            }
        }
        return received.interim;
    }

    /** The code of the reset that comes for this stream; -1 when the connection ends before. */
    int awaitReset(int stream) {
        Received received = received(stream);
        while (received.reset < 0 && next() != null) {}
        return received.reset;
    }

    /** Reads to the end of the connection. @return the code of its last GOAWAY, -1 for none */
    int awaitEnd() {
        while (next() != null) {}
        return goAway;
    }

    /** Reads up to the next GOAWAY. @return its last stream */
    int awaitGoAway() {
        goAwayStream = -1;
        while (goAwayStream < 0 && next() != null) {}
        return goAwayStream;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
