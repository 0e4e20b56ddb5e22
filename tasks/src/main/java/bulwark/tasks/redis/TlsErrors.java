package bulwark.tasks.redis;

import java.util.Locale;
import javax.net.ssl.SSLException;

/**
 * Why a TLS handshake with a server failed, as the rest of a sentence with a remedy.
 *
 * @param host that the certificate must name
 * @param clientCertificate whether one is shown to the server
 * @param ownAuthority whether one is set, instead of those of the system
 */
record TlsErrors(String host, boolean clientCertificate, boolean ownAuthority) {
    /** Message of the exception of a handshake to which nothing came back. */
    static final String NO_ANSWER = "no answer to the hello";

    /** Its alert may be overtaken by the end of the connection, which then is all we see. */
    private static final String DISTRUSTED =
            "closed the connection: it does not trust our client certificate (issue it by the authority that its tls-ca-cert-file"
                    + " names, and set STEM_TLS_CLIENT_CERT and STEM_TLS_CLIENT_KEY to it)";

    String sentence(SSLException failure) {
        StringBuilder all = new StringBuilder();
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            all.append(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
                    .append('\n');
        }
        String text = all.toString();
        if (text.contains("certificate_required") || text.contains("handshake_failure") && !clientCertificate) {
            return certificateRequired();
        }
        if (text.contains("received fatal alert: unknown_ca")
                || text.contains("received fatal alert: bad_certificate")
                || text.contains("received fatal alert: certificate_unknown")) {
            return DISTRUSTED;
        }
        if (text.contains("certificate_expired") || text.contains("expired")) {
            return "refused the TLS handshake: a certificate is expired or not yet valid";
        }
        if (text.contains("no subject alternative") || text.contains("no name matching")) {
            return "shows a certificate for another host than " + host
                    + "; use a name that its certificate carries, or issue one with this name (stem tls generate)";
        }
        if (text.contains(NO_ANSWER)) {
            return "gave no answer to the TLS handshake: it does not speak TLS on this port (use redis:// or its tls-port), or it"
                    + " hangs";
        }
        if (text.contains("unrecognized ssl message") || text.contains("not an ssl")) {
            return "does not speak TLS on this port; use redis:// or its tls-port";
        }
        if (text.contains("path") || text.contains("trust")) {
            return "shows a certificate of an unknown authority; set STEM_TLS_CA_CERT to the authority that issued it"
                    + (ownAuthority ? " (the one that is set did not)" : "");
        }
        return "failed the TLS handshake (" + failure.getClass().getSimpleName() + "); it must speak TLS 1.3";
    }

    /** Of a connection that just ended. */
    String closed() {
        return clientCertificate ? DISTRUSTED + ", or this port does not speak TLS" : certificateRequired();
    }

    private static String certificateRequired() {
        return "requires a client certificate, or does not speak TLS on this port; set STEM_TLS_CLIENT_CERT and"
                + " STEM_TLS_CLIENT_KEY";
    }
}
