package bulwark.kernel.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** Accepts every server, for finding faults only: its user logs a warning. Clients it accepts never. */
final class InsecureTrustManager extends ChainTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this is for clients only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}
}
