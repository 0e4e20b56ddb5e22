package bulwark.gateway;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.DURATION;
import static bulwark.kernel.config.Setting.Kind.NUMBER;

import bulwark.gateway.proxy.PlaneCapacity;
import bulwark.gateway.proxy.ProxyLimits;
import bulwark.gateway.proxy.StreamLimits;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;

/** What the data plane holds at once, as the settings have it. */
final class PlaneSettings {
    private static final String CONNECTION_RATE = "STOA_TCP_RATE_LIMIT_PER_IP";
    private static final String STREAM_RATE = "STOA_SSE__NEW_PER_IP_PER_MIN";
    private static final double MIN_RATE = 0.1;
    private static final double MAX_RATE = 1_000_000;
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
        table.add(
                        "TCP_RATE_LIMIT_PER_IP",
                        NUMBER,
                        "",
                        "new connections a second from one address, or from one IPv6 network of 64 bits, over ten seconds; more are closed at once; unset: any number")
                .add(
                        "SSE__NEW_PER_IP_PER_MIN",
                        COUNT,
                        "0",
                        "event streams that one address may begin in a minute; more are answered 429; 0: any number")
                .add("CONNECTIONS__MAX_TOTAL", COUNT, "10000", "connections of clients; more are closed at once")
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
        if (settings.isSet(CONNECTION_RATE)
                && !(settings.number(CONNECTION_RATE) >= MIN_RATE && settings.number(CONNECTION_RATE) <= MAX_RATE)) {
            findings.refuse(CONNECTION_RATE + " must be from 0.1 to 1000000");
        }
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
                settings.number(CONNECTION_RATE),
                memory,
                new StreamLimits(
                        count(settings, STREAMS),
                        count(settings, STREAMS_OF_SOURCE),
                        count(settings, STREAMS_OF_TENANT),
                        settings.duration(STREAM_DURATION),
                        (int) Math.min(Integer.MAX_VALUE, settings.count(STREAM_RATE))));
        return ProxyLimits.STANDARD.with(capacity, settings.count(BODY));
    }

    private static int count(Configuration settings, String name) {
        return Math.toIntExact(settings.count(name));
    }
}
