package bulwark.bench.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that call one after the other for some seconds, and what they were answered. Thread-safe. */
final class ArenaLoad {
    private static final int CLIENTS = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * @param availability share of calls that were answered 200
     * @param p99Seconds of all calls, also of those that failed; a call is given up after three seconds
     */
    record Phase(int calls, double availability, double p99Seconds) {}

    private record Call(boolean answered, long nanos) {}

    Phase run(String url, Duration length) throws IOException, InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        List<Call> calls = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Call>>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                running.add(clients.submit(() -> callUntil(end, url)));
            }
            for (Future<List<Call>> each : running) {
                calls.addAll(each.get());
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        long answered = calls.stream().filter(Call::answered).count();
        long[] nanos = calls.stream().mapToLong(Call::nanos).sorted().toArray();
        return new Phase(calls.size(), (double) answered / calls.size(), nanos[nanos.length * 99 / 100] / 1e9);
    }

    private List<Call> callUntil(long end, String url) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
        List<Call> calls = new ArrayList<>();
        do {
            long began = System.nanoTime();
            boolean answered;
            try {
                answered = http.send(request, BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException failed) {
                answered = false;
            }
            calls.add(new Call(answered, System.nanoTime() - began));
        } while (System.nanoTime() < end);
        return calls;
    }
}
