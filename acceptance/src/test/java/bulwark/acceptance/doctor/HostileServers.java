package bulwark.acceptance.doctor;

import bulwark.testkit.FreePort;
import bulwark.testkit.LoopbackServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Servers that are anything but a fact node. Closed by its owner. */
final class HostileServers implements AutoCloseable {
    private static final int PAUSE_MILLIS = 200;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();

    /** @param elsewhere port to which callers are sent */
    HostileServers(int elsewhere) throws IOException {
        ports.put("closed", FreePort.next());
        // What a process looks like from outside that was stopped: the kernel takes connections for it.
        ServerSocket stopped = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(stopped);
        ports.put("stopped", stopped.getLocalPort());
        add("silent", connection -> connection.getInputStream().readAllBytes());
        add("drips-head", connection -> drip(connection, "HTTP/1.1 200 OK\r\nX-Slow: " + "x".repeat(10_000)));
        add("drips-body", connection -> {
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            drip(connection, "x".repeat(10_000));
        });
        add("endless-body", connection -> endless(connection, "HTTP/1.1 200 OK\r\n\r\n", "x".repeat(1 << 16)));
        add("endless-head", connection -> endless(connection, "HTTP/1.1 200 OK\r\nX-Long: ", "x".repeat(1 << 16)));
        add("endless-lines", connection -> endless(connection, "HTTP/1.1 200 OK\r\n", "X-Many: y\r\n".repeat(5_000)));
        add("endless-tls", HostileServers::endlessTls);
        add("drips-tls", connection -> drip(connection, "\u0016\u0003\u0003\u0040\u0000" + "\u0000".repeat(10_000)));
        answer("redirect", "302 Found", "Location: http://127.0.0.1:" + elsewhere + "/stolen\r\n", "");
        answer("json-bomb", "200 OK", "", "[".repeat(900_000));
        answer("json-wide", "200 OK", "", "{\"a\":[" + "{},".repeat(250_000) + "{}]}");
        answer("control-text", "200 OK\u0007", "X-\u0001: \u001b[2J\r\n", HOSTILE_TEXT);
        answer("a-year-off", "200 OK", "Date: Thu, 27 Nov 2025 10:00:00 GMT\r\n", A_YEAR_OFF);
        answer("no-http", "\u0000\u0001", "", "\u0000".repeat(5_000));
    }

    private static final String HOSTILE_TEXT =
            "{\"status\":\"o\\u0000k\\u202e\\u2066\\u001b[2J\",\"message\":\"<script>\\u0007\\ud83d\","
                    + "\"public_key\":\"\\u0000\\u202e\",\"entity_uri\":\"\\u001b]0;owned\\u0007\",\"error\":\"\\u202e\"}";

    private static final String A_YEAR_OFF =
            "{\"status\":\"ok\",\"entries\":[{\"seq\":1,\"ts\":\"2025-11-27T10:00:00Z\",\"principal\":\"stigmem://doctor/reader\"}],"
                    + "\"public_key\":\"AAAA\",\"key_created_at\":\"2095-01-01T00:00:00Z\"}";

    private void add(String name, LoopbackServer.Handler handler) {
        LoopbackServer server = LoopbackServer.start(handler);
        open.add(server);
        ports.put(name, server.port());
    }

    private void answer(String name, String status, String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        add(name, connection -> {
            if (connection.getInputStream().read(new byte[1 << 14]) > 0) {
                write(
                        connection,
                        "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + bytes.length
                                + "\r\nConnection: close\r\n\r\n");
                connection.getOutputStream().write(bytes);
            }
        });
    }

    private static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A byte now and then. */
    private static void drip(Socket connection, String text) throws IOException {
        connection.setSoTimeout(PAUSE_MILLIS);
        for (byte one : text.getBytes(StandardCharsets.ISO_8859_1)) {
            connection.getOutputStream().write(one);
            try {
                if (connection.getInputStream().read(new byte[1 << 14]) < 0) {
                    return;
                }
            } catch (SocketTimeoutException pause) {
                // the next byte
            }
        }
    }

    private static void endless(Socket connection, String head, String more) throws IOException {
        write(connection, head);
        byte[] bytes = more.getBytes(StandardCharsets.US_ASCII);
        OutputStream out = connection.getOutputStream();
        while (true) {
            out.write(bytes);
        }
    }

    /** One handshake message of 16 MiB in record after record. */
    private static void endlessTls(Socket connection) throws IOException {
        byte[] record = new byte[5 + (1 << 14)];
        Arrays.fill(record, (byte) 0);
        record[0] = 22;
        record[1] = 3;
        record[2] = 3;
        record[3] = 0x40;
        record[5] = 2;
        record[6] = (byte) 0xFF;
        record[7] = (byte) 0xFF;
        record[8] = (byte) 0xFF;
        while (true) {
            connection.getOutputStream().write(record);
        }
    }

    /** By the name of the kind. */
    Map<String, Integer> ports() {
        return Map.copyOf(ports);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }
}
