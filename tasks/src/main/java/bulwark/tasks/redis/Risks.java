package bulwark.tasks.redis;

import bulwark.tasks.broker.Broker.Risk;
import bulwark.tasks.broker.BrokerUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Protocol.Command;

/** Settings of the server that may lose tasks. */
final class Risks {
    private Risks() {}

    static List<Risk> of(Lines lines) {
        Map<String, String> settings;
        try {
            settings = lines.with(line -> {
                Map<String, String> all = Reply.fields(line.call(Command.CONFIG, "GET", "maxmemory-policy"));
                all.putAll(Reply.fields(line.call(Command.CONFIG, "GET", "appendonly")));
                all.putAll(Reply.fields(line.call(Command.CONFIG, "GET", "save")));
                return all;
            });
        } catch (BrokerUnavailable e) {
            lines.call(Command.PING);
            return List.of(new Risk(
                    "Redis does not let us read its settings (CONFIG GET): whether it may evict or forget tasks is unknown.",
                    false));
        }
        List<Risk> risks = new ArrayList<>();
        String policy = settings.getOrDefault("maxmemory-policy", "noeviction");
        if (!policy.equals("noeviction")) {
            risks.add(new Risk(
                    "Redis may evict tasks when its memory is full (maxmemory-policy " + policy
                            + "); run: redis-cli config set maxmemory-policy noeviction, or set STEM_ALLOW_LOSSY_BROKER=1.",
                    true));
        }
        if (settings.getOrDefault("appendonly", "no").equals("no")
                && settings.getOrDefault("save", "").isBlank()) {
            risks.add(new Risk(
                    "Redis keeps tasks in memory only (appendonly no, no save): a restart of it loses them; set appendonly yes.",
                    false));
        }
        return risks;
    }
}
