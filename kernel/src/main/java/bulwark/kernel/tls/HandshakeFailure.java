package bulwark.kernel.tls;

import java.util.Locale;
import javax.net.ssl.SSLException;

/** The reason behind a failed handshake, as a label for metrics and evidence. */
public final class HandshakeFailure {
    private HandshakeFailure() {}

    /**
     * @return {@code no_certificate}, {@code untrusted}, {@code expired}, {@code revoked}, {@code identity}, {@code protocol} (no version of the
     *     policy, or no TLS at all) or {@code other}
     */
    public static String classify(Throwable failure) {
        String reason = "other";
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            if (cause instanceof PeerRefused refused) {
                return refused.reason();
            }
            if (reason.equals("other") && (cause instanceof SSLException || isNettys(cause))) {
                reason = byMessage(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT));
            }
        }
        return reason;
    }

    private static boolean isNettys(Throwable cause) {
        return cause.getClass().getName().startsWith("io.netty.handler.");
    }

    // JSSE has no types for these: its messages are all there is, and the tests hold them.
    private static String byMessage(String message) {
        if (message.contains("empty client certificate chain")
                || message.contains("certificate_required")
                || message.contains("bad_certificate")) {
            return "no_certificate";
        }
        if (message.contains("protocol_version")
                || message.contains("client requested protocol")
                || message.contains("no appropriate protocol")
                || message.contains("unsupported or unrecognized ssl message")
                || message.contains("not an ssl/tls record")) {
            return "protocol";
        }
        return "other";
    }
}
