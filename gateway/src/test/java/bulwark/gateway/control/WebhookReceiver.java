package bulwark.gateway.control;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Hears events, and answers as it is set to. */
final class WebhookReceiver implements AutoCloseable {
    /** Fields of each request, with its body as {@code body}. */
    final List<Map<String, String>> heard = new CopyOnWriteArrayList<>();

    final AtomicInteger status = new AtomicInteger(204);
    private final HttpServer server;

    WebhookReceiver() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Map<String, String> request = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> request.put(name, values.getFirst()));
            request.put("body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            heard.add(request);
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=in-the-url";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
