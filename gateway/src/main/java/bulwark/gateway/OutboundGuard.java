package bulwark.gateway;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.DnsResolver;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.NameResolver;
import bulwark.kernel.network.SystemResolver;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The address guard that the settings describe; every connection that the gateway opens on somebody's word asks it. */
final class OutboundGuard {
    private static final String RANGES = "STOA_SSRF__ALLOWED_CIDRS";
    private static final String HOSTS = "STOA_SSRF__ALLOWED_HOSTS";
    private static final String DENIED = "STOA_SSRF__EXTRA_DENY";
    private static final String SERVERS = "STOA_DNS__SERVERS";

    private OutboundGuard() {}

    /** @throws Configuration.ConfigurationRefused with the setting that is wrong */
    static AddressGuard of(Configuration settings) {
        return new AddressGuard(resolver(settings), policy(settings));
    }

    private static AddressPolicy policy(Configuration settings) {
        try {
            return new AddressPolicy(
                    prefixes(settings, RANGES),
                    new HashSet<>(settings.list(HOSTS)),
                    Set.of(),
                    prefixes(settings, DENIED),
                    RANGES,
                    HOSTS,
                    "",
                    DENIED);
        } catch (IllegalArgumentException e) {
            throw new Configuration.ConfigurationRefused(List.of(String.valueOf(e.getMessage())));
        }
    }

    private static List<IpPrefix> prefixes(Configuration settings, String name) {
        return settings.list(name).stream().map(text -> prefix(name, text)).toList();
    }

    private static IpPrefix prefix(String name, String text) {
        try {
            return IpPrefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    private static NameResolver resolver(Configuration settings) {
        List<String> servers = Arrays.stream(settings.text(SERVERS).split(";"))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .toList();
        if (servers.isEmpty()) {
            return new SystemResolver();
        }
        try {
            return DnsResolver.of(servers);
        } catch (IllegalArgumentException e) {
            throw new Configuration.ConfigurationRefused(List.of(SERVERS + ": " + e.getMessage()));
        }
    }
}
