package bulwark.gateway.possession;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.route.PathRefused;
import bulwark.gateway.route.TargetPath;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the client certificate of a call: the connection's own, or one that a trusted proxy passes. Thread-safe; never blocks. */
final class CertificateCheck {
    private final MtlsPolicy policy;
    private final ProxyCertificateHeaders headers;
    private final Clock clock;

    /** By identity: one entry for each open connection. */
    private final Cache<X509Certificate, PresentedCertificate> read =
            Caffeine.newBuilder().weakKeys().build();

    CertificateCheck(MtlsPolicy policy, Clock clock) {
        this.policy = policy;
        this.headers = new ProxyCertificateHeaders(policy.headers());
        this.clock = clock;
    }

    /** Null when there is none and none is asked for. @throws MtlsRefused when it does not hold, or is missing where the route asks for one */
    @Nullable
    PresentedCertificate find(GatewayCall call) {
        PresentedCertificate certificate = certificate(call);
        if (certificate == null) {
            if (policy.enabled() && requires(call.head().path())) {
                throw new MtlsRefused(MtlsFault.MTLS_CERT_REQUIRED, "client certificate required");
            }
            return null;
        }
        Instant now = clock.instant();
        if (certificate.notAfter() != null && !now.isBefore(certificate.notAfter())) {
            throw new MtlsRefused(
                    MtlsFault.MTLS_CERT_EXPIRED, "client certificate expired on " + certificate.notAfter());
        }
        if (certificate.notBefore() != null && now.isBefore(certificate.notBefore())) {
            throw new MtlsRefused(
                    MtlsFault.MTLS_CERT_INVALID, "client certificate is not valid before " + certificate.notBefore());
        }
        if (!policy.allowsIssuer(certificate.issuer())) {
            throw new MtlsRefused(MtlsFault.MTLS_ISSUER_DENIED, "issuer of the client certificate is not in the list");
        }
        return certificate;
    }

    /** Judged by the path that routes are matched by; one that can be read in two ways asks for a certificate. */
    private boolean requires(String path) {
        if (path.indexOf('%') < 0) {
            return policy.requires(path);
        }
        try {
            return policy.requires(TargetPath.of(path).decoded());
        } catch (PathRefused e) {
            return true;
        }
    }

    private @Nullable PresentedCertificate certificate(GatewayCall call) {
        CallPeer peer = call.peer();
        if (policy.enabled()) {
            boolean proxy = policy.trusts(peer.address().getAddress());
            Map<String, String> passed = headers.read(call.head());
            if (passed != null) {
                // Of the socket: what a header says of its own sender counts for nothing.
                if (!proxy) {
                    throw new MtlsRefused(MtlsFault.MTLS_UNTRUSTED_PROXY, "mTLS headers from untrusted source");
                }
                headers.strip(call, passed);
                return headers.certificate(passed);
            }
            if (proxy) {
                // The certificate of the connection is the proxy's own, and no caller's.
                return null;
            }
        }
        return peer.certificates().isEmpty()
                ? null
                : read.get(peer.certificates().getFirst(), PresentedCertificate::of);
    }
}
