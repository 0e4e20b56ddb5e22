package bulwark.acceptance;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that write facts until told to stop and remember what the node acknowledged. */
final class Writers implements AutoCloseable {
    private static final AtomicLong NEXT = new AtomicLong();

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final List<Thread> threads = new ArrayList<>();
    final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    final Queue<String> failures = new ConcurrentLinkedQueue<>();

    static Writers start(NodeUnderTest node, int clients) {
        Writers writers = new Writers();
        for (int i = 0; i < clients; i++) {
            writers.threads.add(Thread.ofVirtual().start(() -> writers.write(node)));
        }
        return writers;
    }

    private void write(NodeUnderTest node) {
        while (running.get()) {
            try {
                HttpResponse<String> answer = node.post(
                        "/v1/facts",
                        NodeUnderTest.ADMIN_KEY,
                        "{\"entity\":\"stigmem://load/fact/n" + NEXT.incrementAndGet()
                                + "\",\"relation\":\"load:seq\",\"value\":\"v\",\"scope\":\"team\"}");
                if (answer.statusCode() == 201) {
                    acknowledged.add(id(answer.body()));
                } else {
                    failures.add(answer.statusCode() + " " + answer.body());
                }
            } catch (Exception e) {
                failures.add(e.toString());
            }
        }
    }

    private static String id(String body) {
        int at = body.indexOf("\"id\":\"") + 6;
        return body.substring(at, body.indexOf('"', at));
    }

    @Override
    public void close() throws InterruptedException {
        running.set(false);
        for (Thread thread : threads) {
            thread.join(30_000);
        }
    }
}
