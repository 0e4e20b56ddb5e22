package bulwark.gateway.apikey;

import bulwark.gateway.permission.OAuthScope;
import bulwark.gateway.permission.RoleTable;
import bulwark.gateway.permission.RouteReach;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.signing.Digests;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Consumers that a control plane lets in by their certificate. A certificate is known by its fingerprint, and counts only when the authority of its own tenant signed it, or when its tenant named that very
 * certificate: no tenant's authority vouches for another's consumers, and what a tenant names opens that tenant's APIs alone. Thread-safe; reading takes no lock.
 */
public final class ConsumerCertificates {
    private final Clock clock;

    /** Signatures that were looked at, by identity: one entry for each open connection. */
    private final Cache<X509Certificate, Seen> seen =
            Caffeine.newBuilder().weakKeys().build();

    private volatile Pushed pushed = new Pushed(Map.of(), Map.of());

    private record Seen(String fingerprint, @Nullable X509Certificate authority, boolean signed) {}

    private record Pushed(Map<String, Map<String, Entry>> byFingerprint, Map<String, X509Certificate> authorities) {}

    /**
     * What a certificate opens.
     *
     * @param expires end of the certificate, or of its use here
     * @param pinned whether the tenant named the certificate itself, whoever signed it
     * @param subscriptions of its consumer, by the id of the route that each opens; never empty
     */
    public record Entry(String tenant, Instant expires, boolean pinned, Map<String, PushedKey> subscriptions) {
        public Entry {
            subscriptions = Map.copyOf(subscriptions);
        }
    }

    /**
     * Who a certificate speaks for.
     *
     * @param fingerprint SHA-256 of its DER, hex
     * @param profile security profile of the subscription
     */
    public record Caller(Principal principal, String fingerprint, String profile) {}

    public ConsumerCertificates(Clock clock) {
        this.clock = clock;
    }

    /**
     * These, and no others that were pushed before, from the next call on.
     *
     * @param byFingerprint SHA-256 of each certificate's DER, hex; by tenant, of which each may name the same certificate
     * @param authorities by tenant
     */
    public void push(Map<String, Map<String, Entry>> byFingerprint, Map<String, X509Certificate> authorities) {
        pushed = new Pushed(Map.copyOf(byFingerprint), Map.copyOf(authorities));
    }

    /** Takes away those that are not among these, or that open something else there. Adds none. */
    public void withdraw(Map<String, Map<String, Entry>> byFingerprint) {
        Pushed now = pushed;
        Map<String, Map<String, Entry>> left = new HashMap<>();
        now.byFingerprint.forEach((fingerprint, byTenant) -> {
            Map<String, Entry> next = byFingerprint.getOrDefault(fingerprint, Map.of());
            Map<String, Entry> kept = new HashMap<>(byTenant);
            kept.entrySet().removeIf(each -> !each.getValue().equals(next.get(each.getKey())));
            if (!kept.isEmpty()) {
                left.put(fingerprint, Map.copyOf(kept));
            }
        });
        pushed = new Pushed(Map.copyOf(left), now.authorities);
    }

    /**
     * The caller of a route. One that has no subscription for it reaches none of its tenant's routes but its own, this one not among them.
     *
     * @param chain of the connection, leaf first; empty for none
     * @param route id
     * @param tenant of the route
     * @return empty for a certificate that no consumer is known by
     */
    public Optional<Caller> of(List<X509Certificate> chain, String route, String tenant) {
        Pushed now = pushed;
        if (chain.isEmpty() || now.byFingerprint.isEmpty()) {
            return Optional.empty();
        }
        X509Certificate leaf = chain.getFirst();
        Seen known = seen.getIfPresent(leaf);
        String fingerprint = known == null ? fingerprint(leaf) : known.fingerprint;
        if (known == null) {
            known = new Seen(fingerprint, null, false);
            seen.put(leaf, known);
        }
        Entry entry = entry(now.byFingerprint.get(fingerprint), tenant);
        if (entry == null
                || !clock.instant().isBefore(entry.expires)
                || !(entry.pinned || vouched(leaf, known, now, entry))) {
            return Optional.empty();
        }
        PushedKey subscription = entry.subscriptions.getOrDefault(
                route, entry.subscriptions.values().iterator().next());
        return subscription.hasEnded(clock.instant())
                ? Optional.empty()
                : Optional.of(new Caller(principal(subscription, entry), fingerprint, subscription.profile()));
    }

    /** That of the route's tenant; else that of another, whose routes the caller reaches instead. */
    private static @Nullable Entry entry(@Nullable Map<String, Entry> byTenant, String tenant) {
        if (byTenant == null) {
            return null;
        }
        Entry own = byTenant.get(tenant);
        return own != null ? own : byTenant.values().iterator().next();
    }

    /** Whether the authority of the entry's tenant signed it. */
    private boolean vouched(X509Certificate leaf, Seen known, Pushed now, Entry entry) {
        X509Certificate authority = now.authorities.get(entry.tenant);
        if (authority == null) {
            return false;
        }
        if (!authority.equals(known.authority)) {
            known = new Seen(known.fingerprint, authority, isSigned(leaf, authority));
            seen.put(leaf, known);
        }
        return known.signed;
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return Digests.sha256Hex(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            return "";
        }
    }

    private static boolean isSigned(X509Certificate certificate, X509Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /** Scopes, and no permission, as a key of the same subscription has. */
    private static Principal principal(PushedKey subscription, Entry entry) {
        Instant end = subscription.expires() != null && subscription.expires().isBefore(entry.expires)
                ? subscription.expires()
                : entry.expires;
        Authentication how = new Authentication(
                Authentication.Method.CLIENT_CERTIFICATE,
                Set.of(),
                subscription.subscription(),
                end,
                Confirmation.NONE);
        return new Principal(
                subscription.consumer(),
                subscription.tenant(),
                RoleTable.granted(List.of(), List.of(OAuthScope.READ, OAuthScope.WRITE, OAuthScope.EXECUTE)),
                subscription.subscription(),
                Set.of(RouteReach.of(subscription.route())),
                how);
    }
}
