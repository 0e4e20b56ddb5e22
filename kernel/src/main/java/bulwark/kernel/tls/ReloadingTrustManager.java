package bulwark.kernel.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Trusts by the material of the moment. Because it is an extended manager, JSSE adds no comparison of host names of its own.
 */
final class ReloadingTrustManager extends ChainTrustManager {
    private final Supplier<PeerVerifier> present;
    private final Supplier<@Nullable PeerVerifier> added;
    private final PinnedCertificates pinned;

    /** @param added judges clients that the present one does not trust; null for nobody */
    ReloadingTrustManager(
            Supplier<PeerVerifier> present, Supplier<@Nullable PeerVerifier> added, PinnedCertificates pinned) {
        this.present = present;
        this.added = added;
        this.pinned = pinned;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            present.get().client(chain);
        } catch (CertificateException untrusted) {
            byOthers(chain, untrusted);
        }
    }

    /** @throws CertificateException what the files say of it, where nobody trusts it */
    private void byOthers(X509Certificate[] chain, CertificateException untrusted) throws CertificateException {
        if (chain.length > 0 && pinned.identify(List.of(chain)) != null) {
            return;
        }
        PeerVerifier others = added.get();
        if (others == null) {
            throw untrusted;
        }
        others.client(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        present.get().server(chain);
    }
}
