package bulwark.gateway.policy;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.IpPrefixSet;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Addresses of the socket's peer that may call. What is denied is denied, whatever allows it too.
 *
 * @param allow empty for every address
 */
public record IpFilterRule(IpPrefixSet allow, IpPrefixSet deny) implements PolicyRule {
    private static final int MAX_RANGES = 10_000;
    private static final IpPrefix MAPPED = IpPrefix.parse("::ffff:0:0/96");
    private static final int MAPPED_BITS = 96;

    @Override
    public PolicyType type() {
        return PolicyType.IP_FILTER;
    }

    /** Whether calls from the address may go on. An IPv4 address in an IPv6 one (RFC 4291 §2.5.5.2) counts as the IPv4 address. */
    public boolean admits(InetAddress peer) {
        InetAddress address = unmapped(peer);
        return !deny.contains(address) && (allow.isEmpty() || allow.contains(address));
    }

    private static InetAddress unmapped(InetAddress address) {
        if (address instanceof Inet6Address && MAPPED.contains(address)) {
            byte[] bytes = address.getAddress();
            try {
                return InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four bytes are an address", e);
            }
        }
        return address;
    }

    static IpFilterRule read(JsonFields fields) {
        List<IpPrefix> allow = ranges(fields, "allow");
        IpPrefixSet deny = IpPrefixSet.of(ranges(fields, "deny"));
        if (!fields.has("allow") && !fields.has("deny")) {
            fields.fault("allow", "or deny must name a range, or the policy can never match");
        }
        for (int i = 0; i < allow.size(); i++) {
            if (deny.contains(allow.get(i))) {
                fields.fault("allow[" + i + "]", "can never match: deny covers all of it");
            }
        }
        return new IpFilterRule(IpPrefixSet.of(allow), deny);
    }

    private static List<IpPrefix> ranges(JsonFields fields, String field) {
        List<IpPrefix> ranges = new ArrayList<>();
        Set<IpPrefix> seen = new TreeSet<>();
        List<String> texts = fields.texts(field, MAX_RANGES, 64);
        if (fields.has(field) && texts.isEmpty()) {
            fields.fault(field, "must name a range; leave it out for none");
        }
        for (int i = 0; i < texts.size(); i++) {
            try {
                IpPrefix range = unmapped(IpPrefix.parse(texts.get(i)));
                if (!seen.add(range)) {
                    fields.fault(field + "[" + i + "]", "stands there twice; keep one");
                }
                ranges.add(range);
            } catch (IllegalArgumentException e) {
                fields.fault(
                        field + "[" + i + "]",
                        "is no range: write it as 10.0.0.0/8 or 2001:db8::/32, with its first address");
            }
        }
        return ranges;
    }

    private static IpPrefix unmapped(IpPrefix range) {
        if (!MAPPED.contains(range)) {
            return range;
        }
        String text = range.toString();
        int slash = text.indexOf('/');
        InetAddress first = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        return IpPrefix.parse(unmapped(first).getHostAddress() + "/" + (range.length() - MAPPED_BITS));
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (!allow.isEmpty()) {
            fields.put("allow", allow.ranges().stream().map(IpPrefix::toString).toList());
        }
        if (!deny.isEmpty()) {
            fields.put("deny", deny.ranges().stream().map(IpPrefix::toString).toList());
        }
        return fields;
    }
}
