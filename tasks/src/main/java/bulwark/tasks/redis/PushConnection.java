package bulwark.tasks.redis;

import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;

/** A connection that can also send without reading. */
final class PushConnection extends Connection {
    PushConnection(JedisSocketFactory sockets, JedisClientConfig config) {
        super(sockets, config);
    }

    void push(CommandArguments command) {
        sendCommand(command);
        flush();
    }
}
