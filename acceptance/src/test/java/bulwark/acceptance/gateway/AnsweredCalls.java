package bulwark.acceptance.gateway;

import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Clients that call a gateway until it is killed, each on a connection of its own, and what it answered them. */
final class AnsweredCalls implements AutoCloseable {
    private static final int CLIENTS = 4;
    /** Of one caller, reason and minute a hundred refusals have a record of their own. */
    private static final int MAX_REFUSALS = 90;

    private static final int CALLS_PER_REFUSAL = 4;

    private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    /** @param at when the client had the whole answer */
    record Answered(String id, int status, Instant at) {}

    /** @param round makes callers and ids of their own */
    AnsweredCalls(int port, String path, String round, LocalTokenIssuer tokens) {
        for (int client = 0; client < CLIENTS; client++) {
            String name = round + "-" + client;
            String own = token(tokens, name, "acme");
            String other = token(tokens, name, "other");
            threads.add(Thread.ofPlatform().name("client-" + name).start(() -> call(port, path, name, own, other)));
        }
    }

    /** As a header line. */
    static String token(LocalTokenIssuer tokens, String subject, String tenant) {
        return "Authorization: Bearer "
                + tokens.issue(subject, tenant, List.of(Role.DEVOPS), Duration.ofMinutes(10), "stoa-mcp-gateway");
    }

    private void call(int port, String path, String name, String own, String other) {
        try (KeptConnection connection = KeptConnection.to(port)) {
            for (int i = 0; true; i++) {
                boolean refused = i % CALLS_PER_REFUSAL == 0 && i / CALLS_PER_REFUSAL < MAX_REFUSALS;
                String id = name + "-" + i;
                int status = connection
                        .get(path, "X-Request-ID: " + id, refused ? other : own)
                        .status();
                answered.add(new Answered(id, status, Instant.now()));
                // 503: the journal was kept from its disk for too long to promise anything.
                if (status != (refused ? 404 : 200) && status != 503) {
                    faults.add(id + " was answered " + status);
                }
            }
        } catch (IOException killed) {
            // The gateway is gone, as it must be.
        }
    }

    /** Of a status, oldest first. */
    List<Answered> with(int status) {
        return answered.stream().filter(call -> call.status() == status).toList();
    }

    int count() {
        return answered.size();
    }

    /** Answers that nobody should have got. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** Waits for clients that notice that the gateway is gone. */
    @Override
    public void close() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(Duration.ofMinutes(1));
        }
    }
}
