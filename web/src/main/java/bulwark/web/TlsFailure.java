package bulwark.web;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLProtocolException;
import org.jspecify.annotations.Nullable;

/** Why a handshake failed, as far as the trust manager has not already said: it counts the certificates that it refuses itself. */
final class TlsFailure {
    private TlsFailure() {}

    /** One of no_certificate, protocol, other; empty for what is counted elsewhere or is no TLS matter. */
    static Optional<String> reason(Throwable thrown) {
        boolean tls = false;
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof CertificateException) {
                return Optional.empty();
            }
            if (t instanceof NotSslRecordException || t instanceof SSLProtocolException) {
                return Optional.of("protocol");
            }
            if (t instanceof SSLException) {
                tls = true;
                if (lower(t.getMessage()).contains("empty client certificate chain")) {
                    return Optional.of("no_certificate");
                }
                if (lower(t.getMessage()).contains("protocol")) {
                    return Optional.of("protocol");
                }
            }
        }
        return tls ? Optional.of("other") : Optional.empty();
    }

    private static String lower(@Nullable String message) {
        return message == null ? "" : message.toLowerCase(Locale.ROOT);
    }
}
