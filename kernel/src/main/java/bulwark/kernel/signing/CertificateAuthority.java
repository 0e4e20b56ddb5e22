package bulwark.kernel.signing;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** Issues Ed25519 X.509 certificates into PEM files (keys PKCS#8, 0600), for {@code bulwark up} and for tests. */
public final class CertificateAuthority {
    private CertificateAuthority() {}

    /** Loads ca.crt and ca.key from the directory, or creates them (10 years). */
    public static CertificateAuthority openOrCreate(Path directory, String commonName, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    public Path certificate() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Writes {@code name.crt} and {@code name.key} beside the CA; sanUri becomes the only URI SAN; dnsNames may be empty. */
    public void issue(String name, String sanUri, java.util.List<String> dnsNames, Duration validity) {
        throw new UnsupportedOperationException("skeleton");
    }
}
