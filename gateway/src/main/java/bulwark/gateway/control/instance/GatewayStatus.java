package bulwark.gateway.control.instance;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What gateways said of themselves last. Not kept over a restart: each says it again with its next heartbeat. Thread-safe. */
public final class GatewayStatus {
    /** Three heartbeats of the usual thirty seconds. */
    private static final Duration MAX_HEARTBEAT_AGE = Duration.ofSeconds(95);

    private final Clock clock;
    private final Map<String, Heartbeat> last = new ConcurrentHashMap<>();

    public GatewayStatus(Clock clock) {
        this.clock = clock;
    }

    /**
     * One heartbeat.
     *
     * @param generation of the snapshot in force; 0 for none
     * @param digest of its statement; empty for none
     * @param members of the body, as they came, without the usage
     * @param usage by id of the subscription
     */
    record Heartbeat(
            Instant at, long generation, String digest, Map<String, Object> members, Map<String, Usage> usage) {
        Heartbeat {
            members = Map.copyOf(members);
            usage = Map.copyOf(usage);
        }
    }

    /** Calls that one gateway counted since midnight and since the first of the month, UTC. */
    record Usage(long today, long thisMonth) {}

    void heard(String gateway, long generation, String digest, Map<String, Object> members, Map<String, Usage> usage) {
        last.put(gateway, new Heartbeat(clock.instant(), generation, digest, members, usage));
    }

    /** It said so with an acknowledgement, before its next heartbeat. */
    void carriesOut(String gateway, long generation) {
        last.computeIfPresent(
                gateway, (id, known) -> new Heartbeat(clock.instant(), generation, "", known.members, known.usage));
    }

    /** What each gateway said that it counted of a subscription, as answers have it. */
    public List<Map<String, Object>> usage(String subscription) {
        List<Map<String, Object>> reports = new ArrayList<>();
        last.forEach((gateway, heartbeat) -> {
            Usage counted = heartbeat.usage.get(subscription);
            if (counted != null) {
                Map<String, Object> report = new LinkedHashMap<>();
                report.put("gateway_id", gateway);
                report.put("daily_used", counted.today);
                report.put("monthly_used", counted.thisMonth);
                report.put("reported_at", heartbeat.at.toString());
                reports.add(report);
            }
        });
        return reports;
    }

    Optional<Heartbeat> of(String gateway) {
        return Optional.ofNullable(last.get(gateway));
    }

    void forget(String gateway) {
        last.remove(gateway);
    }

    boolean isOnline(String gateway) {
        return of(gateway)
                .map(heartbeat -> clock.instant().isBefore(heartbeat.at.plus(MAX_HEARTBEAT_AGE)))
                .orElse(false);
    }

    /** How many of those that said so carry a snapshot that lies ahead of this generation: a sign of a store that was restored from an older backup. */
    public long ahead(long generation) {
        return last.values().stream()
                .filter(heartbeat -> heartbeat.generation > generation)
                .count();
    }

    /** The greatest generation that any gateway carries. */
    public long greatestGeneration() {
        return last.values().stream().mapToLong(Heartbeat::generation).max().orElse(0);
    }

    public long online() {
        return last.keySet().stream().filter(this::isOnline).count();
    }
}
