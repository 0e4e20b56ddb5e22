package bulwark.kernel.signing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a certificate names and what for.
 *
 * @param uri the only URI SAN, or null for none
 * @param hosts DNS names; an IP address among them becomes an IP SAN
 * @param server may present itself to clients
 * @param client may present itself to servers
 */
public record CertificateSubject(
        String commonName, @Nullable String uri, List<String> hosts, boolean server, boolean client) {
    public CertificateSubject {
        hosts = List.copyOf(hosts);
    }
}
