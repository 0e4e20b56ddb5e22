package bulwark.kernel.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an operator allows beyond public addresses. It never reaches link-local or metadata addresses. Immutable.
 *
 * @param ranges addresses that may be connected to although they are internal
 * @param hosts names whose internal addresses may be connected to: {@code db.internal}, or {@code *.svc.cluster.local} for every name below
 * @param ports that may be connected to; empty for all
 * @param denied addresses that are never connected to, whatever else allows them
 * @param rangesSetting name of the setting behind {@code ranges}, for sentences; likewise the others
 */
public record AddressPolicy(
        List<IpPrefix> ranges,
        Set<String> hosts,
        Set<Integer> ports,
        List<IpPrefix> denied,
        String rangesSetting,
        String hostsSetting,
        String portsSetting,
        String deniedSetting) {
    private static final Pattern HOST = Pattern.compile("(?:\\*\\.)?[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*");

    /** Without addresses that are denied beyond the internal ones. */
    public AddressPolicy(
            List<IpPrefix> ranges,
            Set<String> hosts,
            Set<Integer> ports,
            String rangesSetting,
            String hostsSetting,
            String portsSetting) {
        this(ranges, hosts, ports, List.of(), rangesSetting, hostsSetting, portsSetting, "");
    }

    /** @throws IllegalArgumentException with a sentence, for a range or name that could never be allowed */
    public AddressPolicy {
        denied = List.copyOf(denied);
        ranges = List.copyOf(ranges);
        hosts = Set.copyOf(hosts);
        ports = Set.copyOf(ports);
        for (IpPrefix range : ranges) {
            AddressRegistry.PUBLIC.ranges().stream()
                    .filter(known ->
                            known.kind() == AddressClass.NEVER && known.prefix().contains(range))
                    .findFirst()
                    .ifPresent(known -> {
                        throw new IllegalArgumentException(rangesSetting + " names " + range + ", which lies in "
                                + known.words() + ": that is never connected to; remove it");
                    });
        }
        for (String host : hosts) {
            requireHost(host, hostsSetting);
        }
    }

    private static void requireHost(String host, String setting) {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException(setting + " names '" + host.toLowerCase(Locale.ROOT)
                    + "', which is no host name; write it in lower case, with *. in front for every name below it");
        }
        String domain = host.startsWith("*.") ? host.substring(2) : host;
        ReservedHost.of(new TargetHost.Name(domain))
                .filter(reserved -> reserved.kind() == AddressClass.NEVER)
                .ifPresent(reserved -> {
                    throw new IllegalArgumentException(setting + " names " + host + " (" + reserved.name()
                            + "): that is never connected to; remove it");
                });
    }

    boolean allows(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    boolean allows(TargetHost.Name name) {
        return hosts.stream()
                .anyMatch(host -> host.startsWith("*.")
                        ? name.text().endsWith(host.substring(1))
                        : name.text().equals(host));
    }

    /** Empty when the port may be connected to. */
    Optional<GuardDecision.Blocked> ofPort(int port) {
        return ports.isEmpty() || ports.contains(port)
                ? Optional.empty()
                : Optional.of(new GuardDecision.Blocked(
                        "port_not_allowed", "Port " + port + " is not among the ports of " + portsSetting + "."));
    }

    /** Empty when the name may be looked up. */
    Optional<GuardDecision.Blocked> ofName(TargetHost.Name name) {
        return ReservedHost.of(name)
                .filter(reserved -> reserved.kind() == AddressClass.NEVER || !allows(name))
                .map(reserved -> new GuardDecision.Blocked(
                        "internal_host",
                        "The host " + name.text() + " is not public: " + reserved.name() + ". "
                                + remedy(reserved.kind(), name.text() + " in " + hostsSetting)));
    }

    /**
     * Empty when each address may be connected to.
     *
     * @param host whose addresses they are
     */
    Optional<GuardDecision.Blocked> ofAddresses(TargetHost host, List<InetAddress> addresses) {
        boolean named = host instanceof TargetHost.Name name && allows(name);
        for (InetAddress address : addresses) {
            Optional<IpPrefix> forbidden = denied.stream()
                    .filter(prefix ->
                            prefix.contains(address) || prefix.contains(AddressRegistry.PUBLIC.effective(address)))
                    .findFirst();
            if (forbidden.isPresent()) {
                return Optional.of(new GuardDecision.Blocked(
                        "denied_address",
                        "The host " + host.text() + " has an address in " + forbidden.get() + ", which " + deniedSetting
                                + " denies; remove the prefix there to allow it."));
            }
            AddressRange range = AddressRegistry.PUBLIC.of(address);
            boolean allowed = range.kind() == AddressClass.GLOBAL
                    || (range.kind() == AddressClass.INTERNAL
                            && (named || allows(address) || allows(AddressRegistry.PUBLIC.effective(address))));
            if (!allowed) {
                return Optional.of(blocked(host, address, range));
            }
        }
        return Optional.empty();
    }

    private GuardDecision.Blocked blocked(TargetHost host, InetAddress address, AddressRange range) {
        String what = host instanceof TargetHost.Name
                ? "The host " + host.text() + " has the address " + address.getHostAddress()
                : "The address " + address.getHostAddress();
        List<String> ways = new ArrayList<>(List.of(range.prefix() + " or a part of it in " + rangesSetting));
        if (host instanceof TargetHost.Name) {
            ways.add(host.text() + " in " + hostsSetting);
        }
        return new GuardDecision.Blocked(
                "internal_address",
                what + (host instanceof TargetHost.Name ? ", which" : "") + " lies in " + range.words() + ". "
                        + remedy(range.kind(), String.join(", or ", ways)));
    }

    private static String remedy(AddressClass kind, String setting) {
        return kind == AddressClass.NEVER ? "No setting allows it." : "An operator can allow it with " + setting + ".";
    }
}
