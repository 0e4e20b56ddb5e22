package bulwark.gateway.control;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Hears events, and answers as it is set to. */
final class WebhookReceiver implements AutoCloseable {
    /** Fields of each request, with its body as {@code body}. */
    final List<Map<String, String>> heard = new CopyOnWriteArrayList<>();

    final AtomicInteger status = new AtomicInteger(204);
    /** Nothing is answered before it is open. */
    final CountDownLatch gate;

    private final HttpServer server;

    WebhookReceiver() throws Exception {
        this(new CountDownLatch(0));
    }

    private WebhookReceiver(CountDownLatch gate) throws Exception {
        this.gate = gate;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            Map<String, String> request = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> request.put(name, values.getFirst()));
            request.put("body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            heard.add(request);
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
    }

    /** Hears, and says nothing until its gate is open. */
    static WebhookReceiver silent() throws Exception {
        return new WebhookReceiver(new CountDownLatch(1));
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=in-the-url";
    }

    @Override
    public void close() {
        gate.countDown();
        server.stop(0);
    }
}
