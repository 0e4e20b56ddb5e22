package bulwark.gateway.proxy;

import static bulwark.gateway.proxy.FrameEncoding.ACK;
import static bulwark.gateway.proxy.FrameEncoding.CONTINUATION;
import static bulwark.gateway.proxy.FrameEncoding.DATA;
import static bulwark.gateway.proxy.FrameEncoding.END_HEADERS;
import static bulwark.gateway.proxy.FrameEncoding.END_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.HEADERS;
import static bulwark.gateway.proxy.FrameEncoding.PING;
import static bulwark.gateway.proxy.FrameEncoding.RST_STREAM;
import static bulwark.gateway.proxy.FrameEncoding.SETTINGS;
import static bulwark.gateway.proxy.FrameEncoding.WINDOW_UPDATE;

import bulwark.testkit.LoopbackServer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A backend on loopback that speaks HTTP/2 frame by frame, right or wrong, as the test wants it. Each connection has a thread. */
final class FrameUpstream implements AutoCloseable {
    /** Answers one request: when it is whole, or as soon as its head is there. */
    interface Script {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    private final LoopbackServer server;
    private final Script script;
    private final boolean early;
    private final int maxStreams;
    private final String[] protocols;
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<Exchange> requests = new CopyOnWriteArrayList<>();
    private final List<ReceivedFrame> resets = new CopyOnWriteArrayList<>();

    @SuppressWarnings("this-escape") // served once this is made
    private FrameUpstream(
            ServerSocketFactory factory, Script script, boolean early, int maxStreams, String... protocols) {
        this.script = script;
        this.early = early;
        this.maxStreams = maxStreams;
        this.protocols = protocols;
        this.server = LoopbackServer.start(factory, this::serve);
    }

    /** Without TLS. */
    static FrameUpstream of(Script script) {
        return new FrameUpstream(ServerSocketFactory.getDefault(), script, false, 100);
    }

    /** Answers without waiting for bodies. */
    static FrameUpstream early(Script script) {
        return new FrameUpstream(ServerSocketFactory.getDefault(), script, true, 100);
    }

    static FrameUpstream limited(int maxStreams, Script script) {
        return new FrameUpstream(ServerSocketFactory.getDefault(), script, false, maxStreams);
    }

    static FrameUpstream secure(SSLContext context, Script script) {
        return new FrameUpstream(context.getServerSocketFactory(), script, false, 100, "h2");
    }

    int port() {
        return server.port();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    int connections() {
        return server.connections();
    }

    List<Exchange> requests() {
        return requests;
    }

    /** RST_STREAM frames that came. */
    List<ReceivedFrame> resets() {
        return resets;
    }

    private void serve(Socket socket) throws IOException, InterruptedException {
        if (socket instanceof SSLSocket secure) {
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            secure.setSSLParameters(parameters);
            secure.startHandshake();
        }
        try {
            new Connection(socket).serve();
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }

    private final class Connection {
        private final Socket socket;
        private final ReentrantLock writing = new ReentrantLock();
        private final DataInputStream in;
        private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true);
        private final Map<Integer, Exchange> exchanges = new HashMap<>();

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
        }

        void serve() throws IOException, InterruptedException, Http2Exception {
            in.readNBytes(24);
            write(
                    SETTINGS,
                    0,
                    0,
                    ByteBuffer.allocate(6)
                            .putShort((short) 3)
                            .putInt(maxStreams)
                            .array());
            while (true) {
                take(ReceivedFrame.read(in));
            }
        }

        private void take(ReceivedFrame frame) throws IOException, InterruptedException, Http2Exception {
            switch (frame.type()) {
                case SETTINGS -> {
                    if (frame.flags() != ACK) {
                        write(SETTINGS, ACK, 0, new byte[0]);
                    }
                }
                case PING -> {
                    if (frame.flags() != ACK) {
                        write(PING, ACK, 0, frame.payload());
                    }
                }
                case HEADERS -> headers(frame);
                case DATA -> {
                    Exchange exchange = exchanges.get(frame.stream());
                    exchange.body.writeBytes(frame.payload());
                    if (frame.payload().length > 0) {
                        write(WINDOW_UPDATE, 0, 0, FrameEncoding.number(frame.payload().length));
                        write(WINDOW_UPDATE, 0, frame.stream(), FrameEncoding.number(frame.payload().length));
                    }
                    end(exchange, frame);
                }
                case RST_STREAM -> resets.add(frame);
                case CONTINUATION -> throw new AssertionError("this upstream reads no continuations");
                default -> {}
            }
        }

        private void headers(ReceivedFrame frame) throws IOException, InterruptedException, Http2Exception {
            Http2Headers list = decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
            Exchange known = exchanges.get(frame.stream());
            if (known != null) {
                list.forEach(field -> known.trailers.add(field.getKey() + ": " + field.getValue()));
                end(known, frame);
                return;
            }
            Exchange begun = new Exchange(this, frame.stream(), numbers.incrementAndGet(), list);
            exchanges.put(frame.stream(), begun);
            requests.add(begun);
            if (early) {
                script.answer(begun);
            } else {
                end(begun, frame);
            }
        }

        private void end(Exchange exchange, ReceivedFrame frame) throws IOException, InterruptedException {
            if (!early && (frame.flags() & END_STREAM) != 0) {
                script.answer(exchange);
            }
        }

        void write(int type, int flags, int stream, byte[] payload) throws IOException {
            writing.lock();
            try {
                socket.getOutputStream().write(FrameEncoding.frame(type, flags, stream, payload));
                socket.getOutputStream().flush();
            } finally {
                writing.unlock();
            }
        }
    }

    /** One request, and the way to answer it. */
    static final class Exchange {
        private final Connection connection;
        private final int stream;
        private final int number;
        private final Http2Headers list;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final List<String> trailers = new ArrayList<>();

        private Exchange(Connection connection, int stream, int number, Http2Headers list) {
            this.connection = connection;
            this.stream = stream;
            this.number = number;
            this.list = list;
        }

        /** From 1, over all connections. */
        int number() {
            return number;
        }

        int stream() {
            return stream;
        }

        @Nullable
        String value(String name) {
            CharSequence value = list.get(name);
            return value == null ? null : value.toString();
        }

        String body() {
            return body.toString(StandardCharsets.ISO_8859_1);
        }

        List<String> trailers() {
            return trailers;
        }

        Exchange headers(boolean end, String... fields) throws IOException {
            return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), FrameEncoding.list(fields));
        }

        Exchange data(String latin1, boolean end) throws IOException {
            return frame(DATA, end ? END_STREAM : 0, latin1.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** On the stream of the request. */
        Exchange frame(int type, int flags, byte[] payload) throws IOException {
            connection.write(type, flags, stream, payload);
            return this;
        }

        /** On the connection. */
        Exchange frame(int type, byte[] payload) throws IOException {
            connection.write(type, 0, 0, payload);
            return this;
        }

        /** 200 with this body. */
        void ok(String text) throws IOException {
            headers(false, ":status", "200", "content-type", "text/plain").data(text, true);
        }

        void close() throws IOException {
            connection.socket.close();
        }
    }
}
