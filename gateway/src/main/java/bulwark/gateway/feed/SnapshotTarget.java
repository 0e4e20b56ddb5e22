package bulwark.gateway.feed;

import bulwark.gateway.apikey.ApplicationClients;
import bulwark.gateway.apikey.ConsumerCertificates;
import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.quota.PlanTable;
import bulwark.gateway.quota.QuotaAdmin;
import bulwark.gateway.route.MergedRoutes;
import bulwark.gateway.route.RouteGuard;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;
import java.security.cert.X509Certificate;
import java.util.Collection;

/**
 * What a snapshot is carried out by.
 *
 * @param listener takes the authorities of tenants whose consumers are known by certificates
 * @param routes beside those of the gateway's own admin API, which no snapshot removes
 */
public record SnapshotTarget(
        MergedRoutes routes,
        RouteGuard guard,
        ConsumerKeyCache keys,
        ConsumerCertificates certificates,
        ApplicationClients applications,
        ClientAuthorities listener,
        PlanTable plans,
        QuotaAdmin usage,
        TokenRevocationList revocations,
        AuditedStore store,
        Metrics metrics) {
    /** The listener that trusts the certificates of these authorities, and of no others that were set before, beside those of its files. */
    @FunctionalInterface
    public interface ClientAuthorities {
        /** @param pinned fingerprints of certificates that are trusted by themselves: SHA-256 of each one's DER, hex */
        void trust(Collection<X509Certificate> authorities, Collection<String> pinned);
    }
}
