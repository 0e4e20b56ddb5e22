package bulwark.gateway.possession;

import bulwark.kernel.network.IpPrefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * What an operator asks of client certificates. Immutable.
 *
 * @param enabled whether proxies may pass certificates and routes may ask for them; certificates of our own listener count in any case
 * @param requireBinding a token that comes with a certificate must be bound to it
 * @param trustedProxies socket peers whose headers are believed
 * @param allowedIssuers canonical names; empty for every authority that the listener or the proxy trusts
 * @param requiredRoutes paths, and prefixes that end with {@code /*}
 * @param tenantFromDn the organisation in the subject of a certificate names its tenant
 * @param headers in which trusted proxies pass certificates, by what they hold
 */
public record MtlsPolicy(
        boolean enabled,
        boolean requireBinding,
        List<IpPrefix> trustedProxies,
        Set<String> allowedIssuers,
        List<String> requiredRoutes,
        boolean tenantFromDn,
        Map<CertificateHeader, String> headers) {
    /** Only what tokens themselves ask for. */
    public static final MtlsPolicy OFF =
            new MtlsPolicy(false, true, List.of(), Set.of(), List.of(), false, CertificateHeader.standardNames());

    private static final String WILDCARD = "/*";

    public MtlsPolicy {
        trustedProxies = List.copyOf(trustedProxies);
        allowedIssuers = allowedIssuers.stream().map(MtlsPolicy::canonical).collect(Collectors.toUnmodifiableSet());
        requiredRoutes = List.copyOf(requiredRoutes);
        headers = Map.copyOf(headers);
    }

    boolean trusts(InetAddress peer) {
        return trustedProxies.stream().anyMatch(prefix -> prefix.contains(peer));
    }

    boolean allowsIssuer(String name) {
        return allowedIssuers.isEmpty() || allowedIssuers.contains(canonical(name));
    }

    boolean requires(String path) {
        return requiredRoutes.stream()
                .anyMatch(route -> route.endsWith(WILDCARD)
                        ? path.startsWith(route.substring(0, route.length() - 1))
                                || path.equals(route.substring(0, route.length() - WILDCARD.length()))
                        : path.equals(route));
    }

    /** One spelling for one name; what is no name stays as it is and equals itself only. */
    private static String canonical(String name) {
        try {
            return new X500Principal(name).getName(X500Principal.CANONICAL);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
