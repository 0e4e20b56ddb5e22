package bulwark.tasks.redis;

import bulwark.tasks.broker.Broker.DurabilityWarning;
import bulwark.tasks.broker.BrokerUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Protocol.Command;

/** Settings of the server that may lose tasks. */
final class DurabilityCheck {
    private DurabilityCheck() {}

    static List<DurabilityWarning> of(RedisConnectionPool connections) {
        Map<String, String> settings;
        try {
            settings = connections.execute(connection -> {
                Map<String, String> all = RedisReply.fields(connection.call(Command.CONFIG, "GET", "maxmemory-policy"));
                all.putAll(RedisReply.fields(connection.call(Command.CONFIG, "GET", "appendonly")));
                all.putAll(RedisReply.fields(connection.call(Command.CONFIG, "GET", "save")));
                return all;
            });
        } catch (BrokerUnavailable e) {
            connections.call(Command.PING);
            return List.of(new DurabilityWarning(
                    "Redis does not let us read its settings (CONFIG GET): whether it may evict or forget tasks is unknown.",
                    false));
        }
        List<DurabilityWarning> risks = new ArrayList<>();
        String policy = settings.getOrDefault("maxmemory-policy", "noeviction");
        if (!policy.equals("noeviction")) {
            risks.add(new DurabilityWarning(
                    "Redis may evict tasks when its memory is full (maxmemory-policy " + policy
                            + "); run: redis-cli config set maxmemory-policy noeviction, or set STEM_ALLOW_LOSSY_BROKER=1.",
                    true));
        }
        if (settings.getOrDefault("appendonly", "no").equals("no")
                && settings.getOrDefault("save", "").isBlank()) {
            risks.add(new DurabilityWarning(
                    "Redis keeps tasks in memory only (appendonly no, no save): a restart of it loses them; set appendonly yes.",
                    false));
        }
        return risks;
    }
}
