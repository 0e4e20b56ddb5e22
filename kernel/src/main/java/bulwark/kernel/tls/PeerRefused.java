package bulwark.kernel.tls;

import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** Why our trust manager refused a peer; JSSE carries it as the cause of its handshake exception. */
final class PeerRefused extends CertificateException {
    private final String reason;

    PeerRefused(String reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** {@code untrusted}, {@code expired}, {@code revoked} or {@code identity}. */
    String reason() {
        return reason;
    }
}
