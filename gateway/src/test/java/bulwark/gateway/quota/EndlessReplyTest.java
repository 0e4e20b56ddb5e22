package bulwark.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.redis.SharedRedis;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaDecision.Admitted;
import bulwark.kernel.quota.QuotaDecision.StoreUnavailable;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import bulwark.kernel.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/** What answers in the place of Redis, or stands between, cannot fill the memory of a gateway. */
@Timeout(120)
class EndlessReplyTest {
    private final Metrics metrics = new Metrics(GatewayQuotas.METRICS);

    /** Announcements of two thousand million elements, which a reader would make before the first of them comes. */
    @ParameterizedTest
    @ValueSource(strings = {"*2147483647\r\n", "$2147483647\r\n", "%1073741823\r\n", "*9223372039002259455\r\n"})
    void an_endless_reply_is_a_lost_store_and_the_plan_says_how_it_is_decided(String reply) throws Exception {
        try (ServerSocket hostile = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(hostile, reply.getBytes(StandardCharsets.US_ASCII)));
            try (SharedCounters one = new SharedCounters(
                    SharedRedis.of(
                            "redis://127.0.0.1:" + hostile.getLocalPort(), ClientTls.Files.NONE, Clock.systemUTC()),
                    Duration.ofSeconds(5),
                    metrics,
                    Clock.systemUTC())) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> decide(one, "a", plan(OnStoreFailure.ALLOW)) instanceof Admitted);
                assertThat(decide(one, "a", plan(OnStoreFailure.REFUSE))).isInstanceOf(StoreUnavailable.class);
                SharedRedis redis = SharedRedis.of(
                        "redis://127.0.0.1:" + hostile.getLocalPort(), ClientTls.Files.NONE, Clock.systemUTC());
                assertThatThrownBy(() -> {
                            try (Connection connection = redis.connect(5_000)) {
                                connection.executeCommand(Protocol.Command.PING);
                            }
                        })
                        .isInstanceOf(JedisException.class);
            }
        }
    }

    private static void answer(ServerSocket server, byte[] reply) {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                Thread.ofVirtual().start(() -> answer(caller, reply));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answer(Socket caller, byte[] reply) {
        try (caller) {
            byte[] request = new byte[1_024];
            while (caller.getInputStream().read(request) > 0) {
                caller.getOutputStream().write(reply);
            }
        } catch (IOException e) {
            // The other side has gone.
        }
    }

    private static QuotaDecision decide(SharedCounters counters, String consumer, QuotaPlan plan) throws Exception {
        QuotaDecision now = counters.tryReserve(consumer, plan);
        return now != null
                ? now
                : counters.reserve(consumer, plan).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static QuotaPlan plan(OnStoreFailure onFailure) {
        return new QuotaPlan("any", 0, 0, 0, 10, 0, onFailure);
    }
}
