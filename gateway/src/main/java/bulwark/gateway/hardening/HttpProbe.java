package bulwark.gateway.hardening;

import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a listener with bytes of our choice, over a connection of its own, and reads the head of the answer as it is on the wire. Who answers is judged elsewhere. Blocks. */
final class HttpProbe {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final String host;
    private final int port;
    private final @Nullable ClientTls tls;

    private HttpProbe(String host, int port, @Nullable ClientTls tls) {
        this.host = host;
        this.port = port;
        this.tls = tls;
    }

    static HttpProbe plain(String host, int port) {
        return new HttpProbe(host, port, null);
    }

    static HttpProbe secure(String host, int port) {
        return new HttpProbe(
                host,
                port,
                ClientTls.load(
                        ClientTls.Files.NONE, ClientTls.Servers.ANY, TlsPolicy.publicServer(), Clock.systemUTC()));
    }

    /** @param fields header lines in order, names as on the wire */
    record Answer(int status, List<Map.Entry<String, String>> fields) {
        List<String> values(String name) {
            return fields.stream()
                    .filter(field -> field.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    Answer get(String path, String... lines) throws IOException {
        return request("GET", path, "", lines);
    }

    /** @param lines more header lines without their ends */
    Answer request(String method, String path, String body, String... lines) throws IOException {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        if (!body.isEmpty()) {
            text.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        return send(text + "Connection: close\r\n\r\n" + body);
    }

    Answer send(String bytes) throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            plain.setSoTimeout(TIMEOUT_MILLIS);
            if (tls == null) {
                return exchange(plain, bytes);
            }
            try (Socket secure = tls.sockets().createSocket(plain, "localhost", port, true)) {
                return exchange(secure, bytes);
            }
        }
    }

    private Answer exchange(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        StringBuilder head = new StringBuilder();
        int end = -1;
        byte[] buffer = new byte[8_192];
        while (end < 0 && head.length() < MAX_ANSWER_BYTES) {
            int read = socket.getInputStream().read(buffer);
            if (read < 0) {
                break;
            }
            head.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            end = head.indexOf("\r\n\r\n");
        }
        if (end < 0 || !head.toString().toUpperCase(Locale.ROOT).startsWith("HTTP/1.")) {
            throw new IOException("port " + port + " did not answer as HTTP");
        }
        return parse(head.substring(0, end));
    }

    private static Answer parse(String head) throws IOException {
        String[] lines = head.split("\r\n");
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                fields.add(Map.entry(
                        lines[i].substring(0, colon),
                        lines[i].substring(colon + 1).strip()));
            }
        }
        try {
            return new Answer(Integer.parseInt(lines[0].split(" ")[1]), List.copyOf(fields));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("the status line is no HTTP: " + lines[0], e);
        }
    }
}
