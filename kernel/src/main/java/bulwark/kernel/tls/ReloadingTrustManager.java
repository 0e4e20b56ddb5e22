package bulwark.kernel.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;

/**
 * Trusts by the material of the moment. Because it is an extended manager, JSSE adds no comparison of host names of its own.
 */
final class ReloadingTrustManager extends ChainTrustManager {
    private final Supplier<PeerVerifier> present;

    ReloadingTrustManager(Supplier<PeerVerifier> present) {
        this.present = present;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        present.get().client(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        present.get().server(chain);
    }
}
