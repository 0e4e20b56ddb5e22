package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while clients call without a pause: each request that was sent has its answer, and the last one of a connection says that it is the last. */
@Timeout(300)
class DrainUnderLoadTest {
    private static final int CLIENTS = 6;
    private static final int CALLS_BEFORE = 300;

    @TempDir
    private Path folder;

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicLong answers = new AtomicLong();

    @DisplayName("P17: p17 no request that was sent goes without its answer")
    @Test
    void p17_no_request_that_was_sent_goes_without_its_answer() throws Exception {
        try (HelloBackend backend = new HelloBackend();
                GatewayUnderTest gateway = GatewayUnderTest.in(folder, Map.of()).start()) {
            gateway.route("own", backend.port(), ",\"evidence\":\"best-effort\"");
            String token = AnsweredCalls.token(
                    LocalTokenIssuer.open(gateway.state(), Signing.fastest(), Clock.systemUTC()), "caller", "acme");
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().start(() -> call(gateway.port, token)));
            }
            await().atMost(Duration.ofMinutes(1)).until(() -> answers.get() >= CALLS_BEFORE);

            assertThat(gateway.stop()).isIn(0, 143);

            for (Thread client : clients) {
                client.join();
            }
            assertThat(faults.stream().limit(5)).isEmpty();
        }
    }

    private void call(int port, String token) {
        while (true) {
            KeptConnection connection;
            try {
                connection = KeptConnection.to(port);
            } catch (ConnectException gone) {
                return;
            } catch (IOException e) {
                faults.add("no connection: " + e);
                return;
            }
            try (connection) {
                KeptConnection.Answer answer;
                int count = 0;
                do {
                    answer = connection.get("/apis/own/x", token);
                    count++;
                    answers.incrementAndGet();
                    if (answer.status() != 200) {
                        faults.add("answer " + count + " of a connection: " + answer);
                    }
                } while (!answer.closes());
            } catch (IOException e) {
                faults.add("a request without an answer: " + e);
                return;
            }
        }
    }
}
