package bulwark.gateway.egress;

import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.DnsResolver;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.NameResolver;
import bulwark.kernel.network.SystemResolver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The one address guard of a gateway, for every connection that it opens on somebody's word: {@code STOA_SSRF__*} and {@code STOA_DNS__SERVERS}. */
public final class EgressGuard {
    private static final String CIDRS = "STOA_SSRF__ALLOWED_CIDRS";
    private static final String HOSTS = "STOA_SSRF__ALLOWED_HOSTS";
    private static final String DENY = "STOA_SSRF__EXTRA_DENY";
    private static final String SERVERS = "STOA_DNS__SERVERS";

    private EgressGuard() {}

    /** Declares what {@link #of} reads. */
    public static void addSettings(SettingsTable table) {
        table.add(
                        "SSRF__ALLOWED_CIDRS",
                        LIST,
                        "",
                        "prefixes that backends may lie in though they are private; never link-local")
                .add("SSRF__ALLOWED_HOSTS", LIST, "", "host names that backends may have though they are reserved")
                .add("SSRF__EXTRA_DENY", LIST, "", "prefixes that are refused besides; wins over both")
                .add(
                        "DNS__SERVERS",
                        TEXT,
                        "",
                        "name servers as host:port, by semicolons; unset: the system's resolver");
    }

    /** @throws IllegalArgumentException when {@link #check} would have refused */
    public static AddressGuard of(Configuration settings) {
        return new AddressGuard(resolver(settings), policy(settings));
    }

    /** Refuses a range, host or server that cannot be meant. */
    public static void check(Configuration settings, SettingFindings findings) {
        for (String setting : List.of(CIDRS, DENY)) {
            for (String range : settings.list(setting)) {
                checked(() -> IpPrefix.parse(range), setting + ": ", findings);
            }
        }
        checked(() -> policy(settings), "", findings);
        checked(() -> resolver(settings), SERVERS + ": ", findings);
    }

    private static void checked(Runnable read, String where, SettingFindings findings) {
        try {
            read.run();
        } catch (MalformedRange told) {
            // Each range was read by itself before.
        } catch (IllegalArgumentException e) {
            findings.refuse(where + e.getMessage());
        }
    }

    private static AddressPolicy policy(Configuration settings) {
        return new AddressPolicy(
                ranges(settings, CIDRS),
                Set.copyOf(settings.list(HOSTS)),
                Set.of(),
                ranges(settings, DENY),
                CIDRS,
                HOSTS,
                "",
                DENY);
    }

    private static List<IpPrefix> ranges(Configuration settings, String setting) {
        List<IpPrefix> ranges = new ArrayList<>();
        for (String range : settings.list(setting)) {
            try {
                ranges.add(IpPrefix.parse(range));
            } catch (IllegalArgumentException e) {
                throw new MalformedRange(setting + ": " + e.getMessage(), e);
            }
        }
        return ranges;
    }

    private static NameResolver resolver(Configuration settings) {
        List<String> servers = Arrays.stream(settings.text(SERVERS).split(";"))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .toList();
        return servers.isEmpty() ? new SystemResolver() : DnsResolver.of(servers);
    }

    private static final class MalformedRange extends IllegalArgumentException {
        MalformedRange(String sentence, Throwable cause) {
            super(sentence, cause);
        }
    }
}
