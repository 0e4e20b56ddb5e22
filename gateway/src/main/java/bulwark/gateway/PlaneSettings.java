package bulwark.gateway;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.DURATION;

import bulwark.gateway.proxy.PlaneCapacity;
import bulwark.gateway.proxy.ProxyLimits;
import bulwark.gateway.proxy.StreamLimits;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;

/** What the data plane holds at once, as the settings have it. */
final class PlaneSettings {
    private static final String CONNECTIONS = "STOA_CONNECTIONS__MAX_TOTAL";
    private static final String CONNECTIONS_OF_SOURCE = "STOA_CONNECTIONS__MAX_PER_IP";
    private static final String MEMORY = "STOA_MEMORY_LIMIT_MB";
    private static final String BODY = "STOA_BODY__MAX_BYTES";
    private static final String STREAMS = "STOA_SSE__MAX_TOTAL";
    private static final String STREAMS_OF_SOURCE = "STOA_SSE__MAX_PER_IP";
    private static final String STREAMS_OF_TENANT = "STOA_SSE__MAX_PER_TENANT";
    private static final String STREAM_DURATION = "STOA_SSE__MAX_DURATION";

    private PlaneSettings() {}

    static void add(SettingsTable table) {
        table.add("CONNECTIONS__MAX_TOTAL", COUNT, "10000", "connections of clients; more are closed at once")
                .add("CONNECTIONS__MAX_PER_IP", COUNT, "5000", "connections from one address")
                .add(
                        "MEMORY_LIMIT_MB",
                        COUNT,
                        "512",
                        "memory for requests and answers under way, at most as much as the heap; at four fifths of it new calls are answered 503")
                .add("BODY__MAX_BYTES", COUNT, "10485760", "body of a request; a longer one is answered 413")
                .add("SSE__MAX_TOTAL", COUNT, "5000", "event streams under way; more are answered 429")
                .add("SSE__MAX_PER_IP", COUNT, "10", "event streams to one address")
                .add("SSE__MAX_PER_TENANT", COUNT, "100", "event streams of the routes of one tenant")
                .add("SSE__MAX_DURATION", DURATION, "1h", "how long one may last before its client must begin anew");
    }

    static void check(Configuration settings, SettingFindings findings) {
        for (String name :
                new String[] {CONNECTIONS, CONNECTIONS_OF_SOURCE, MEMORY, STREAMS, STREAMS_OF_SOURCE, STREAMS_OF_TENANT
                }) {
            long value = settings.count(name);
            if (value < 1 || value > Integer.MAX_VALUE) {
                findings.refuse(name + " must be from 1 to " + Integer.MAX_VALUE);
            }
        }
        if (settings.count(BODY) < 1) {
            findings.refuse(BODY + " must be at least 1");
        }
    }

    static ProxyLimits limits(Configuration settings) {
        long memory =
                Math.min(settings.count(MEMORY) << 20, Runtime.getRuntime().maxMemory());
        PlaneCapacity capacity = new PlaneCapacity(
                count(settings, CONNECTIONS),
                count(settings, CONNECTIONS_OF_SOURCE),
                memory,
                new StreamLimits(
                        count(settings, STREAMS),
                        count(settings, STREAMS_OF_SOURCE),
                        count(settings, STREAMS_OF_TENANT),
                        settings.duration(STREAM_DURATION)));
        return ProxyLimits.STANDARD.with(capacity, settings.count(BODY));
    }

    private static int count(Configuration settings, String name) {
        return Math.toIntExact(settings.count(name));
    }
}
