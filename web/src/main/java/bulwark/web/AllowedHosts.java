package bulwark.web;

import java.util.Locale;
import java.util.Set;

/** The names under which a plaintext listener may be called; anything else may be a rebound DNS name in somebody's browser. */
public final class AllowedHosts {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Of this machine and no others. */
    public static final AllowedHosts LOOPBACK = new AllowedHosts(Set.of());

    private final Set<String> more;

    AllowedHosts(Set<String> more) {
        this.more = Set.copyOf(more.stream().map(AllowedHosts::lower).toList());
    }

    /** @param host value of the Host header, with or without port */
    public boolean allows(String host) {
        String name = lower(withoutPort(host));
        return NAMES.contains(name) || more.contains(name);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        boolean insideBrackets = host.endsWith("]");
        if (colon < 0 || insideBrackets || !digits(host, colon + 1)) {
            return host;
        }
        return host.substring(0, colon);
    }

    private static boolean digits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() - from <= 5;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
