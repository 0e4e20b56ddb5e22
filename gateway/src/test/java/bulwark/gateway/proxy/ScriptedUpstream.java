package bulwark.gateway.proxy;

import bulwark.testkit.LoopbackServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** A backend on loopback that says, byte for byte, what the test wants it to say. Each connection has a thread; requests are kept. */
final class ScriptedUpstream implements AutoCloseable {
    /** Answers one request. @see Exchange */
    interface Script {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    private final LoopbackServer server;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    @SuppressWarnings("this-escape") // served once this is made
    private ScriptedUpstream(Script script, ServerSocketFactory sockets) {
        this.script = script;
        this.server = LoopbackServer.start(sockets, this::serve);
    }

    static ScriptedUpstream of(Script script) {
        return new ScriptedUpstream(script, ServerSocketFactory.getDefault());
    }

    /** Over TLS. */
    static ScriptedUpstream secure(SSLContext context, Script script) {
        return new ScriptedUpstream(script, context.getServerSocketFactory());
    }

    /** Says this to every request. */
    static ScriptedUpstream saying(String answer) {
        return of(exchange -> exchange.send(answer));
    }

    /** 200 with this body. */
    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    int port() {
        return server.port();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    List<Request> requests() {
        return requests;
    }

    int connections() {
        return server.connections();
    }

    /** Of each connection that is opened from now on, beyond what the script reads. */
    void receivesAtMost(int bytes) {
        server.receivesAtMost(bytes);
    }

    private void serve(Socket socket) throws IOException, InterruptedException {
        while (true) {
            Request request = Request.read(socket.getInputStream());
            if (request == null) {
                return;
            }
            requests.add(request);
            script.answer(new Exchange(socket, request, requests.size()));
        }
    }

    @Override
    public void close() {
        server.close();
    }

    /** @param number of the request, from 1, over all connections */
    record Exchange(Socket socket, Request request, int number) {
        void send(String latin1) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(latin1.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void close() throws IOException {
            socket.close();
        }
    }

    /** @param head with its lines as they came */
    record Request(List<String> head, String body) {
        String line() {
            return head.getFirst();
        }

        List<String> values(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .skip(1)
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(field -> field.substring(prefix.length()).strip())
                    .toList();
        }

        boolean has(String name) {
            return !values(name).isEmpty();
        }

        private static Request read(InputStream in) throws IOException {
            List<String> head = new java.util.ArrayList<>();
            for (String line = line(in); line == null || !line.isEmpty(); line = line(in)) {
                if (line == null) {
                    return null;
                }
                head.add(line);
            }
            Request request = new Request(head, "");
            if (request.values("Transfer-Encoding").contains("chunked")) {
                return request.has("Expect") ? request : new Request(head, chunks(in));
            }
            int length = request.values("Content-Length").stream()
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
            return request.has("Expect")
                    ? request
                    : new Request(head, new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        }

        static String chunks(InputStream in) throws IOException {
            StringBuilder body = new StringBuilder();
            while (true) {
                String size = line(in);
                int count = Integer.parseInt(size == null ? "0" : size, 16);
                if (count == 0) {
                    for (String trailer = line(in); trailer != null && !trailer.isEmpty(); trailer = line(in)) {
                        body.append('[').append(trailer).append(']');
                    }
                    return body.toString();
                }
                body.append(new String(in.readNBytes(count), StandardCharsets.ISO_8859_1));
                line(in);
            }
        }

        static String line(InputStream in) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    return null;
                }
                if (c != '\r') {
                    line.write(c);
                }
            }
            return line.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
