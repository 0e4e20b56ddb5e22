package bulwark.tasks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

@Timeout(60)
class RedisServerTest {
    @Test
    void a_durable_server_still_has_after_a_kill_what_it_answered() {
        try (RedisServer server = RedisServer.durable()) {
            try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
                jedis.set("key", "value");
            }
            server.kill();
            server.startAgain();
            try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
                assertThat(jedis.get("key")).isEqualTo("value");
            }
        }
    }
}
