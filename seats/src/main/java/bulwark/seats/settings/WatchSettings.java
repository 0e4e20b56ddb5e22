package bulwark.seats.settings;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.error.CommandFailed;
import bulwark.seats.beacon.ConsensusAccess;
import bulwark.seats.chain.RpcEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which consensus clients are watched, and how often watchers look. No sentence of this class repeats an address of an endpoint: it may hold a key. */
public final class WatchSettings {
    public static final String CONSENSUS = "SEAT_MANAGER_CL_API_URLS";

    private static final String EXECUTION_INTERVAL = "SEAT_MANAGER_EL_POLL_SECONDS";
    private static final String CONSENSUS_INTERVAL = "SEAT_MANAGER_CL_POLL_SECONDS";
    private static final String STALE = "SEAT_MANAGER_HEARTBEAT_STALE_SECONDS";

    private WatchSettings() {}

    /** The consensus clients; empty when none is configured. Opens no connection. @throws CommandFailed naming what cannot be used */
    public static Optional<ConsensusAccess> open(Configuration settings) {
        List<String> faults = new ArrayList<>();
        List<RpcEndpoint> endpoints = consensus(settings, faults);
        if (!faults.isEmpty()) {
            throw CommandFailed.usage(faults.getFirst());
        }
        return endpoints.isEmpty() ? Optional.empty() : Optional.of(ConsensusAccess.open(endpoints));
    }

    private static List<RpcEndpoint> consensus(Configuration settings, List<String> faults) {
        List<RpcEndpoint> endpoints = settings.secret(CONSENSUS)
                .map(value -> ChainSettings.endpoints(CONSENSUS, value, faults))
                .orElse(List.of());
        for (RpcEndpoint endpoint : endpoints) {
            if (endpoint.uri().getRawQuery() != null) {
                faults.add(CONSENSUS + ": the address of " + endpoint.label()
                        + " has a query, and the paths of the beacon API come behind it: leave it out");
            }
        }
        return endpoints;
    }

    /** Between two looks at the execution layer. */
    public static Duration executionInterval(Configuration settings) {
        return Duration.ofSeconds(settings.count(EXECUTION_INTERVAL));
    }

    /** Between two looks at the consensus layer. */
    public static Duration consensusInterval(Configuration settings) {
        return Duration.ofSeconds(settings.count(CONSENSUS_INTERVAL));
    }

    /** Age at which a heartbeat is stale. */
    public static Duration staleAfter(Configuration settings) {
        return Duration.ofSeconds(settings.count(STALE));
    }

    /** Whether the watcher has settlements proposed and finalised: nothing is, while nothing is sent. */
    public static boolean settlesByItself(Configuration settings) {
        return settings.flag("SEAT_MANAGER_AUTO_SETTLE") && settings.flag("SEAT_MANAGER_WRITES_ENABLED");
    }

    static void check(Configuration settings, SettingFindings findings) {
        List<String> faults = new ArrayList<>();
        for (RpcEndpoint endpoint : consensus(settings, faults)) {
            if ("http".equals(endpoint.uri().getScheme())
                    && !Loopback.isLoopback(endpoint.uri().getHost())) {
                findings.warn(CONSENSUS + " reaches " + endpoint.label()
                        + " over plain HTTP: whoever is on the way can answer in its place. Name https://");
            }
        }
        faults.forEach(findings::refuse);
        if (settings.secret(CONSENSUS).isPresent()
                && settings.secret(ChainSettings.ENDPOINTS).isEmpty()) {
            findings.refuse(CONSENSUS + " needs " + ChainSettings.ENDPOINTS
                    + ": watchers look at both layers. Set it too, or take the former away");
        }
        between(settings, findings, EXECUTION_INTERVAL, 1, 600);
        between(settings, findings, CONSENSUS_INTERVAL, 1, 600);
        between(settings, findings, STALE, 30, 3_600);
    }

    private static void between(Configuration settings, SettingFindings findings, String name, long min, long max) {
        long given = settings.count(name);
        if (given < min || given > max) {
            findings.refuse(name + " must be " + min + " to " + max + ", not " + given);
        }
    }
}
